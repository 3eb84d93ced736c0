"""Weak points: what counts come to (`priors`, `weighed`, `with_bands`), and since when (`judged`).

The page judges each step on its last days, the command line on the days that it is asked for. Both judge the
counts of their days here, so that the same counts have the same band.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from zlib import crc32

from tracker.domain.facts.counts import WEAK
from tracker.domain.weakpoints import eras, verdicts
from tracker.domain.weakpoints.tolerances import Accepted, Tolerances
from tracker.domain.weakpoints.verdicts import Day, Rates, Row
from tracker.stats import change, shrinkage, weakpoints
from tracker.stats.rates import wilson
from tracker.stats.shrinkage import Prior
from tracker.stats.weakpoints import Case, CaseResult

WINDOW = timedelta(days=89)
"""A step is judged on a day and this many before it."""

RECENT = timedelta(days=28)
"""An alarm compares these days with what was usual before them."""

LATELY = timedelta(days=6)
"""An alarm counts while the step is above its tolerance, and above what was usual, on these last days."""

USUAL_FROM = 30
"""Instances without which nothing is usual."""

HIGHEST = 0.25
"""Where more than this is usual, the next alarm would be of little use."""


def priors(counted: Iterable[tuple[str, int, int]]) -> dict[str, Prior]:
    """How rates of each kind are spread over the steps of the library: of (kind, count, n) of all of them.

    To about a fiftieth, so that a run more does not move every step of the library.
    """
    pairs: dict[str, list[tuple[int, int]]] = {kind: [] for kind in WEAK}
    for kind, count, n in counted:
        pairs[kind].append((count, n))
    return {kind: _rounded(shrinkage.fit(found)) for kind, found in pairs.items()}


def _rounded(prior: Prior) -> Prior:
    if prior == shrinkage.WEAK:  # that of few steps, which is fixed
        return prior
    return Prior(*(exp(round(log(part) * 50) / 50) for part in prior))


def weighed(count: int, n: int, accepted: Accepted, days: float, prior: Prior) -> CaseResult:
    """What `count` of `n` instances within some days come to, against what is accepted of the step.

    Its band is that among all others only when it has been through `with_bands`.
    """
    return weakpoints.judge([Case(count, n, accepted.tolerance, accepted.critical, days)], prior)[0]


def with_bands(found: Sequence[tuple[CaseResult, bool]]) -> list[CaseResult]:
    """The judged of the whole library, of all kinds, in their order, each in its band among the others.

    With each, whether its step is in use. Of the flagged ones that are, the upper half is to be fixed first;
    those that are not can't be fixed, and take nobody's place.
    """
    used = iter(weakpoints.with_bands(row for row, in_use in found if in_use))
    return [
        next(used) if in_use else row._replace(band="watch") if row.flagged else row for row, in_use in found
    ]


@dataclass(frozen=True, slots=True)
class Look:
    """What is the same for all SOPs at one look."""

    today: date
    start: date
    priors: Mapping[str, Prior]
    accepted: Tolerances


def judged(
    look: Look,
    sop_id: str,
    versions: Sequence[eras.Version],
    days: Mapping[str, Sequence[Day]],
    before: Mapping[tuple[str, str], Row],
    *,
    first: bool,
) -> list[Row]:
    """What is to be kept about each step and kind; the bands are put right when all SOPs are judged.

    `first`: it is the first look of the day.
    """
    found = []
    for key, all_days in days.items():
        era = eras.era(versions, key)
        since = max(look.start, era.first.on) if era else look.start
        recent = [
            d for d in all_days if d.day >= look.start and (era is None or d.revision_id in era.revisions)
        ]
        if not recent:
            continue
        accepted, covered = look.accepted.of(sop_id, key), max(1, (look.today - since).days + 1)
        for kind in WEAK:
            rates = [(d.day, d.lost[kind], d.n) for d in recent]
            count, n = verdicts.total(rates)
            result = weighed(count, n, accepted, covered, look.priors[kind])
            low, high = wilson(count, n)
            row = {
                "sop_id": sop_id,
                "step_key": key,
                "kind": kind,
                "n": n,
                "count": count,
                "low": low,
                "high": high,
                "tolerance": accepted.tolerance,
                "critical": accepted.critical,
                "since": since,
                "since_revision_id": era.first.id if era and era.changed else None,
                **result._asdict(),
            }
            was = before.get((key, kind))
            if result.flagged:  # the first of its own, but not of all; until those are judged, as it was
                row["band"] = was["band"] if was and was["flagged"] else "watch"
            found.append(row | _since_when(look, row, rates, was, first))
    return found


def _since_when(look: Look, row: Row, rates: Rates, before: Row | None, first: bool) -> Row:
    """Since when a step is weak, as far as that can be told.

    When it began takes long to tell: it is told anew once a week, each step on a day of its own.
    """
    prior, tolerance = look.priors[row["kind"]], row["tolerance"]
    was = before if before and before["since_revision_id"] == row["since_revision_id"] else None
    flagged_on = began = None
    if row["flagged"]:
        flagged_on = verdicts.flagged_on(rates, prior, tolerance) or look.today
        if was and was["flagged_on"]:
            flagged_on = min(flagged_on, was["flagged_on"])
    alarm_on = _alarm(look, rates, prior, tolerance)
    if row["flagged"] or alarm_on:
        told = was is not None and bool(was["flagged_on"] or was["alarm_on"])
        its_day = crc32(row["step_key"].encode()) % 7 == look.today.toordinal() % 7
        if was is not None and told and not (first and its_day):
            began = was["began"] if was["began"] and was["began"] >= row["since"] else None
        else:
            began = _began([day for day in rates if day[0] < look.today])
    return {"flagged_on": flagged_on, "began": began, "alarm_on": alarm_on}


def _began(rates: Rates) -> date | None:
    """About when a rate rose; None where that can't be told."""
    days = _by_day(rates)
    found = change.began([(count, n) for _, count, n in days])
    return days[found.index][0] if found and found.after > found.before else None


def _alarm(look: Look, rates: Rates, prior: Prior, tolerance: float) -> date | None:
    """The last day of the last weeks on which a rate seemed to have doubled, if it is too high since.

    The chart alone calls once in a thousand instances where nothing has changed: each week, in a library.
    """
    start = look.today - RECENT
    usual = verdicts.total(day for day in rates if day[0] <= start)
    recent = _by_day([day for day in rates if day[0] > start])
    if usual[1] < USUAL_FROM or sum(count for _, count, _ in recent) < 2:
        return None
    rate = max(change.THRESHOLDS[0][0], shrinkage.posterior(*usual, prior).mean)
    if rate > HIGHEST:
        return None
    alarms = change.cusum([(count, n) for _, count, n in recent], rate)
    if not alarms:
        return None
    lately = verdicts.total(day for day in recent if day[0] >= look.today - LATELY)
    too_high = shrinkage.exceeds(*lately, shrinkage.WEAK, max(tolerance, rate)) >= weakpoints.SURE
    return recent[alarms[-1]][0] if too_high else None


def _by_day(rates: Rates) -> Rates:
    """One entry a day, also where runs of two revisions were closed on it."""
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for day, count, n in rates:
        found[day][0] += count
        found[day][1] += n
    return [(day, count, n) for day, (count, n) in sorted(found.items())]
