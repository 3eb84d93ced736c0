"""Reading the facts: what became of steps and runs. The cost is steps × days, however many records there are.

Every function adds the *tail*, the closed runs that are not folded yet. A long tail, as after an import, is
left out until it is folded (`as_of` says of when the figures are), unless `totals` or days are to be `exact`.
Days are those of the run's place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from tracker.db import kept
from tracker.domain import walltime
from tracker.domain.facts import contributions, periods
from tracker.domain.facts.contributions import PLACE, ClosedRun, Sums
from tracker.domain.facts.periods import EVER, Period
from tracker.models import (
    IS_DONE,
    IS_UNFOLDED,
    OUTCOMES,
    Figure,
    Location,
    Outcome,
    PersonDay,
    Run,
    RunDay,
    Sop,
    StepDay,
    StepMonth,
)

TAIL = 200
"""Runs that are not folded yet and are still added up for a page."""

WEAK = ("skipped", "failed", "omitted")
ZONES = "zones"
FOLDED = "facts"


def instances(counts: Mapping[str, int]) -> int:
    """Step instances, the denominator of every rate: everything but `na`."""
    return sum(count for outcome, count in counts.items() if outcome != "na")


@dataclass(frozen=True, slots=True)
class StepCounts:
    """How often each outcome came up for one step."""

    sop_id: str
    step_key: str
    counts: dict[str, int]

    @property
    def n(self) -> int:
        """How many instances these are."""
        return instances(self.counts)


@dataclass(frozen=True, slots=True)
class DayCounts(StepCounts):
    """How often each outcome came up for one step on one day under one revision.

    `recovered`: how many of those that failed were then put right.
    """

    day: date
    revision_id: int
    recovered: int


def totals(
    session: Session,
    *,
    sop_id: str | None = None,
    revision_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
    exact: bool = False,
) -> list[StepCounts]:
    """The counts of every step, by SOP and key; of one SOP, under one revision of it, of some days."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(OUTCOMES))
    days = Period("", since, until)
    parts = [days] if revision_id is not None else periods.edges(days)
    if revision_id is None and not periods.is_empty(periods.months_within(days)):
        _add(sums, session.execute(_months(sop_id, periods.months_within(days))))
    for part in parts:
        _add(sums, session.execute(_days(sop_id, revision_id, part)))
    tail = _tail_counts(session, sop_id, revision_id, days) if exact or is_short(session) else ()
    for sop, key, outcome, count in tail:
        sums[sop, key][PLACE[outcome]] += count
    return [StepCounts(*place, _named(sums[place])) for place in sorted(sums) if any(sums[place])]


def by_day(
    session: Session,
    *,
    sop_id: str | None = None,
    step_key: str | None = None,
    since: date | None = None,
    until: date | None = None,
    exact: bool = False,
) -> list[DayCounts]:
    """The counts of every step on every day on which it came up, under each revision, in that order."""
    days = Period("", since, until)
    query = select(
        StepDay.sop_id, StepDay.day, StepDay.step_key, StepDay.revision_id, StepDay.recovered, *_OF_DAYS
    )
    if sop_id is not None:
        query = query.where(StepDay.sop_id == sop_id)
    if step_key is not None:
        query = query.where(StepDay.step_key == step_key)
    if days != _EVER:
        query = _each_sop(query, sop_id).where(*_within(StepDay.day, days))
    sums: dict[tuple[str, str, date, int], list[int]] = {
        (sop, key, day, revision): counts for sop, day, key, revision, *counts in session.execute(query)
    }
    tail = _added_up(session, sop_id, ticks=False, exact=True) if exact else None
    for (sop, day, key, revision), counts in (tail or _tail(session, sop_id, ticks=False)).steps.items():
        if step_key in (None, key) and day in days:
            _plus(sums.setdefault((sop, key, day, revision), [0] * 6), counts)
    return [
        DayCounts(place[0], place[1], _named(sums[place][1:]), place[2], place[3], sums[place][0])
        for place in sorted(sums)
        if any(sums[place])
    ]


def sop_by_day(session: Session, sop_id: str, days: Period = EVER) -> list[DayCounts]:
    """The counts of all steps of an SOP together on every day, under each revision; their key is ""."""
    query = select(StepDay.day, StepDay.revision_id, func.sum(StepDay.recovered), *_sums(StepDay))
    query = query.where(StepDay.sop_id == sop_id, *_within(StepDay.day, days))
    query = query.group_by(StepDay.day, StepDay.revision_id)
    sums: dict[tuple[date, int], list[int]] = {
        (day, revision): list(counts) for day, revision, *counts in session.execute(query)
    }
    for (_, day, _, revision), counts in _tail(session, sop_id, ticks=False).steps.items():
        if day in days:
            _plus(sums.setdefault((day, revision), [0] * 6), counts)
    return [
        DayCounts(sop_id, "", _named(sums[place][1:]), *place, sums[place][0])
        for place in sorted(sums)
        if any(sums[place])
    ]


def apart(
    session: Session,
    by: str,
    sop_id: str,
    step_key: str | None = None,
    months: Period = EVER,
) -> dict[str, dict[str, int]]:
    """The counts of an SOP or one step of it, taken apart by location, hour, skipped or failed (the reasons).

    Whole months: those whose first day belongs to the period. `facts.parts` tells of any days.
    """
    query = select(StepMonth.which, *_sums(StepMonth)).where(StepMonth.by == by, StepMonth.sop_id == sop_id)
    if step_key is not None:
        query = query.where(StepMonth.step_key == step_key)
    query = query.where(*_within(StepMonth.month, months))
    sums = {which: list(counts) for which, *counts in session.execute(query.group_by(StepMonth.which))}
    for key, which, counts in _tail_months(session, by, sop_id, months):
        if step_key is None or key == step_key:
            _plus(sums.setdefault(which, [0] * len(OUTCOMES)), counts)
    return {which: _named(counts) for which, counts in sorted(sums.items()) if any(counts)}


def times(session: Session, sop_id: str) -> dict[str, dict[int, int]]:
    """How long each step of an SOP took, as histograms (`stats.durations`)."""
    query = select(StepMonth.step_key, StepMonth.which, func.sum(StepMonth.done)).where(
        StepMonth.by == "time", StepMonth.sop_id == sop_id
    )
    histograms: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for key, bin, count in session.execute(query.group_by(StepMonth.step_key, StepMonth.which)):
        histograms[key][int(bin)] += count
    for key, which, counts in _tail_months(session, "time", sop_id, EVER):
        histograms[key][int(which)] += counts[0]
    return {key: {bin: n for bin, n in sorted(bins.items()) if n} for key, bins in sorted(histograms.items())}


def completions(session: Session, since: date) -> list[tuple[str, int, int]]:
    """How many runs of each SOP each person has completed since a day: (SOP, person, runs)."""
    query = select(PersonDay.sop_id, PersonDay.person_id, func.sum(PersonDay.runs))
    query = query.where(PersonDay.day >= since).group_by(PersonDay.sop_id, PersonDay.person_id)
    runs_by_person: dict[tuple[str, int], int] = {
        (sop, person): n for sop, person, n in session.execute(query)
    }
    for (day, sop, _, person), (runs,) in _tail(session).people.items():
        if day >= since:
            runs_by_person[sop, person] = runs_by_person.get((sop, person), 0) + runs
    return [(*place, runs) for place, runs in sorted(runs_by_person.items()) if runs]


def conformity(
    session: Session, since: date | None = None, sop_id: str | None = None, until: date | None = None
) -> dict[str, tuple[int, float]]:
    """Of each SOP the runs closed on some days, and the sum of what they conform to it, each from 0 to 1."""
    days = Period("", since, until)
    query = select(RunDay.sop_id, func.sum(RunDay.runs), func.sum(RunDay.conformity)).group_by(RunDay.sop_id)
    query = query.where(*_within(RunDay.day, days))
    if sop_id is not None:
        query = query.where(RunDay.sop_id == sop_id)
    sums = {sop: [runs, total] for sop, runs, total in session.execute(query)}
    for (day, sop, _), (runs, _, total) in _tail(session, sop_id).runs.items():
        if day in days:
            _plus(sums.setdefault(sop, [0, 0]), [runs, total])
    return {sop: (runs, total / 1000) for sop, (runs, total) in sorted(sums.items()) if runs}


def runs_closed(
    session: Session, since: date | None = None, sop_id: str | None = None, until: date | None = None
) -> dict[str, int]:
    """How many runs of each SOP, or of one, were closed on some days."""
    return {sop: runs for sop, (runs, _) in conformity(session, since, sop_id, until).items()}


def runs_under(session: Session, sop_id: str, revision_id: int, days: Period = EVER) -> int:
    """How many runs of an SOP were closed under one revision: each has an outcome for every step."""
    counted = totals(session, sop_id=sop_id, revision_id=revision_id, since=days.since, until=days.until)
    return max((sum(row.counts.values()) for row in counted), default=0)


def days_covered(session: Session, since: date | None = None) -> float:
    """Days from the first to the last closed run, at least one; 0 if there is none."""
    query = select(Run.closed_at).where(IS_DONE).limit(1)
    if since is not None:
        query = query.where(closed_from(session, since))
    first, last = (session.scalar(query.order_by(end)) for end in (Run.closed_at.asc(), Run.closed_at.desc()))
    return max(1.0, (last - first).total_seconds() / 86400) if first and last else 0.0


def as_of(session: Session) -> datetime | None:
    """When the worker last folded runs, which is the moment that figures are of; None if it never did."""
    return session.scalar(select(Figure.at).where(Figure.name == FOLDED))


def zones(session: Session) -> dict[int, ZoneInfo]:
    """The time zone of each location, by its id; 0 stands for runs without a location.

    Those that the facts were folded by (`folding.keep_zones`) count until they are folded anew.
    """
    zone_of = {0: "UTC", **dict(session.execute(select(Location.id, Location.zone)).all())}
    zone_names = session.scalar(select(Figure.data).where(Figure.name == ZONES)) or {}
    return {
        place: ZoneInfo(name)
        for place, name in (zone_of | {int(k): v for k, v in zone_names.items()}).items()
    }


_EVER = Period("")
_OF_DAYS = tuple(getattr(StepDay, name) for name in OUTCOMES)


def _sums(table: type[StepDay] | type[StepMonth]) -> list[ColumnElement[int]]:
    return [func.sum(getattr(table, name)) for name in OUTCOMES]


def _within(column: Any, days: Period) -> list[ColumnElement[bool]]:
    """Whether a day belongs to a period, as conditions on a column."""
    conditions = [] if days.since is None else [column >= days.since]
    return conditions if days.until is None else [*conditions, column <= days.until]


def _months(sop_id: str | None, months: Period) -> Any:
    """The counts of whole months, by SOP and step."""
    query = select(StepMonth.sop_id, StepMonth.step_key, *_sums(StepMonth)).where(StepMonth.by == "all")
    if sop_id is not None:
        query = query.where(StepMonth.sop_id == sop_id)
    query = query.where(*_within(StepMonth.month, months))
    return query.group_by(StepMonth.sop_id, StepMonth.step_key)


def _days(sop_id: str | None, revision_id: int | None, days: Period) -> Any:
    """The counts of days by SOP and step."""
    query = select(StepDay.sop_id, StepDay.step_key, *_sums(StepDay))
    if sop_id is not None:
        query = query.where(StepDay.sop_id == sop_id)
    if revision_id is not None:
        query = query.where(StepDay.revision_id == revision_id)
    query = _each_sop(query, sop_id).where(*_within(StepDay.day, days))
    return query.group_by(StepDay.sop_id, StepDay.step_key)


def _each_sop(query: Any, sop_id: str | None) -> Any:
    """Make a query over all SOPs look days up SOP by SOP, by the table's key: else it reads all of
    history."""
    if sop_id is not None:
        return query
    known = select(Sop.id).subquery()
    return query.join(known, StepDay.sop_id == known.c.id)


def _add(sums: dict[tuple[str, str], list[int]], rows: Any) -> None:
    for sop, key, *counts in rows:
        _plus(sums[sop, key], counts)


def _plus(row: list[int], more: Sequence[int]) -> None:
    for place, count in enumerate(more):
        row[place] += count


def _named(counts: Sequence[int]) -> dict[str, int]:
    return dict(zip(OUTCOMES, counts, strict=True))


def is_short(session: Session) -> bool:
    """Whether the tail is short enough for a page to add it up itself (TAIL)."""
    waiting = select(Run.id).where(IS_UNFOLDED).limit(TAIL + 1)
    return len(session.scalars(waiting).all()) <= TAIL


def _tail_counts(session: Session, sop_id: str | None, revision_id: int | None, days: Period) -> Any:
    columns = (Outcome.sop_id, Outcome.step_key, Outcome.outcome)
    query = select(*columns, func.count()).join(Run, Run.id == Outcome.run_id).where(IS_UNFOLDED)
    if sop_id is not None:
        query = query.where(Run.sop_id == sop_id)
    if revision_id is not None:
        query = query.where(Run.revision_id == revision_id)
    return session.execute(query.where(closed_within(session, days)).group_by(*columns))


def closed_from(session: Session, since: date, until: date | None = None) -> ColumnElement[bool]:
    """Whether a run was closed since a day began where it was done, and before `until` began there."""
    return closed_within(session, Period("", since, until - timedelta(days=1) if until else None))


def closed_within(session: Session, days: Period, at: Any = Run.closed_at) -> ColumnElement[bool]:
    """Whether a run was closed on one of some days by the clocks of its place.

    `at`: a column beside that of the runs that has the same moment, and an index of its own.
    """
    place, clocks, parts = func.coalesce(Run.location_id, 0), zones(session), []
    if days.since:
        begins = {id: _moment(days.since, zone) for id, zone in clocks.items()}
        there = or_(*(and_(place == id, at >= moment) for id, moment in begins.items()))
        parts += [at >= min(begins.values()), there]  # the first is what an index can find
    if days.until:
        ends = {id: _moment(days.until + timedelta(days=1), zone) for id, zone in clocks.items()}
        there = or_(*(and_(place == id, at < moment) for id, moment in ends.items()))
        parts += [at < max(ends.values()), there]
    return and_(true(), *parts)


def _moment(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins in a zone; near the ends of the calendar, about that moment."""
    within = min(max(day, periods.EARLIEST), periods.LATEST)
    return walltime.utc(datetime.combine(within, time()), zone.key)


@contextmanager
def one_tail(session: Session) -> Iterator[None]:
    """Within it, the tail of an SOP is added up once for all that ask for it. For pages, which only read."""
    session.info[_TAILS] = {}
    try:
        yield
    finally:
        del session.info[_TAILS]


_TAILS = "tails"


def _tail(session: Session, sop_id: str | None = None, *, ticks: bool = True) -> Sums:
    """What the closed runs that are not folded yet add to the facts."""
    tails: dict[str | None, Sums] | None = session.info.get(_TAILS)
    if tails is None:
        return _added_up(session, sop_id, ticks)
    if sop_id not in tails:
        # read the ticks too, because another function on the page will need them
        tails[sop_id] = _added_up(session, sop_id, ticks=True)
    return tails[sop_id]


def _added_up(session: Session, sop_id: str | None, ticks: bool, exact: bool = False) -> Sums:
    if not exact and not is_short(session):
        return Sums()
    query = select(Run.id).where(IS_UNFOLDED).order_by(Run.id)
    if sop_id is not None:
        query = query.where(Run.sop_id == sop_id)
    numbers = session.scalars(query).all()
    clocks = zones(session) if numbers else {}
    return contributions.sums(_read(session, numbers, ticks), clocks)


def _read(session: Session, numbers: Sequence[int], ticks: bool) -> Iterator[ClosedRun]:
    orders = contributions.Orders()
    for part in contributions.in_parts(numbers):
        yield from contributions.closed_runs(session, part, orders, ticks=ticks)


def _tail_months(
    session: Session, by: str, sop_id: str, months: Period
) -> Iterator[tuple[str, str, list[int]]]:
    for (which_by, _, month, key, which), counts in _tail(session, sop_id).months.items():
        if which_by == by and month in months:
            yield key, which, counts


QUIET = timedelta(days=30)
"""Where nothing was run for longer, figures are those of the last days with runs, not of today."""


def last_day(session: Session, now: datetime) -> date:
    """The day that figures are of: today, or the last one with a run where nothing has run for a month."""
    today = now.date()
    known: dict[date, date] = kept(session, "last days with runs")
    if today not in known:
        last = session.scalar(select(func.max(RunDay.day)).where(RunDay.day <= today + timedelta(days=1)))
        known[today] = last if last and last < today - QUIET else today
    return known[today]
