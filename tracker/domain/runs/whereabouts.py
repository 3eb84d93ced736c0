"""What has become of a run: whose it is and since when, who closed it, to whom it was given and by whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import event_kinds as kinds
from tracker.models import Event, Person, Run

_GIVE = (kinds.RunStarted, kinds.RunAssigned, kinds.RunClaimed, kinds.RunTakenOver, kinds.RunAccepted)
"""The events by which a run becomes somebody's."""


class Whereabouts(NamedTuple):
    """A run, and who made it so and when: who closed or cancelled it; of an open one who gave or took it.

    `by` and `at` are None where nothing is written about it, as of a run from elsewhere.
    """

    run: Run
    by: Person | None
    at: datetime | None


def of(session: Session, run: Run) -> Whereabouts:
    """What has become of a run."""
    return of_many(session, [run])[run.id]


def of_many(session: Session, runs: Collection[Run]) -> Mapping[int, Whereabouts]:
    """What has become of each of some runs, by its number; in one query."""
    subjects = {f"run:{run.id}": run for run in runs if run.state == "open"}
    query = (
        select(Event)
        .where(Event.subject.in_(subjects), Event.kind.in_([kind.kind for kind in _GIVE]))
        .options(joinedload(Event.person))
        .order_by(Event.id)
    )
    last = {event.subject: event for event in session.scalars(query)} if subjects else {}
    found = {run.id: Whereabouts(run, run.closed_by, run.closed_at) for run in runs}
    for subject, event in last.items():
        run = subjects[subject]
        found[run.id] = Whereabouts(run, event.person, event.at)
    return found
