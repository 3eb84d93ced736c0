"""What a lead does to many open runs at once: give them, cancel them, change when they are due.

Each is a short write of its own and is judged by itself, so that it can be repeated: what is done already
stays as it is, what can't be done is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.runs import assignment, handover, lifecycle, loading
from tracker.domain.work.board import Filters, matching
from tracker.errors import N_, ConflictError, HoldfastError
from tracker.models import IS_OPEN, Event, Run


@dataclass(frozen=True, slots=True)
class Seen:
    """A run as the lead saw it: whose it was (`assignment.whose_key`), and when it was due (`due_key`)."""

    whose: str
    due: str


Chosen = Mapping[int, Seen | None]
"""Runs by their numbers, each as it was seen; None where it was not, and all that match were meant."""

Act = Callable[[Session, Run, Seen | None], None]
"""What is done to one run, which was loaded with its lock."""


def due_key(run: Run) -> str:
    """When a run is due, for a form that must notice when that has changed."""
    return run.due_at.isoformat() if run.due_at else ""


def all_that_match(session: Session, actor: Actor, filters: Filters, drawn: datetime) -> list[int]:
    """The open runs that match, within the actor's reach, of those that were there when the page was drawn.

    By their numbers: who locks runs in one order never waits for who does the same.
    """
    query = select(Run.id).where(IS_OPEN, access.reachable(actor), Run.started_at <= drawn)
    return list(session.scalars(query.where(*matching(filters, drawn)).order_by(Run.id)))


def units(
    actor: Actor, action: str, chosen: Chosen, act: Act, refused: dict[int, HoldfastError], done: list[int]
) -> Iterator[Callable[[Session], None]]:
    """The short writes that do `act` to each run, as far as `action` is allowed there.

    `done` takes the numbers of the runs to which it was done, `refused` why it was not done to others.
    """

    def one(session: Session, number: int) -> None:
        try:  # every rule is checked before anything is changed
            act(session, loading.load(session, actor, number, action, lock=True), chosen[number])
        except HoldfastError as error:
            refused[number] = error
        else:
            done.append(number)

    for number in sorted(chosen):  # lock in one order, or two who do this at once would wait for each other
        yield partial(one, number=number)


def give(actor: Actor, now: datetime, whom: Callable[[Session], dict[str, Any]]) -> Act:
    """Give a run to whom `whom` finds in the session, as `assignment.assign` takes it."""

    def act(session: Session, run: Run, seen: Seen | None) -> None:
        assignment.assign(session, actor, now, run, seen=_whose(seen), **whom(session))

    return act


def cancel(actor: Actor, now: datetime, reason: str) -> Act:
    """Cancel a run, with one reason for all of them, unless it has become another's since it was seen."""

    def act(session: Session, run: Run, seen: Seen | None) -> None:
        assignment.must_be_as_seen(run, _whose(seen))
        lifecycle.cancel(session, actor, now, run, reason)

    return act


def due_at(actor: Actor, now: datetime, at: Callable[[Run], datetime | None]) -> Act:
    """Let a run be due at the time that `at` tells of it; None is no time."""

    def act(session: Session, run: Run, seen: Seen | None) -> None:
        _must_be_due_as_seen(run, seen)
        handover.put_due(session, actor, now, run, at(run))

    return act


def due_later(actor: Actor, now: datetime, by: timedelta, drawn: datetime) -> Act:
    """Let a run be due so much later, from now on where its time has passed.

    Doing it again with the same page changes nothing: who has changed it since the page was `drawn`, be it
    by the same page, has decided already. Raises ConflictError for such a run, and for one without a time.
    """

    def act(session: Session, run: Run, seen: Seen | None) -> None:
        _must_be_due_as_seen(run, seen)
        if seen is None and _was_put_since(session, run, drawn):
            raise ConflictError(_DECIDED)
        if run.due_at is None:
            raise ConflictError(N_("It has no due time that could be moved. Set one."))
        handover.put_due(session, actor, now, run, max(run.due_at, now) + by)

    return act


def still_matching(act: Act, filters: Filters, drawn: datetime) -> Act:
    """Do `act` to a run only if it matches still, as it stands under the lock."""

    def checked(session: Session, run: Run, seen: Seen | None) -> None:
        query = select(exists().where(Run.id == run.id, IS_OPEN, *matching(filters, drawn)))
        if run.state == "open" and not session.scalar(query):
            raise ConflictError(N_("Meanwhile it has changed, and is none of those that you have chosen."))
        act(session, run, seen)

    return checked


_DECIDED = N_("Meanwhile it was given another due time, so nothing was changed.")


def _whose(seen: Seen | None) -> str | None:
    return None if seen is None else seen.whose


def _must_be_due_as_seen(run: Run, seen: Seen | None) -> None:
    if seen is not None and seen.due != due_key(run):
        raise ConflictError(_DECIDED)


def _was_put_since(session: Session, run: Run, drawn: datetime) -> bool:
    """Whether somebody has changed when the run is due since then."""
    put = exists().where(Event.subject == f"run:{run.id}", Event.kind == kinds.RunDue.kind, Event.at >= drawn)
    return bool(session.scalar(select(put)))
