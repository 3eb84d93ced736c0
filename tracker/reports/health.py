"""What the pages of an SOP and of its steps say: how it goes, since when, why and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts.counts import WEAK
from tracker.domain.facts.periods import EVER, Period
from tracker.domain.weakpoints import refresh
from tracker.domain.weakpoints.tried import Tried
from tracker.models import Location, Revision, Sop, Verdict, WeakPoint
from tracker.reports import data
from tracker.reports.data import StepRow
from tracker.sop.ordering import order_key
from tracker.stats import change
from tracker.stats.durations import quantile
from tracker.stats.pareto import pareto
from tracker.stats.rates import FEWEST
from tracker.stats.weakpoints import BANDS, runs_missing

CAUSES = 7
"""How many reasons are drawn; the rest are summed up as others."""

Points = Mapping[tuple[str, str], WeakPoint]
"""What is judged of an SOP, by step and kind."""

Trials = Mapping[tuple[str, str], Tried]
"""What is being tried of an SOP, by step and kind."""


class Times(NamedTuple):
    """The seconds that half of all took at most, and those that nine of ten took at most."""

    half: float
    most: float


@dataclass(frozen=True, slots=True)
class Health:
    """One step as its SOP has it, with how it goes. `band` is "" for what nobody has judged yet; `weak` are
    the kinds for which it is flagged or to be watched, the costliest first; `tried`: what of it is being
    tried, by kind.
    """

    step: StepRow
    times: Times | None
    band: str
    weak: Sequence[WeakPoint]
    tried: Mapping[str, Tried]

    @property
    def missing(self) -> int:
        """How many more instances it takes before a rate can be said."""
        return runs_missing(self.step.n)


@dataclass(frozen=True, slots=True)
class Place:
    """What became of steps at one location, on one weekday, in one hour, or under one revision.

    `id` is 0 where no location is known. `more`: more is lost here than chance alone explains.
    """

    id: int
    name: str
    counts: dict[str, int]
    more: bool = False

    @property
    def n(self) -> int:
        return facts_counts.instances(self.counts)


def steps(
    session: Session, sop: Sop, revision_id: int | None, judged: Points, trials: Trials, days: Period = EVER
) -> list[Health]:
    """Each step of an SOP in the order of its document, over one revision or over all, on some days.

    How long it takes is that of all runs.
    """
    took = {key: _times(bins) for key, bins in facts_counts.times(session, sop.id).items()}
    rows = data.sop_health(session, sop, revision_id, days)
    return [health(row, took.get(row.key), judged, trials) for row in rows]


def health(row: StepRow, times: Times | None, judged: Points, trials: Trials) -> Health:
    """How one step goes, from its counts, its times, what is judged of it and what is being tried."""
    points = [judged[row.key, kind] for kind in WEAK if (row.key, kind) in judged]
    band = next((band for band in BANDS if any(point.band == band for point in points)), "")
    tried = {kind: trials[row.key, kind] for kind in WEAK if (row.key, kind) in trials}
    weak = sorted(
        (point for point in points if point.band in ("fix-first", "watch")),
        key=lambda point: (-point.flagged, -point.priority),
    )
    return Health(row, times, band, weak, tried)


def times_of(session: Session, sop_id: str, key: str) -> Times | None:
    """How long one step takes."""
    return _times(facts_counts.times(session, sop_id).get(key, {}))


def _times(bins: Mapping[int, int]) -> Times | None:
    if sum(bins.values()) < FEWEST:
        return None
    half, most = quantile(bins, 0.5), quantile(bins, 0.9)
    return Times(half or 0.0, most or 0.0)


def weakest(judged: Points) -> WeakPoint | None:
    """What is to be fixed before all else in an SOP, or watched."""
    points = [point for point in judged.values() if point.band in ("fix-first", "watch")]
    return max(points, key=lambda point: (point.flagged, point.priority), default=None)


def verdicts(session: Session, sop_id: str, key: str | None = None) -> dict[int, list[Verdict]]:
    """The verdicts about what each revision did to the SOP's steps, or to one, by revision id; sure
    ones first."""
    by_revision: dict[int, list[Verdict]] = {}
    for verdict in refresh.verdicts(session, sop_id):
        if key in (None, verdict.step_key):
            by_revision.setdefault(verdict.revision_id, []).append(verdict)
    order = ("worse", "better", "same", "early")
    return {id: sorted(several, key=lambda v: order.index(v.word)) for id, several in by_revision.items()}


def last_verdicts(
    revisions: Sequence[Revision], verdicts_of: Mapping[int, Sequence[Verdict]]
) -> dict[str, Verdict]:
    """The last sure verdict, better or worse, about each step, by its key. `revisions` are latest first."""
    verdicts_by_step: dict[str, Verdict] = {}
    for revision in revisions:
        for verdict in verdicts_of.get(revision.id, ()):
            if verdict.word in ("better", "worse"):
                verdicts_by_step.setdefault(verdict.step_key, verdict)
    return verdicts_by_step


def last_word(
    revisions: Sequence[Revision], verdicts_of: Mapping[int, Sequence[Verdict]], key: str | None, kind: str
) -> Verdict | None:
    """The last sure verdict, better or worse, about one kind at a step; None if there is none."""
    of_it = {id: [v for v in words if v.kind == kind] for id, words in verdicts_of.items()}
    return last_verdicts(revisions, of_it).get(key or "")


def causes(reasons: Mapping[str, Mapping[str, int]], kind: str) -> list[tuple[str | None, int, float | None]]:
    """The reasons of one kind, from the counts by reason: (reason, how often, cumulative share); None for
    all others.

    Where fewer than FEWEST were lost there is no share. Nobody gives a reason for what is omitted.
    """
    rows: list[tuple[str | None, int, float]] = [
        *pareto({reason: counts[kind] for reason, counts in reasons.items()})
    ]
    rest = sum(count for _, count, _ in rows[CAUSES:])
    shown = rows[:CAUSES] + ([(None, rest, 1.0)] if rest else [])
    total = sum(count for _, count, _ in shown)
    return [(reason, count, share if total >= FEWEST else None) for reason, count, share in shown]


def compare(rows: Sequence[Place], kind: str) -> list[Place]:
    """The rows, each of them held against all others together.

    More is lost at one if its count is above the exact binomial limits of the others' rate, and Newcombe's
    interval of the difference above 0, which allows for how well that rate is known.
    """
    count, n = sum(row.counts[kind] for row in rows), sum(row.n for row in rows)
    return [replace(row, more=_is_more(row.counts[kind], row.n, count, n)) for row in rows]


def _is_more(count: int, n: int, of_all: int, n_of_all: int) -> bool:
    others, rest = of_all - count, n_of_all - n
    if n < FEWEST or rest < 3 * FEWEST or count * rest <= others * n:
        return False
    _, high = change.exact_limits(n, (others + 0.5) / (rest + 1))
    return count > high and change.newcombe(others, rest, count, n).low > 0


def places(session: Session, counts: Mapping[str, dict[str, int]]) -> list[Place]:
    """What became of steps at each location, from the counts by its id, by the location's name."""
    names = dict(session.execute(select(Location.id, Location.name)).all())
    rows = [Place(int(id), names.get(int(id), ""), of_it) for id, of_it in counts.items()]
    return sorted(rows, key=lambda row: order_key(row.name))


def hours(counts: Mapping[str, dict[str, int]]) -> list[Place]:
    """What became of steps by the hour in which their runs were closed, in the order of the day."""
    rows = [Place(int(hour), f"{int(hour):02d}:00", of_it) for hour, of_it in counts.items()]
    return sorted(rows, key=lambda row: row.id)


def labels(revisions: Sequence[Revision]) -> dict[int, str]:
    """What each revision is called."""
    return {revision.id: revision.label for revision in revisions}
