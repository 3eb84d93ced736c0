"""Putting a closed run right. What was recorded stays, and what counts from now on stands beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.db import new_id
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.domain.evidence.content import Piece
from tracker.domain.records import writing
from tracker.domain.records.entry import Entry
from tracker.domain.runs import loading, rules
from tracker.domain.runs.progress import final_outcome
from tracker.errors import N_, ConflictError, InvalidError
from tracker.models import Event, Person, Record, Run

FLAG = "amended"
KINDS = ("done", "skipped", "failed")


def helper(session: Session, run: Run) -> Person | None:
    """The first by name of the leads where the run was done, who may put it right; others are not named."""
    here = Person.access == "lead", Person.location_id == run.location_id, Person.location_id.is_not(None)
    query = select(Person).where(Person.disabled_at.is_(None), Person.imported.is_(False), *here)
    return session.scalar(query.order_by(Person.name_order).limit(1))


def amend(
    session: Session,
    actor: Actor,
    now: datetime,
    run: Run,
    *,
    record_id: UUID,
    step_key: str,
    kind: str,
    reason: str,
    standing: Collection[UUID],
    value: str = "",
    note: str = "",
    pieces: Sequence[Piece] = (),
) -> Record:
    """Say what was really done about a step of a closed run, and why that is put right only now.

    `run` was loaded with its lock; leads may, where they work. `standing` are the ids of the step's records
    that the person has seen standing: they are taken back by this. Outcomes and deviations follow at once.
    Raises ForbiddenError, InvalidError (no reason, unknown step, what the record lacks), ConflictError (open
    or cancelled run, a step that does not apply, about another subject, amended by another meanwhile).
    """
    access.require(actor, "run.amend", run)
    reason = rules.why(reason)
    said = Entry(record_id, step_key, kind, value, reason, note, pieces=pieces)
    if (again := writing.repeated(actor, run, said)) is not None:
        return again
    if run.state != "done":
        raise ConflictError(N_("Only a closed run is put right like this."))
    if kind not in KINDS:
        raise InvalidError(N_("“%(kind)s” can’t be recorded here: use done, skipped or failed."), kind=kind)
    state = next((state for state in loading.states(run) if state.step.key == step_key), None)
    if state is None:
        raise InvalidError(N_("This run has no step “%(step)s”. Reload the page."), step=step_key[:80])
    if not state.applies and state.outcome is None:
        raise ConflictError(
            N_("“%(step)s” does not apply to this run. Put right the answer that it asks for first."),
            step=state.step.name,
        )
    if {record.id for record in state.records} != set(standing):
        raise ConflictError(N_("Somebody has put this right meanwhile. Reload the page and look again."))
    writing.another_subject(session, run, state.step, said)
    before = final_outcome(state)
    for record in state.records:
        taken_back = Entry(new_id(), step_key, "undone", reason=reason, cancels=record.id)
        writing.write(session, actor, now, run, state.step, taken_back, flag=FLAG)
    entry = writing.write(session, actor, now, run, state.step, said, flag=FLAG)
    emit(
        session,
        actor,
        now,
        kinds.RunAmended(step=step_key, reason=reason, before=before, after=entry.kind, record=str(entry.id)),
        f"run:{run.id}",
    )
    session.flush()
    return entry


def of(session: Session, run: Run) -> Sequence[Event]:
    """The amendments of a closed run, the latest first."""
    if run.state != "done":
        return ()
    query = select(Event).where(Event.subject == f"run:{run.id}", Event.kind == kinds.RunAmended.kind)
    return session.scalars(query.options(joinedload(Event.person)).order_by(Event.id.desc())).all()
