"""A lead decides about what came late: it counts from now on, or it stays kept and counts nowhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.domain.records import late_records, recording, writing
from tracker.domain.runs import loading, moving, rules
from tracker.domain.runs.progress import final_outcome, uncancelled
from tracker.errors import N_, ConflictError, ForbiddenError
from tracker.models import Event, LateRecord, Record, Run, Step

FLAG = "accepted"


def accept(
    session: Session, actor: Actor, now: datetime, run: Run, row: LateRecord, reason: str = ""
) -> Record:
    """Let a record that came late count, as if it had come when it was made. Leads may, where they work.

    `run` was loaded with its lock, and `row` read under it (`late_records.waiting`). A closed run's
    outcomes and the facts follow at once. Taking something back needs a reason.
    Raises ForbiddenError (also about one's own, and what one has handed in), InvalidError (no reason, or what
    the record lacks by now), ConflictError (another lead was quicker, the step is gone, or there is nothing
    to take back any more).
    """
    _must_be_theirs_to_decide(actor, run, row)
    if _handed_in_by(session, row) == actor.id:
        raise ForbiddenError(
            N_("You have handed this in for %(name)s. Another lead decides whether it counts."),
            name=row.person.name,
        )
    reason = rules.why(reason) if reason.strip() or row.kind == "undone" else ""
    step, before = _step(session, run, row), _outcome(run, row)
    if row.kind == "undone" and not _takes_back(run, row):
        raise ConflictError(
            N_("What this takes back does not stand any more, so there is nothing to accept: decline it.")
        )
    entry = writing.write_late(session, now, run, step, row, [FLAG])
    late_records.decide(run, row, "accepted", now, actor.holder, reason)
    accepted = kinds.LateAccepted(
        reason=reason, before=before, after=_outcome(run, row), step=row.step_key, record=str(row.id)
    )
    emit(session, actor, now, accepted, f"run:{run.id}")
    session.flush()
    recording.settle(session, now, run)
    return entry


def decline(session: Session, actor: Actor, now: datetime, run: Run, row: LateRecord, reason: str) -> None:
    """Decide that a record that came late does not count. It stays kept, with the reason.

    Raises like `accept`.
    """
    _must_be_theirs_to_decide(actor, run, row)
    reason = rules.why(reason)
    late_records.decide(run, row, "declined", now, actor.holder, reason)
    emit(
        session,
        actor,
        now,
        kinds.LateDeclined(step=row.step_key, record=str(row.id), reason=reason),
        f"run:{run.id}",
    )
    session.flush()


def _takes_back(run: Run, row: LateRecord) -> bool:
    """Whether what a late record takes back stands, at the very step that it names and a lead reads."""
    standing = uncancelled(run.records)
    return any(r.id == row.cancels_id and r.step_key == row.step_key for r in standing)


def _must_be_theirs_to_decide(actor: Actor, run: Run, row: LateRecord) -> None:
    access.require(actor, "record.accept", run)
    if row.person_id == actor.id:
        raise ForbiddenError(N_("You made this record yourself. Another lead decides about it."))
    if row.state == "waiting":
        return
    if row.decided_by is None:
        raise ConflictError(N_("This counts already: what it waited for was done meanwhile."))
    decided = (
        N_("%(name)s has accepted this already.")
        if row.state == "accepted"
        else N_("%(name)s has declined this already.")
    )
    raise ConflictError(decided, name=row.decided_by.name)


def _handed_in_by(session: Session, row: LateRecord) -> int | None:
    """The lead who has brought it for somebody who can't sign in any more: they could have made it up."""
    came = Event.subject == f"run:{row.run_id}", Event.kind == kinds.LateWaits.kind
    told = (event.data for event in session.scalars(select(Event).where(*came)))
    return next((data.get("by") for data in told if data.get("record") == str(row.id)), None)


def _step(session: Session, run: Run, row: LateRecord) -> Step:
    """The step that a late record is about, as the run has it or had it. Raises ConflictError."""
    step = loading.plan(run).by_key.get(row.step_key)
    step = step or moving.earlier_steps(session, run, [row.step_key]).get(row.step_key)
    if step is None:
        raise ConflictError(N_("This run has no such step any more. Decline the record."))
    return step


def _outcome(run: Run, row: LateRecord) -> str | None:
    """What the run says of the record's step; of an open one None where nobody has touched it."""
    state = next((state for state in loading.states(run) if state.step.key == row.step_key), None)
    if state is None or run.state == "cancelled":
        return None
    return final_outcome(state) if run.state == "done" else state.outcome
