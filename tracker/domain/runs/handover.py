"""A run from hand to hand: offered and accepted, paused and gone on with, due at another time.

Until an offer is accepted, whoever has the run stays responsible for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor, signed_in
from tracker.domain.events import emit
from tracker.domain.runs import assignment, rules
from tracker.errors import N_, ConflictError, ForbiddenError
from tracker.models import Person, Run

_GONE = N_("This run is not offered to you any more: somebody has decided otherwise meanwhile.")


def offer(
    session: Session, actor: Actor, now: datetime, run: Run, to: Person, seen: str | None = None
) -> None:
    """Ask a person to take a run on. Whoever has it may, and a lead; `seen` as in `assignment.assign`.

    Staff ask people who work at the run's location and whose job the SOP is. Asking another person takes the
    first offer back. Raises ForbiddenError, ConflictError (closed, disabled account, theirs already).
    """
    _its_person_or_lead(actor, "run.offer", run)
    rules.must_be_open(run)
    assignment.must_be_as_seen(run, seen)
    if not access.may(actor, "run.assign", run) and not _could_take(to, run):
        raise ForbiddenError(N_("They work elsewhere or do another job. A lead can give them the run."))
    assignment.must_be_there(to)
    if to.id == run.assignee_id:
        raise ConflictError(N_("The run is %(name)s’s already."), name=to.name)
    run.offered_to, run.offered_by = to, actor.person
    emit(session, actor, now, kinds.RunOffered(to=to.id), f"run:{run.id}")
    session.flush()


def accept(session: Session, actor: Actor, now: datetime, run: Run) -> None:
    """Accept an offered run and become responsible for it; doing so twice is fine.

    Raises ConflictError if the offer is gone.
    """
    access.require(actor, "run.answer", run)
    rules.must_be_open(run)
    if run.assignee_id == actor.id:
        return
    if run.offered_to_id != actor.id:
        raise ConflictError(_GONE)
    before = run.assignee_id
    assignment.give_to(run, actor.holder)
    emit(session, actor, now, kinds.RunAccepted(before=before, **assignment.whose(run)), f"run:{run.id}")
    session.flush()


def decline(session: Session, actor: Actor, now: datetime, run: Run) -> None:
    """Decline an offered run, without a reason: it stays with whoever has it. Raises ConflictError."""
    access.require(actor, "run.answer", run)
    if run.offered_to_id != actor.id:
        raise ConflictError(_GONE)
    run.offered_to = run.offered_by = None
    emit(session, actor, now, kinds.RunDeclined(), f"run:{run.id}")
    session.flush()


def withdraw(session: Session, actor: Actor, now: datetime, run: Run) -> None:
    """Take an offer back. Whoever has the run may, and a lead. Raises ConflictError if it was answered."""
    _its_person_or_lead(actor, "run.offer", run)
    if run.offered_to is None:
        raise ConflictError(N_("The offer was answered or taken back meanwhile. Reload the page."))
    to = run.offered_to.id
    run.offered_to = run.offered_by = None
    emit(session, actor, now, kinds.RunWithdrawn(to=to), f"run:{run.id}")
    session.flush()


def offered_to(session: Session, actor: Actor) -> Sequence[Run]:
    """The open runs that somebody wants to hand to the person, due first."""
    whole = (joinedload(Run.sop), joinedload(Run.location), joinedload(Run.assignee))
    # Not by the state, as elsewhere: SQLite would then look through all open runs.
    query = select(Run).where(Run.closed_at.is_(None), Run.offered_to_id == actor.holder.id)
    query = query.options(*whole, joinedload(Run.offered_by))
    return session.scalars(query.order_by(Run.due_at.is_(None), Run.due_at, Run.started_at)).all()


def takers(session: Session, actor: Actor, run: Run) -> Sequence[Person]:
    """To whom the person may offer the run: a lead to everybody, staff to colleagues who could do it."""
    leads = access.may(actor, "run.assign", run)
    if not leads and run.assignee_id != actor.id:
        return []
    near: ColumnElement[bool] = true()
    if not leads and run.location_id is not None:
        near = or_(Person.location_id.is_(None), Person.location_id == run.location_id)
    query = select(Person).where(
        Person.disabled_at.is_(None), Person.imported.is_(False), Person.id != (run.assignee_id or 0), near
    )
    people = session.scalars(query.options(selectinload(Person.roles)).order_by(Person.name_order))
    return [person for person in people if leads or _could_take(person, run)]


def pause(session: Session, actor: Actor, now: datetime, run: Run, reason: str) -> None:
    """Stop work on a run for now, with a reason. Whoever has it may, and a lead. It stays due when it was.

    Raises ConflictError (closed, or paused already), InvalidError without a reason.
    """
    _its_person_or_lead(actor, "run.pause", run)
    rules.must_be_open(run)
    if run.paused_at is not None:
        raise ConflictError(
            N_("%(name)s has paused this run already: %(reason)s."),
            name=run.paused_by.name if run.paused_by else "?",
            reason=run.pause_reason,
        )
    run.paused_at, run.paused_by, run.pause_reason = now, actor.person, rules.why(reason)
    emit(session, actor, now, kinds.RunPaused(reason=run.pause_reason), f"run:{run.id}")
    session.flush()


def resume(session: Session, actor: Actor, now: datetime, run: Run) -> None:
    """Resume a paused run; nothing changes if it is not paused. Whoever has it may, and a lead."""
    _its_person_or_lead(actor, "run.pause", run)
    rules.must_be_open(run)
    if run.paused_at is None:
        return
    run.paused_at = run.paused_by = run.pause_reason = None
    emit(session, actor, now, kinds.RunResumed(), f"run:{run.id}")
    session.flush()


def put_due(session: Session, actor: Actor, now: datetime, run: Run, due: datetime | None) -> None:
    """Set when an open run is due; None means at no time. Leads may. Raises InvalidError for a past time."""
    access.require(actor, "run.assign", run)
    rules.must_be_open(run)
    before = run.due_at
    if due == before:
        return
    run.due_at = rules.ahead(due, now) if due else None
    moved = kinds.RunDue(
        before=before.isoformat() if before else None, after=due.isoformat() if due else None
    )
    emit(session, actor, now, moved, f"run:{run.id}")
    session.flush()


def _its_person_or_lead(actor: Actor, action: str, run: Run) -> None:
    """Raise ForbiddenError unless the run is the actor's or they lead.

    Only leads pause or hand on unassigned runs.
    """
    if run.assignee_id != actor.id:
        access.require(actor, "run.assign", run)
    access.require(actor, action, run)


def _could_take(person: Person, run: Run) -> bool:
    return access.is_at_place(person, run) and access.may_run(signed_in(person), run.revision.meta.roles)
