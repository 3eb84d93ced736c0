"""Closed runs, and what became of their steps, one by one: the records behind every count of the reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, True_, and_, exists, func, literal, or_, select, true
from sqlalchemy.orm import Session, joinedload

from tracker.domain.facts import contributions, counts
from tracker.domain.facts.counts import WEAK
from tracker.domain.facts.periods import EVER, Period
from tracker.models import IS_DONE, IS_ENDED, IS_LOST, OUTCOMES, Outcome, Record, Run, Sop, Step
from tracker.sop.numbering import numbers

ANY, LOST = "any", "lost"
WHAT = (*OUTCOMES, ANY, LOST)
"""What became of a step: one of the outcomes, any but `na`, or any by which something is lost."""


@dataclass(frozen=True, slots=True)
class Which:
    """Which closed runs are asked for; what is empty or None does not matter.

    With a `step` or `what` each row is one step of a run, else a run. `place`: 0 for no location. `weekday`
    (0 for Monday) and `hour`: when the run was closed, by the clocks of its place. `who` recorded most of its
    steps, else closed it. `had`: an outcome that came up in the run. `on`: some of the days. `late`: closed
    after it was due. `ended`: "done", "cancelled", or ANY for both; figures count those that are done alone.
    """

    days: Period = EVER
    sop: str = ""
    area: str | None = None
    step: str = ""
    what: str = ""
    reason: str | None = None
    revisions: tuple[int, ...] = ()
    place: int | None = None
    weekday: int | None = None
    hour: int | None = None
    who: int | None = None
    had: str = ""
    on: frozenset[date] = frozenset()
    late: bool = False
    ended: str = "done"

    @property
    def is_of_steps(self) -> bool:
        """Whether each row is one step of a run."""
        return bool(self.step or self.what)


@dataclass(frozen=True, slots=True)
class Row:
    """A closed run and, where steps are asked for, what came of one of them, and what it is called there."""

    run: Run
    outcome: Outcome | None = None
    step: str = ""


class Closed(NamedTuple):
    """How many rows there are, of how many runs, and some of them."""

    total: int
    runs: int
    rows: Sequence[Row]


_ENDS = {"done": IS_DONE, "cancelled": and_(IS_ENDED, Run.state == "cancelled"), ANY: IS_ENDED}


class _Place(NamedTuple):
    """Where a row stands, and what it takes to tell its day, its hour and its reason."""

    run_id: int
    step_key: str
    closed_at: datetime
    location_id: int
    reason: str


def closed(
    session: Session,
    theirs: ColumnElement[bool],
    which: Which,
    *,
    most: int,
    after: int = 0,
    runs: Sequence[ColumnElement[bool]] = (),
) -> Closed:
    """The rows that are asked for, the latest run first: `most` after the first `after`.

    `theirs`: the SOPs whose runs the reader may see, as a condition on the table of SOPs; `runs`: whatever
    else the runs have in common, as conditions on theirs.
    """
    query = _asked(session, theirs, which).where(*runs)
    if keeps := _by_hand(session, which):
        places = [place for place in _places(session, query) if keeps(place)]
        if which.who is not None:
            whose = _completed_by(session, {place.run_id for place in places}, which.who)
            places = [place for place in places if place.run_id in whose]
        total, many = len(places), len({place.run_id for place in places})
        places = places[after : after + most]
    else:
        found = query.order_by(None).subquery()
        amounts = select(func.count(), func.count(found.c.run_id.distinct()))
        total, many = session.execute(amounts.select_from(found)).one()
        places = list(_places(session, query.limit(most).offset(after)))
    return Closed(total, many, _rows(session, places, which.is_of_steps))


def _asked(session: Session, theirs: ColumnElement[bool], which: Which) -> Select[Any]:
    """The places of all rows but for what only the clock of a place and the ticks of a run tell."""
    of_steps, is_lost = which.is_of_steps, which.what in (*WEAK, LOST)
    at: Any = Outcome.closed_at if is_lost else Run.closed_at  # that of which there is an index
    key: Any = Outcome.step_key if of_steps else literal("")
    reason: Any = Outcome.reason if of_steps else literal("")
    place = func.coalesce(Run.location_id, 0)
    query = select(Run.id.label("run_id"), key.label("key"), at.label("at"), place, reason.label("reason"))
    query = query.order_by(at.desc(), Run.id.desc())
    if of_steps:
        query = query.join(Outcome, Outcome.run_id == Run.id).order_by(Outcome.step_key)
        query = query.where(*_of_outcomes(which, is_lost))
    if which.on:
        query = query.where(or_(*(counts.closed_within(session, Period("", d, d), at) for d in which.on)))
    sop: Any = Outcome.sop_id if is_lost else Run.sop_id
    query = query.where(_ENDS[which.ended], counts.closed_within(session, which.days, at), *_of_runs(which))
    if which.sop:
        return query.where(sop == which.sop, exists().where(Sop.id == which.sop, theirs))
    if which.area is None and isinstance(theirs, True_):
        return query  # of all SOPs: a database that is asked for each goes through them one by one
    return query.where(sop.in_(select(Sop.id).where(theirs, *_of_area(which))))


def _of_area(which: Which) -> list[ColumnElement[bool]]:
    return [] if which.area is None else [Sop.area == which.area]


def _of_outcomes(which: Which, is_lost: bool) -> Iterator[ColumnElement[bool]]:
    if is_lost:
        yield IS_LOST  # in the words of the index of lost outcomes
    if which.what in OUTCOMES:
        yield Outcome.outcome == which.what
    elif not is_lost:
        yield Outcome.outcome != "na"
    if which.step:
        yield Outcome.step_key == which.step
    if which.revisions:
        yield Outcome.revision_id.in_(which.revisions)


def _of_runs(which: Which) -> Iterator[ColumnElement[bool]]:
    if which.revisions and not which.is_of_steps:
        yield Run.revision_id.in_(which.revisions)
    if which.place is not None:
        yield Run.location_id == which.place if which.place else Run.location_id.is_(None)
    if which.had:
        yield exists().where(Outcome.run_id == Run.id, Outcome.outcome == which.had)
    if which.late:
        yield Run.closed_at > Run.due_at
    if which.who is not None:
        ticked = exists().where(Record.run_id == Run.id, Record.person_id == which.who)
        yield or_(ticked, Run.closed_by_id == which.who)


def _places(session: Session, query: Select[Any]) -> Iterator[_Place]:
    for row in session.execute(query):
        yield _Place._make(row)


def _by_hand(session: Session, which: Which) -> Callable[[_Place], bool] | None:
    """What is asked for that the database can't tell, of a row; None where there is nothing of it."""
    if (which.weekday, which.hour, which.who, which.reason) == (None, None, None, None):
        return None
    clocks = counts.zones(session)

    def keeps(place: _Place) -> bool:
        there = place.closed_at.astimezone(clocks[place.location_id])
        said = which.reason in (None, contributions.reason_told(place.reason))
        return said and which.weekday in (None, there.weekday()) and which.hour in (None, there.hour)

    return keeps


def _completed_by(session: Session, runs: set[int], person: int) -> set[int]:
    """Those of some runs that a person has completed, as the facts count it."""
    found: set[int] = set()
    for part in contributions.in_parts(sorted(runs)):
        found |= {run.id for run in contributions.closed_runs(session, part) if run.person_id == person}
    return found


_SHOWN = tuple(map(joinedload, (Run.sop, Run.revision, Run.location, Run.assignee, Run.team, Run.closed_by)))
"""What lists say of a run: loaded with all of them, not with each."""


def _rows(session: Session, places: Sequence[_Place], of_steps: bool) -> list[Row]:
    ids = {place.run_id for place in places}
    loaded = select(Run).where(Run.id.in_(ids)).options(*_SHOWN)
    runs = {run.id: run for run in session.scalars(loaded)}
    if not of_steps:
        return [Row(runs[place.run_id]) for place in places]
    found = select(Outcome).where(Outcome.run_id.in_(ids))
    outcomes = {(row.run_id, row.step_key): row for row in session.scalars(found)}
    names = _names(session, {run.revision_id for run in runs.values()})
    return [
        Row(runs[p.run_id], outcomes[p.run_id, p.step_key],
            names.get((runs[p.run_id].revision_id, p.step_key), p.step_key))
        for p in places
    ]  # fmt: skip


def _names(session: Session, revisions: set[int]) -> dict[tuple[int, str], str]:
    """What people call each step in some revisions: its number and its text."""
    steps: dict[int, list[Step]] = {}
    query = select(Step).where(Step.revision_id.in_(revisions)).order_by(Step.revision_id, Step.position)
    for step in session.scalars(query):
        steps.setdefault(step.revision_id, []).append(step)
    return {
        (revision, step.key): f"{number} {step.name}"
        for revision, several in steps.items()
        for number, step in zip(numbers(several).values(), several, strict=True)
    }


def run_ids(
    session: Session,
    theirs: ColumnElement[bool],
    which: Which,
    *,
    most: int,
    after: tuple[datetime, int] | None = None,
) -> tuple[list[int], tuple[datetime, int] | None]:
    """The next runs that have a row, the latest first, and what gives those after them: None after the last.

    `theirs`: the runs that the reader may see, as a condition on the table of runs. Of about `most` rows at a
    time, so that nobody holds, or keeps the database waiting for, a list of all.
    """
    query = _asked(session, true(), which).where(theirs)
    at = query.selected_columns["at"]
    if after is not None:
        query = query.where(at <= after[0], or_(at < after[0], Run.id < after[1]))
    places = list(_places(session, query.limit(most)))
    if not places:
        return [], None
    last = places[-1].closed_at, places[-1].run_id
    if which.is_of_steps and len(places) == most:  # the other steps of the last run are yet to come
        rest = query.where(at == last[0], Run.id == last[1])
        places = [place for place in places if place.run_id != last[1]] + list(_places(session, rest))
    keeps = _by_hand(session, which)
    kept = dict.fromkeys(place.run_id for place in places if keeps is None or keeps(place))
    whose = _completed_by(session, set(kept), which.who) if which.who is not None else kept
    return [run for run in kept if run in whose], last
