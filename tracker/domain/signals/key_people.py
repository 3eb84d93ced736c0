"""Which SOPs hang on single people, and who could stand in. It never ranks anybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import write_in_chunks
from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts import figures
from tracker.models import Person, Sop
from tracker.stats.dependency import ENOUGH, Dependency, dependency

BACK = timedelta(days=89)
"""Before the last day: 90 days with it, as weak points are judged."""


FIGURE = "key people"


class Key(NamedTuple):
    """An SOP that hangs on one person, who completed so many of its runs."""

    sop: Sop
    person: Person
    completed: int
    runs: int


@dataclass(frozen=True, slots=True)
class Hanging:
    """One SOP and who completes its runs. `found` is None while there are too few of them.

    `stand_ins`: who else has completed at least 3, by name.
    """

    sop: Sop
    runs: int
    found: Dependency | None
    person: Person | None
    stand_ins: Sequence[Person]

    @property
    def top_runs(self) -> int:
        """How many of them that person has completed."""
        return round(self.found.top_share * self.runs) if self.found else 0

    @property
    def more(self) -> int:
        """About so many more runs it takes to tell."""
        return max(0, ENOUGH - self.runs)


@dataclass(frozen=True, slots=True)
class Groups:
    """The SOPs with runs since a day: those that hang on one person, those that don't, those too early."""

    since: date
    flagged: Sequence[Hanging]
    shared: Sequence[Hanging]
    early: Sequence[Hanging]


def refresh(session: Session, now: datetime) -> None:
    """Keep which SOPs hang on one person. For the worker: it reads without a lock."""
    completed = _completed(session, facts_counts.last_day(session, now) - BACK)
    rows = [
        [sop_id, result.top, counts[result.top], result.runs]
        for sop_id, counts in sorted(completed.items())
        if (result := dependency(counts)) and result.flagged
    ]
    before = figures.get(session, FIGURE)
    if before is None or before.data["rows"] != rows:
        write_in_chunks([partial(figures.keep, now=now, name=FIGURE, data={"rows": rows})])


def sops_on_one_person(session: Session, actor: Actor) -> list[Key]:
    """The SOPs that a person answers for and that hang on somebody, by title, as the worker has kept them."""
    figure = figures.get(session, FIGURE)
    rows = figure.data["rows"] if figure else []
    theirs = select(Sop).where(Sop.id.in_([row[0] for row in rows]), access.sops_answered_for(actor))
    sops = {sop.id: sop for sop in session.scalars(theirs.where(Sop.retired_at.is_(None)))}
    people = session.scalars(select(Person).where(Person.id.in_([row[1] for row in rows])))
    known = {one.id: one for one in people}
    keys = [Key(sops[id], known[who], *counts) for id, who, *counts in rows if id in sops and who in known]
    return sorted(keys, key=lambda key: key.sop.title_order)


def _completed(session: Session, since: date) -> dict[str, dict[int, int]]:
    """How many runs of each SOP each person has completed."""
    completed: dict[str, dict[int, int]] = defaultdict(dict)
    for sop_id, person_id, runs in facts_counts.completions(session, since):
        completed[sop_id][person_id] = runs
    return completed


def look(session: Session, actor: Actor, now: datetime) -> Groups:
    """How the SOPs that a person answers for depend on individuals, over 90 days."""
    since = facts_counts.last_day(session, now) - BACK
    completed = _completed(session, since)
    theirs = (
        select(Sop).where(access.sops_answered_for(actor), Sop.retired_at.is_(None)).order_by(Sop.title_order)
    )
    sops = [sop for sop in session.scalars(theirs) if sop.id in completed]
    known = {id for sop in sops for id in completed[sop.id]}
    people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(known)))}
    rows = [_hanging(sop, completed[sop.id], people) for sop in sops]
    judged = [row for row in rows if row.found]
    return Groups(
        since=since,
        flagged=[row for row in judged if row.found and row.found.flagged],
        shared=[row for row in judged if row.found and not row.found.flagged],
        early=[row for row in rows if not row.found],
    )


def _hanging(sop: Sop, completed: dict[int, int], people: dict[int, Person]) -> Hanging:
    dependence = dependency(completed)
    others = [people[id] for id in dependence.stand_ins if id in people] if dependence else []
    return Hanging(
        sop=sop,
        runs=sum(completed.values()),
        found=dependence,
        person=people.get(dependence.top) if dependence else None,
        stand_ins=sorted((one for one in others if one.disabled_at is None), key=lambda one: one.name_order),
    )
