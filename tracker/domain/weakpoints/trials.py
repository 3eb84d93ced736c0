"""Which changed steps are being tried: the one place that decides it.

From the moment a step asks for something else until its planned number of runs is reached, nothing is known
of what it asks for now; what was known before stands until then. All lists and pages read this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from typing import Any, NamedTuple

from tracker.domain.weakpoints.eras import Era, Version, era
from tracker.stats import change
from tracker.stats.rates import FEWEST
from tracker.stats.shrinkage import Prior, exceeds, posterior
from tracker.stats.weakpoints import SURE, WATCHED

BEFORE = timedelta(days=89)
"""How far before a revision, or before the last run without it, its step is looked at: 90 days in all."""

PATIENCE = 90
"""Days that a verdict is planned to take at most, at the pace of before; less certain, but in time."""

ENOUGH = 100
"""Instances that make a baseline of their own."""

FEWEST_LOST = 5
"""Instances lost without which there was nothing to help, unless they are too many all the same."""


class Day(NamedTuple):
    """A day of a step under a revision: what was lost of each kind, and its instances."""

    day: date
    revision_id: int
    lost: Mapping[str, int]
    n: int


Rates = Sequence[tuple[date, int, int]]  # day, count, n
Row = dict[str, Any]
Name = tuple[int, str, str]  # of a verdict: revision, step, kind


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of all steps of an SOP: `days` of each, in order; `kept`: the verdicts that are kept;
    `priors` by kind; `tolerance` of a step, by its key."""

    days: Mapping[str, Sequence[Day]]
    kept: Mapping[Name, Row]
    priors: Mapping[str, Prior]
    tolerance: Callable[[str], float]

    def of(self, key: str, kind: str) -> Known:
        """What is known of one kind at one step."""
        return Known(self, key, kind, self.days.get(key, ()), self.priors[kind], self.tolerance(key))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one kind of loss at one step of an SOP."""

    whole: Knowledge
    key: str
    kind: str
    days: Sequence[Day]
    prior: Prior
    tolerance: float

    def kept(self, version: Version) -> Row | None:
        """The verdict about a revision that is kept, decided or not."""
        return self.whole.kept.get((version.id, self.key, self.kind))

    def others(self) -> Iterator[Known]:
        """What is known of the other kinds at the same step."""
        return (self.whole.of(self.key, kind) for kind in self.whole.priors if kind != self.kind)

    def rates(self, revisions: frozenset[int], since: date = date.min) -> Rates:
        """The days under some revisions."""
        return [
            (d.day, d.lost[self.kind], d.n)
            for d in self.days
            if d.revision_id in revisions and d.day >= since
        ]

    def until_changed(self, era: Era, changed: Version, most: timedelta = BEFORE) -> Rates:
        """The last days of an era before a revision, or before its last run where that is long ago."""
        every = self.rates(era.revisions)
        is_near = every and every[-1][0] >= changed.on - most
        last = changed.on if is_near or not every else every[-1][0]
        return [day for day in every if day[0] >= last - most]


class Plan(NamedTuple):
    """What a change is measured against, (count, n), and the instances after which the verdict falls."""

    before: tuple[int, int]
    planned: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a step asks for now, in its era, and while that is being tried, what it asked for before.

    `before` is None where nothing is being tried.
    """

    era: Era
    before: Era | None = None

    @property
    def decided(self) -> Era:
        """The era whose figures stand."""
        return self.before or self.era


def standing(versions: Sequence[Version], known: Known) -> Standing | None:
    """How one kind stands at a step; None if no revision has it.

    What was still being tried when the step was changed again has decided nothing: the step is measured
    against what stood before. One that then asks for that again was never changed, its figures run on.
    """
    now = era(versions, known.key)
    if now is None or not now.changed:
        return Standing(now) if now else None
    place = versions.index(now.first)
    earlier = standing(versions[:place], known)
    if earlier is None:
        return Standing(now)
    before = earlier.decided
    if earlier.before and not now.first.changes(before.last, known.key):
        return Standing(replace(before, last=now.last, revisions=before.revisions | now.revisions))
    return Standing(now, before if _is_tried(now, before, known) else None)


def _is_tried(now: Era, before: Era, known: Known) -> bool:
    """Whether it is still to be found out what a change did to one kind.

    Where a step had a weakness that is what is tried, and no other kind that was tolerable.
    """
    kept = known.kept(now.first)
    if kept and kept["decided_on"]:
        return False
    planned = plan(now.first, before, known, changed=True)
    if planned is None or until(known.rates(now.revisions), planned.planned)[1] >= planned.planned:
        return False
    return _was_weak(now, before, known) or not any(_was_weak(now, before, o) for o in known.others())


def _was_weak(now: Era, before: Era, known: Known) -> bool:
    """Whether a kind was flagged or watched before a change."""
    count, n = total(known.until_changed(before, now.first))
    return n >= FEWEST and exceeds(count, n, known.prior, known.tolerance) >= WATCHED


def plan(version: Version, before: Era, known: Known, *, changed: bool) -> Plan | None:
    """How it is to be found out whether a revision has helped; None where it had nothing to help.

    `changed`: it has changed the step. What was planned once stays so.
    """
    earlier = known.until_changed(before, version)
    baseline = _baseline(earlier, known.prior, known.tolerance, changed=changed)
    if baseline is None:
        return None
    kept = known.kept(version)
    return Plan(baseline, kept["planned"] if kept else _planned(baseline, earlier, known.prior))


def _baseline(days: Rates, prior: Prior, tolerance: float, *, changed: bool) -> tuple[int, int] | None:
    """(count, n) that a revision is measured against; None where it had nothing to help.

    What has raised a flag looks worse than it is: after a flag, the instances since count, or the rate
    is shrunken towards that of other steps.
    """
    count, n = total(days)
    if n < FEWEST:
        return None
    probability = exceeds(count, n, prior, tolerance)
    if probability < SURE:
        return (count, n) if changed and (count >= FEWEST_LOST or probability >= WATCHED) else None
    flagged = flagged_on(days, prior, tolerance)
    fresh = total(day for day in days if flagged is None or day[0] > flagged)
    if fresh[1] >= ENOUGH:
        return fresh
    return round(posterior(count, n, prior).mean * n), n


def flagged_on(days: Rates, prior: Prior, tolerance: float) -> date | None:
    """The first day by whose end the figures so far flag the step."""
    count = n = 0
    for day, lost, instances in days:
        count, n = count + lost, n + instances
        if n >= FEWEST and exceeds(count, n, prior, tolerance) >= SURE:
            return day
    return None


def _planned(before: tuple[int, int], days: Rates, prior: Prior) -> int:
    """The instances after which the verdict falls: those that show a half, or what comes in PATIENCE."""
    rate = posterior(*before, prior).mean
    pace = total(days)[1] / max(1, (days[-1][0] - days[0][0]).days + 1)
    return max(FEWEST, min(change.runs_needed(rate), ceil(pace * PATIENCE)))


def until(days: Rates, planned: int) -> tuple[int, int, date | None]:
    """(count, n) up to the end of the day on which the planned instances are there, and that day."""
    count, n, on = 0, 0, None
    for day, lost, instances in days:
        count, n, on = count + lost, n + instances, day
        if n >= planned:
            break
    return count, n, on


def total(days: Iterable[tuple[date, int, int]]) -> tuple[int, int]:
    """(count, n) of all days together."""
    count = n = 0
    for _, lost, instances in days:
        count, n = count + lost, n + instances
    return count, n
