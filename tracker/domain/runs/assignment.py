"""Whose a run is: given to a person, or open to a team, a role or all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.domain.runs import rules
from tracker.errors import N_, ConflictError
from tracker.models import (
    Person,
    Run,
    Team,
)


def assign(
    session: Session,
    actor: Actor,
    now: datetime,
    run: Run,
    *,
    assignee: Person | None = None,
    team: Team | None = None,
    role: str | None = None,
    seen: str | None = None,
) -> None:
    """Give an open run to a person, or leave it open to a team, a role or all. Leads may, where they work.

    `seen`: whose it was when the lead decided (`whose_key`); None where nobody has decided by a page.
    Raises ConflictError if it is another's by now.
    """
    access.require(actor, "run.assign", run)
    rules.must_be_open(run)
    must_be_as_seen(run, seen)
    give(run, assignee, team, role)
    emit(session, actor, now, kinds.RunAssigned(**whose(run)), f"run:{run.id}")
    session.flush()


def claim(session: Session, actor: Actor, now: datetime, run: Run) -> None:
    """Take an unassigned run that is open to the actor. Raises ConflictError if somebody was quicker."""
    access.require(actor, "run.claim", run)
    rules.must_be_open(run)
    if run.assignee_id == actor.id:
        return
    if run.assignee is not None:
        raise ConflictError(N_("%(name)s was quicker and has this run now."), name=run.assignee.name)
    give_to(run, actor.holder)
    emit(session, actor, now, kinds.RunClaimed(**whose(run)), f"run:{run.id}")
    session.flush()


def take_over(session: Session, actor: Actor, now: datetime, run: Run, seen: str | None = None) -> None:
    """A lead makes an open run their own, from whomever it was; `seen` as in `assign`."""
    access.require(actor, "run.take-over", run)
    rules.must_be_open(run)
    must_be_as_seen(run, seen)
    before = run.assignee_id
    give(run, actor.holder, None, None)
    emit(session, actor, now, kinds.RunTakenOver(before=before, **whose(run)), f"run:{run.id}")
    session.flush()


def must_be_there(person: Person | None = None, team: Team | None = None) -> None:
    """Raise ConflictError for a disabled person or a retired team: no run may be given to them."""
    if person is not None and person.disabled_at is not None:
        raise ConflictError(N_("%(name)s’s account is disabled."), name=person.name)
    if person is not None and person.imported:
        raise ConflictError(N_("%(name)s has no account here, only past runs."), name=person.name)
    if team is not None and team.retired_at is not None:
        raise ConflictError(N_("“%(name)s” was given up. Choose another team."), name=team.name)


def give_to(run: Run, person: Person) -> None:
    """Make the run a person's; nobody else is asked any more. Raises ConflictError (`must_be_there`)."""
    must_be_there(person)
    run.assignee = person
    run.offered_to = run.offered_by = None


def give(run: Run, assignee: Person | None, team: Team | None, role: str | None) -> None:
    must_be_there(team=team)
    if assignee is not None:
        give_to(run, assignee)
    else:
        run.assignee = run.offered_to = run.offered_by = None
    run.team = team
    run.role = role or None


def whose(run: Run) -> kinds.Whose:
    """Whose the run is, as the fields that events keep."""
    return {
        "assignee": run.assignee.id if run.assignee else None,
        "team": run.team.name if run.team else None,
        "role": run.role,
    }


def whose_key(run: Run) -> str:
    """Whose the run is, for a form that must notice when that has changed."""
    return f"{run.assignee_id or ''}/{run.team_id or ''}/{run.role or ''}"


def must_be_as_seen(run: Run, seen: str | None) -> None:
    """Raise ConflictError if the run is another's than when the form was made (`whose_key`)."""
    if seen is None or seen == whose_key(run):
        return
    if run.assignee is not None:
        raise ConflictError(
            N_("Meanwhile the run has become %(name)s’s, so nothing was changed. Open it and decide again."),
            name=run.assignee.name,
        )
    raise ConflictError(
        N_("Meanwhile the run was opened to others, so nothing was changed. Open it and decide again.")
    )
