"""Weak points: what counts come to (`priors`, `weighed`, `with_bands`), and since when (`judged`).

The page judges each step on its last days, the command line on the days that it is asked for. Both judge the
counts of their days here, so that the same counts have the same band.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from typing import NamedTuple
from zlib import crc32

from tracker.domain.facts.counts import WEAK
from tracker.domain.weakpoints import trials
from tracker.domain.weakpoints.eras import Version
from tracker.domain.weakpoints.tolerances import Accepted, Tolerances
from tracker.domain.weakpoints.trials import Knowledge, Known, Rates, Row, Standing
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
    versions: Sequence[Version],
    known: Knowledge,
    before: Mapping[tuple[str, str], Row],
    *,
    first: bool,
) -> list[Row]:
    """What is to be kept about each step and kind; the bands are put right when all SOPs are judged.

    `first`: it is the first look of the day.
    """
    rows = []
    for key in known.days:
        accepted = look.accepted.of(sop_id, key)
        for kind in WEAK:
            of_it = known.of(key, kind)
            view = _view(look, versions, of_it)
            if view is None:
                continue
            row = {"sop_id": sop_id, "step_key": key, "kind": kind, **_figures(look, view, kind, accepted)}
            was = before.get((key, kind))
            if row["flagged"]:  # the first of its own, but not of all; until those are judged, as it was
                row["band"] = was["band"] if was and was["flagged"] else "watch"
            rows.append(row | _since_when(look, row, view.rates, was, first))
    return rows


def tried(look: Look, sop_id: str, versions: Sequence[Version], known: Knowledge) -> Iterator[Row]:
    """What is being tried in one SOP, with the figures of before it and how it goes."""
    for key in versions[-1].says:
        for kind in WEAK:
            of_it = known.of(key, kind)
            view = _view(look, versions, of_it)
            if view is None or view.stood is None or view.stood.before is None:
                continue
            version = view.stood.era.first
            plan = trials.plan(version, view.stood.before, of_it, changed=True)
            assert plan is not None  # or nothing would be tried
            count, n = trials.total(of_it.rates(view.stood.era.revisions))
            yield {
                "sop_id": sop_id,
                "step_key": key,
                "kind": kind,
                **_figures(look, view, kind, look.accepted.of(sop_id, key)),
                "revision": version.label,
                "on": version.on,
                "more": max(0, plan.planned - n),
                "after_count": count,
                "after_n": n,
            }


class _View(NamedTuple):
    """The days by which one kind is judged at a step, from when to when they are, and how it stands."""

    rates: Rates
    since: date
    until: date
    stood: Standing | None


def _view(look: Look, versions: Sequence[Version], known: Known) -> _View | None:
    """What a kind is judged by; None if the step has not come up lately.

    While a change is being tried, by what was before it; unless that was tolerable and what came after
    it is not.
    """
    stood = trials.standing(versions, known)
    if stood and stood.before:
        old, now = _before(look, stood, known), _now(look, stood, known)
        is_worse = _is_flagged(look, known, now.rates) and not _is_flagged(look, known, old.rates)
        return now if is_worse else old
    view = _now(look, stood, known)
    if view.rates or (stood and stood.era.changed and any(d.day >= look.start for d in known.days)):
        return view
    return None


def _now(look: Look, stood: Standing | None, known: Known) -> _View:
    """The last days, and only those since the step asks for what it asks for now."""
    if stood is None:
        every = frozenset(d.revision_id for d in known.days)
        return _View(known.rates(every, look.start), look.start, look.today, None)
    since = max(look.start, stood.era.first.on)
    return _View(known.rates(stood.era.revisions, look.start), since, look.today, Standing(stood.era))


def _before(look: Look, stood: Standing, known: Known) -> _View:
    """The last days before the change that is being tried."""
    assert stood.before is not None
    changed = stood.era.first
    rates = known.until_changed(stood.before, changed, WINDOW)
    since = max(rates[0][0], stood.before.first.on)
    return _View(rates, since, max(rates[-1][0], min(changed.on, look.today)), stood)


def _is_flagged(look: Look, known: Known, rates: Rates) -> bool:
    accepted = Accepted(known.tolerance, False)
    return weighed(*trials.total(rates), accepted, 1, look.priors[known.kind]).flagged


def _figures(look: Look, view: _View, kind: str, accepted: Accepted) -> Row:
    count, n = trials.total(view.rates)
    covered = max(1, (view.until - view.since).days + 1)
    low, high = wilson(count, n) if n else (0.0, 1.0)
    stood = view.stood
    shown = stood and (stood.before or stood.era)
    return {
        "n": n,
        "count": count,
        "low": low,
        "high": high,
        "tolerance": accepted.tolerance,
        "critical": accepted.critical,
        "since": view.since,
        "since_revision_id": shown.first.id if shown and shown.changed else None,
        "tried_id": stood.era.first.id if stood and stood.before else None,
        "tried_from_id": stood.before.last.id if stood and stood.before else None,
        **weighed(count, n, accepted, covered, look.priors[kind])._asdict(),
    }


def _since_when(look: Look, row: Row, rates: Rates, before: Row | None, first: bool) -> Row:
    """Since when a step is weak, as far as that can be told.

    When it began takes long to tell: it is told anew once a week, each step on a day of its own.
    """
    prior, tolerance = look.priors[row["kind"]], row["tolerance"]
    was = before if before and before["since_revision_id"] == row["since_revision_id"] else None
    flagged_on = began = None
    if row["flagged"]:
        flagged_on = trials.flagged_on(rates, prior, tolerance) or look.today
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
    usual = trials.total(day for day in rates if day[0] <= start)
    recent = _by_day([day for day in rates if day[0] > start])
    if usual[1] < USUAL_FROM or sum(count for _, count, _ in recent) < 2:
        return None
    rate = max(change.THRESHOLDS[0][0], shrinkage.posterior(*usual, prior).mean)
    if rate > HIGHEST:
        return None
    alarms = change.cusum([(count, n) for _, count, n in recent], rate)
    if not alarms:
        return None
    lately = trials.total(day for day in recent if day[0] >= look.today - LATELY)
    too_high = shrinkage.exceeds(*lately, shrinkage.WEAK, max(tolerance, rate)) >= weakpoints.SURE
    return recent[alarms[-1]][0] if too_high else None


def _by_day(rates: Rates) -> Rates:
    """One entry a day, also where runs of two revisions were closed on it."""
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for day, count, n in rates:
        found[day][0] += count
        found[day][1] += n
    return [(day, count, n) for day, (count, n) in sorted(found.items())]
