"""Whether a revision has helped a step: compared once, when the planned number of runs is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import ceil
from typing import Any, NamedTuple

from tracker.domain.facts.counts import WEAK
from tracker.domain.weakpoints.eras import Version, era
from tracker.stats import change
from tracker.stats.rates import FEWEST
from tracker.stats.shrinkage import Prior, exceeds, posterior
from tracker.stats.weakpoints import SURE

BEFORE = timedelta(days=90)
"""How far before a revision its step is looked at."""

LOOKED_AT = timedelta(days=180)
"""How long a revision may take to show what it did."""

PATIENCE = 90
"""Days that a verdict is planned to take at most, at the pace of before; less certain, but in time."""

ENOUGH = 100
"""Instances that make a baseline of their own."""

FEWEST_LOST = 5
"""Instances lost without which there was nothing to help."""


class Day(NamedTuple):
    """A day of a step under a revision: what was lost of each kind, and its instances."""

    day: date
    revision_id: int
    lost: Mapping[str, int]
    n: int


Rates = Sequence[tuple[date, int, int]]  # day, count, n
Row = dict[str, Any]


def said(
    sop_id: str,
    versions: Sequence[Version],
    days: Mapping[str, Sequence[Day]],
    kept: Mapping[tuple[int, str, str], Row],
    priors: Mapping[str, Prior],
    tolerance: Callable[[str], float],
    today: date,
) -> list[Row]:
    """What is to be kept about every revision of the last months, step and kind; `days` are in order.

    What is decided in `kept` stays as it is. What was early and will never be decided is left out.
    """
    found = []
    for place in range(1, len(versions)):
        if versions[place].on < today - LOOKED_AT:
            continue
        for key in versions[place].says:
            for kind in WEAK:
                name = (versions[place].id, key, kind)
                row = kept.get(name)
                if row is None or row["decided_on"] is None:
                    row = _row(versions, place, key, kind, days.get(key, ()), row, priors, tolerance(key))
                if row is not None:
                    found.append({**row, "sop_id": sop_id})
    return found


def _row(
    versions: Sequence[Version],
    place: int,
    key: str,
    kind: str,
    days: Sequence[Day],
    kept: Row | None,
    priors: Mapping[str, Prior],
    tolerance: float,
) -> Row | None:
    version = versions[place]
    old, new = era(versions[:place], key), _after(versions[place:], key)
    if old is None:
        return None
    start = version.on - BEFORE
    earlier = [(d.day, d.lost[kind], d.n) for d in days if d.revision_id in old.revisions and d.day >= start]
    prior = priors[kind]
    before = _baseline(earlier, prior, tolerance, changed=_differs(versions, place, key))
    if before is None:
        return None
    later = [(d.day, d.lost[kind], d.n) for d in days if d.revision_id in new]
    planned = kept["planned"] if kept else _planned(before, earlier, prior)
    count, n, on = _until(later, planned)
    said = change.verdict(before, (count, n), planned)
    if said.word == "early" and _is_over(versions[place:], key):
        return None
    return {
        "revision_id": version.id,
        "step_key": key,
        "kind": kind,
        "before_count": before[0],
        "before_n": before[1],
        "after_count": count,
        "after_n": n,
        "planned": planned,
        "more": said.more,
        "word": said.word,
        "low": said.low,
        "high": said.high,
        "decided_on": None if said.word == "early" else on,
    }


def _after(versions: Sequence[Version], key: str) -> frozenset[int]:
    """The revisions from the first one on that say the same of the step."""
    return frozenset(version.id for version in _same(versions, key))


def _same(versions: Sequence[Version], key: str) -> Iterator[Version]:
    said = versions[0].says[key]
    for version in versions:
        if key not in version.says:
            return
        now = version.says[key]
        if said is not None and now is not None and now != said:
            return
        said = said or now
        yield version


def _is_over(versions: Sequence[Version], key: str) -> bool:
    """Whether the step says something else by now, or is gone."""
    return versions[-1].id not in _after(versions, key)


def _differs(versions: Sequence[Version], place: int, key: str) -> bool:
    """Whether the revision has changed the step; not known of a history, which has no text."""
    now = versions[place].says[key]
    before = [v.says[key] for v in versions[:place] if v.says.get(key) is not None]
    return now is not None and bool(before) and before[-1] != now


def _baseline(days: Rates, prior: Prior, tolerance: float, *, changed: bool) -> tuple[int, int] | None:
    """(count, n) that a revision is measured against; None where it had nothing to help.

    What has raised a flag looks worse than it is: after a flag, the instances since count, or the rate
    is shrunken towards that of other steps.
    """
    count, n = total(days)
    if n < FEWEST:
        return None
    if exceeds(count, n, prior, tolerance) < SURE:
        return (count, n) if changed and count >= FEWEST_LOST else None
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


def _until(days: Rates, planned: int) -> tuple[int, int, date | None]:
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
