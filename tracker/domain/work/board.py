"""What a lead asks of all open runs: which, how many, whose, and what holds them up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.models import IS_OPEN, Person, Run, SubjectAlias
from tracker.sop.ordering import order_key
from tracker.sop.text import fold

STATES = ("late", "blocked", "signature", "paused", "nobody", "offered")
"""What a run may be that a lead looks for; it may be several of them."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the runs have in common that a lead wants to see; what is None or "" does not matter.

    `who`: a person's number, or 0 for nobody. `team`: a run is open to the team, or a member's. `subject`: a
    part of what the runs are about.
    """

    state: str = ""
    sop: str = ""
    location: int | None = None
    team: int | None = None
    who: int | None = None
    subject: str = ""

    @property
    def any(self) -> bool:
        return self != Filters()

    @property
    def narrow(self) -> bool:
        """Whether they say more than the state and the person, which are counted apart anyway."""
        return self != Filters(state=self.state, who=self.who)


class Tally(NamedTuple):
    """How many runs are open, and how many of these are in each of the `STATES`."""

    all: int = 0
    late: int = 0
    blocked: int = 0
    signature: int = 0
    paused: int = 0
    nobody: int = 0
    offered: int = 0


class Load(NamedTuple):
    """What one person has on their hands."""

    id: int
    name: str
    has: Tally
    left: bool = False
    """Whether they were disabled, and have runs still."""


def matching(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """The filters as conditions on the table of runs."""
    conditions = matching_but_for_state(filters)
    if filters.state:
        conditions.append(_states(now)[filters.state])
    return conditions


def matching_but_for_state(filters: Filters) -> list[ColumnElement[bool]]:
    """The same whatever state a run is in."""
    conditions = _but_for_state_and_person(filters)
    if filters.who is not None:
        conditions.append(Run.assignee_id.is_(None) if filters.who == 0 else Run.assignee_id == filters.who)
    return conditions


def tallies(session: Session, actor: Actor, filters: Filters, now: datetime) -> dict[int | None, Tally]:
    """The open runs of each person, by the person's id, and under None of nobody; in one query.

    Of the runs that the lead reaches; whichever state or person the filters name.
    """
    counts = [func.count(), *(func.count().filter(state) for state in _states(now).values())]
    query = (
        select(Run.assignee_id, *counts)
        .where(IS_OPEN, access.reachable(actor), *_but_for_state_and_person(filters))
        .group_by(Run.assignee_id)
    )
    return {who: Tally(*counted) for who, *counted in session.execute(query)}


def together(tallies_by_person: Mapping[int | None, Tally], filters: Filters) -> Tally:
    """The sum of the tallies that the filters' person lets through."""
    who = {None: tuple(tallies_by_person), 0: (None,)}.get(filters.who, (filters.who,))
    chosen = [tallies_by_person[each] for each in who if each in tallies_by_person]
    return Tally(*map(sum, zip(*chosen, strict=True))) if chosen else Tally()


def loads(session: Session, actor: Actor, tallies_by_person: Mapping[int | None, Tally]) -> list[Load]:
    """The load of everybody who works where the lead leads, lightest first; also of who has left runs."""
    works = and_(Person.disabled_at.is_(None), Person.imported.is_(False))
    here = Person.location_id == actor.location_id if actor.location_id is not None else false()
    having = Person.id.in_([who for who in tallies_by_person if who is not None])
    query = select(Person.id, Person.name, Person.disabled_at).where(or_(having, and_(works, here)))
    people = [
        Load(id, name, tallies_by_person.get(id, Tally()), left is not None)
        for id, name, left in session.execute(query)
    ]
    return sorted(people, key=lambda load: (load.has.all, order_key(load.name)))


def left_behind(session: Session, actor: Actor) -> list[tuple[int, str, int]]:
    """Who was disabled and has open runs that the lead reaches: number, name and how many, most first."""
    count = func.count()
    query = select(Person.id, Person.name, count).join(Run, Run.assignee_id == Person.id)
    query = query.where(IS_OPEN, access.reachable(actor), Person.disabled_at.is_not(None))
    rows = [(id, name, runs) for id, name, runs in session.execute(query.group_by(Person.id, Person.name))]
    return sorted(rows, key=lambda row: (-row[2], order_key(row[1])))


def _states(now: datetime) -> dict[str, ColumnElement[bool]]:
    conditions = (
        Run.due_at < now,
        Run.held_by.is_not(None),
        Run.unsigned > 0,
        Run.paused_at.is_not(None),
        Run.assignee_id.is_(None),
        Run.offered_to_id.is_not(None),
    )
    return dict(zip(STATES, conditions, strict=True))


def _but_for_state_and_person(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.sop:
        conditions.append(Run.sop_id == filters.sop)
    if filters.location is not None:
        conditions.append(Run.location_id == filters.location)
    if filters.team is not None:
        members = select(Person.id).where(Person.team_id == filters.team)
        conditions.append(or_(Run.team_id == filters.team, Run.assignee_id.in_(members)))
    if filters.subject:
        names = select(SubjectAlias.kind, SubjectAlias.ref_key).where(
            SubjectAlias.alias_key.contains(fold(filters.subject), autoescape=True)
        )
        about = tuple_(Run.subject_kind, Run.subject_key)
        holds = Run.subject_key.contains(fold(filters.subject), autoescape=True)
        conditions.append(or_(holds, about.in_(names)))
    return conditions
