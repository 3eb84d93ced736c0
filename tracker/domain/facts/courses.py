"""How often an outcome came up period by period, for an SOP or for one of its steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from tracker.domain.facts.counts import WEAK, DayCounts
from tracker.domain.facts.periods import next_month
from tracker.models import OUTCOMES
from tracker.stats.change import exact_limits
from tracker.stats.rates import FEWEST, rate

MOST = {"day": 42, "week": 26, "month": 24}
"""How many periods are looked at, the latest ones."""

_FLAGS = 12


@dataclass(frozen=True, slots=True)
class Period:
    """One day, week or month from `start` on, and the counts that it stays within by chance."""

    start: date
    count: int
    n: int
    low: int
    high: int

    @property
    def share(self) -> float | None:
        return rate(self.count, self.n)

    @property
    def outside(self) -> int:
        """1 if the share is above the limits, -1 if below, 0 if within them or if there are too few
        instances."""
        return 0 if self.share is None else (self.count > self.high) - (self.count < self.low)


class Turn(NamedTuple):
    """About when a rate changed, and (count, n) before and since."""

    day: date
    before: tuple[int, int]
    since: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Course:
    """How often one kind came up. `usual` is the share that the limits are drawn around; `flags` are
    revisions: (the place among the periods at which it came, its label).
    """

    kind: str
    unit: str
    periods: Sequence[Period]
    usual: float
    flags: Sequence[tuple[float, str]]
    turn: Turn | None

    @property
    def count(self) -> int:
        return sum(period.count for period in self.periods)

    @property
    def n(self) -> int:
        return sum(period.n for period in self.periods)

    @property
    def start(self) -> date:
        return self.periods[0].start


def course(
    days: Sequence[DayCounts],
    kind: str,
    labels: Mapping[int, str],
    began: date | None = None,
    first: Mapping[int, date] | None = None,
) -> Course | None:
    """The course of one kind, or None while no period has enough instances to say.

    By day while all of it is young, else by week, or by month where weeks have too few. `labels`: of the
    revisions; `first`: the first day of each of them with a run, where days before these have some, too.
    The limits are drawn around what was usual before it `began` to change, if that is known.
    """
    days = [day for day in days if day.n]
    if not days:
        return None
    last = max(day.day for day in days)
    young = (last - min(day.day for day in days)).days < MOST["day"]
    for unit in ("day", "week", "month") if young else ("week", "month"):
        sums = _sums(days, kind, unit, last)
        enough = sum(n >= FEWEST for _, n in sums.values())
        if 2 * enough >= sum(n > 0 for _, n in sums.values()):
            break
    if not enough:
        return None
    usual = _usual(sums, began)
    periods = [Period(start, count, n, *_limits(n, usual)) for start, (count, n) in sums.items()]
    flags = _flags(first_runs(days) if first is None else first, labels, [*sums], unit)
    days = [day for day in days if day.day >= periods[0].start]
    return Course(kind, unit, periods, usual, flags, _turn(days, kind, began))


def _turn(days: Sequence[DayCounts], kind: str, began: date | None) -> Turn | None:
    if began is None:
        return None
    before, since = [day for day in days if day.day < began], [day for day in days if day.day >= began]
    sums = [(sum(day.counts[kind] for day in part), sum(day.n for day in part)) for part in (before, since)]
    return Turn(began, *sums) if all(n >= FEWEST for _, n in sums) else None


def _sums(days: Iterable[DayCounts], kind: str, unit: str, last: date) -> dict[date, tuple[int, int]]:
    """(count, n) of each of the last periods, in order; those without a run, too."""
    sums: dict[date, tuple[int, int]] = {}
    for day in days:
        start = _start(day.day, unit)
        count, n = sums.get(start, (0, 0))
        sums[start] = count + day.counts[kind], n + day.n
    starts: list[date] = []
    start = _start(last, unit)
    while len(starts) < MOST[unit] and start >= min(sums):
        starts.append(start)
        start = _start(start - timedelta(days=1), unit)
    return {start: sums.get(start, (0, 0)) for start in reversed(starts)}


def _start(day: date, unit: str) -> date:
    if unit == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if unit == "week" else day


def last_day(start: date, unit: str) -> date:
    """The last day of a period that begins on a day."""
    if unit == "month":
        return next_month(start) - timedelta(days=1)
    return start + timedelta(days=6) if unit == "week" else start


def _usual(sums: Mapping[date, tuple[int, int]], began: date | None) -> float:
    """The rate of all periods, or of those before a change, if that was a good many; never quite zero."""
    before = [pair for start, pair in sums.items() if began and start < began]
    if sum(n for _, n in before) < 3 * FEWEST:
        before = [*sums.values()]
    return (sum(count for count, _ in before) + 0.5) / (sum(n for _, n in before) + 1)


def _limits(n: int, usual: float) -> tuple[int, int]:
    return _exact(n, round(usual, 4)) if n else (0, 0)


_exact = lru_cache(maxsize=4096)(exact_limits)


def _flags(
    first: Mapping[int, date], labels: Mapping[int, str], starts: Sequence[date], unit: str
) -> list[tuple[float, str]]:
    """(Place among the periods, label) of each revision's first run; the very first revision is no change."""
    long = {"day": 1, "week": 7, "month": 31}[unit]
    flags = []
    for revision, at in sorted(first.items(), key=lambda row: row[1])[1:]:
        if at >= starts[0] and _start(at, unit) in starts:
            place = starts.index(_start(at, unit))
            flags.append((place + (at - starts[place]).days / long, labels.get(revision, "–")))
    return flags[-_FLAGS:]


def first_runs(days: Iterable[DayCounts]) -> dict[int, date]:
    """The day of each revision's first run, in order."""
    first_days: dict[int, date] = {}
    for day in sorted(days, key=lambda day: day.day):
        first_days.setdefault(day.revision_id, day.day)
    return first_days


def weekdays(days: Sequence[DayCounts]) -> dict[int, dict[str, int]]:
    """The counts on each day of the week, 0 for Monday."""
    sums = {weekday: total(day for day in days if day.day.weekday() == weekday) for weekday in range(7)}
    return {weekday: counts for weekday, counts in sums.items() if any(counts.values())}


def by_revision(days: Iterable[DayCounts]) -> dict[int, dict[str, int]]:
    """The counts under each revision."""
    days_of: dict[int, list[DayCounts]] = {}
    for day in days:
        days_of.setdefault(day.revision_id, []).append(day)
    return {revision: total(of_it) for revision, of_it in days_of.items()}


def total(days: Iterable[DayCounts]) -> dict[str, int]:
    """The counts of all days together."""
    sums = dict.fromkeys(OUTCOMES, 0)
    for day in days:
        for outcome, count in day.counts.items():
            sums[outcome] += count
    return sums


def most_lost(counts: Mapping[str, int]) -> str:
    """The kind of outcome that loses most instances; "failed" if nothing is lost."""
    return max(("failed", *WEAK), key=lambda kind: counts.get(kind, 0))
