"""What a lead asks of the runs that are over: which, how many, and what became of their steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.facts import closed, counts
from tracker.domain.facts.closed import Which
from tracker.domain.facts.counts import WEAK
from tracker.domain.facts.periods import Period
from tracker.domain.work.board import Filters, matching_but_for_state
from tracker.models import IS_ENDED, Outcome, Run

STATES = ("done", "cancelled", "late", *WEAK)
"""How a run may have ended that a lead looks for: in time or not, cancelled, or with something amiss."""


class Tally(NamedTuple):
    """How many runs have ended, how many of these by being closed or cancelled, and how many late."""

    all: int = 0
    done: int = 0
    cancelled: int = 0
    late: int = 0


def which(filters: Filters, days: Period) -> Which:
    """What is asked for, but for what the runs have in common (`conditions`)."""
    ended = {"": closed.ANY, "cancelled": "cancelled"}.get(filters.state, "done")
    had = filters.state if filters.state in WEAK else ""
    return Which(days=days, ended=ended, had=had, late=filters.state == "late")


def conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """What the runs have in common: the filters but for the state, and the actor's reach."""
    return [access.reachable(actor), *matching_but_for_state(filters)]


def tally(session: Session, actor: Actor, filters: Filters, days: Period) -> Tally:
    """How many there are in whichever state, in one query."""
    late = func.count().filter(Run.state == "done", Run.closed_at > Run.due_at)
    states = [func.count().filter(Run.state == state) for state in ("done", "cancelled")]
    query = select(func.count(), *states, late).where(
        IS_ENDED, counts.closed_within(session, days), *conditions(actor, replace(filters, state=""))
    )
    return Tally._make(session.execute(query).one())


def outcomes(session: Session, runs: Iterable[int]) -> dict[int, dict[str, int]]:
    """How many steps of each of some runs came to each outcome."""
    query = select(Outcome.run_id, Outcome.outcome, func.count()).where(Outcome.run_id.in_(list(runs)))
    found: dict[int, dict[str, int]] = {}
    for run, outcome, count in session.execute(query.group_by(Outcome.run_id, Outcome.outcome)):
        found.setdefault(run, {})[outcome] = count
    return found
