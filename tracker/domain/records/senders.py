"""Who brings a record: whoever sees its run, and whoever has lost it and brings what they made before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session, object_session

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.records import late_rules, sequences
from tracker.domain.records.clocks import Device, made
from tracker.domain.records.sequences import Known
from tracker.domain.runs import loading
from tracker.domain.runs.loading import NO_RUN, own_record
from tracker.errors import N_, ConflictError, ForbiddenError, NotFoundError
from tracker.models import Run

_NOT_THEIRS = N_(
    "This run was never yours, so its files were not taken. A lead where it is done can give it to you."
)


def load(
    session: Session, actor: Actor, now: datetime, run_id: int, record_id: UUID, device: Device
) -> tuple[Run, Known, bool]:
    """The run that a record is about, with its lock, what is known of the record, whether they see the run.

    For whoever may see the run; also where the record came late, or is a repetition: whoever has lost the
    run meanwhile still brings what they made before. Raises NotFoundError, ForbiddenError.
    """
    found = sequences.lock(session, run_id, record_id, device)
    if found is None:
        raise NotFoundError(NO_RUN, id=run_id)
    loading.read(session, found[0])
    return *found, _may_send(actor, now, found[0], record_id, device)


def find(session: Session, actor: Actor, now: datetime, run_id: int, record_id: UUID, device: Device) -> Run:
    """The run of a record that brings files, for whom `load` gives it.

    But not for a stranger, whose record would wait for a lead: nobody fills the disk of others. Raises like
    `load`.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(NO_RUN, id=run_id)
    sees = _may_send(actor, now, run, record_id, device)
    if not sees and device.by is None and late_rules.is_stranger(session, actor, run):
        raise ForbiddenError(_NOT_THEIRS)
    return run


def _may_send(actor: Actor, now: datetime, run: Run, record_id: UUID, device: Device) -> bool:
    """Whether they see the run. Raises ForbiddenError where they do not, and bring nothing from before."""
    sees = access.may(actor, "run.see", run)
    brings = device.queued or made(device, now, run.started_at).late
    if not sees and not brings and own_record(actor, run, record_id) is None:
        with words_to_who_lost_it(actor, run):
            access.require(actor, "run.see", run)
    return sees


def must_have_part(session: Session, actor: Actor, run: Run) -> None:
    """Raise ForbiddenError for somebody who neither works on the run nor ever has."""
    if not access.may(actor, "run.record", run) and not late_rules.had_part(session, actor, run):
        access.require(actor, "run.record", run)


@contextmanager
def words_to_who_lost_it(actor: Actor, run: Run) -> Iterator[None]:
    """Say who has the run by now to somebody who may not act on it any more, though they might before.

    Raises ConflictError instead of ForbiddenError then.
    """
    try:
        yield
    except ForbiddenError:
        session = object_session(run)
        if session is None or run.assignee is None or run.assignee_id == actor.id:
            raise
        if not late_rules.had_part(session, actor, run):
            raise
        raise ConflictError(
            N_("%(name)s has this run now. Nothing of this was recorded: ask them, or a lead."),
            name=run.assignee.name,
        ) from None
