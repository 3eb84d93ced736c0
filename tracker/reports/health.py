"""What the pages of an SOP and of its steps say: how it goes, since when, why, where, and in which runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts.contributions import LONGEST_REASON
from tracker.domain.facts.counts import WEAK
from tracker.domain.weakpoints import refresh
from tracker.domain.weakpoints.tried import Tried
from tracker.models import IS_LOST, Location, Outcome, Revision, Run, Sop, Verdict, WeakPoint
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

REASONS = 20
"""How many reasons the filter offers."""

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


class Lost(NamedTuple):
    """Which of the runs are asked for in which a step was lost; "" and None ask for all."""

    kind: str = ""
    reason: str | None = None
    revision: int | None = None
    place: int | None = None
    since: datetime | None = None


def steps(
    session: Session, sop: Sop, revision_id: int | None, judged: Points, trials: Trials
) -> list[Health]:
    """Each step of an SOP in the order of its document, over one revision or over all."""
    took = {key: _times(bins) for key, bins in facts_counts.times(session, sop.id).items()}
    rows = data.sop_health(session, sop, revision_id)
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


def causes(
    session: Session, sop_id: str, key: str | None, kind: str, since: date
) -> list[tuple[str | None, int, float | None]]:
    """The reasons of one kind since about a day: (reason, how often, cumulative share); None for all others.

    Where fewer than FEWEST were lost there is no share. Nobody gives a reason for what is omitted.
    """
    if kind == "omitted":
        return []
    numbers = facts_counts.apart(session, kind, sop_id, key, since)
    rows: list[tuple[str | None, int, float]] = [
        *pareto({reason: counts[kind] for reason, counts in numbers.items()})
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


def reasons(session: Session, sop_id: str, key: str, also: str | None) -> list[str]:
    """The reasons most often given for skipping or failing a step, and one more that is asked for."""
    numbers: dict[str, int] = {also: 0} if also else {}
    for kind in ("skipped", "failed"):
        for reason, counts in facts_counts.apart(session, kind, sop_id, key).items():
            numbers[reason] = numbers.get(reason, 0) + counts[kind]
    most = sorted((reason for reason in numbers if reason), key=lambda reason: -numbers[reason])[:REASONS]
    return most + ([also] if also and also not in most else [])


def places(session: Session, sop_id: str, key: str | None, since: date) -> list[Place]:
    """What became of a step (or of an SOP) at each location since about a day, by the location's name."""
    numbers = facts_counts.apart(session, "location", sop_id, key, since)
    names = dict(session.execute(select(Location.id, Location.name)).all())
    rows = [Place(int(id), names.get(int(id), ""), counts) for id, counts in numbers.items()]
    return sorted(rows, key=lambda row: order_key(row.name))


def hours(session: Session, sop_id: str, key: str | None, since: date) -> list[Place]:
    """What became of a step (or of an SOP) by the hour in which its runs were closed, since about a day."""
    numbers = facts_counts.apart(session, "hour", sop_id, key, since)
    return sorted((Place(int(hour), "", counts) for hour, counts in numbers.items()), key=lambda row: row.id)


def lost(
    session: Session, sop_id: str, key: str, wanted: Lost, before: tuple[datetime, int] | None, most: int
) -> list[tuple[Outcome, Run]]:
    """The runs in which a step was lost, latest first, with what became of it: at most `most`.

    `before`: when the last one of the page before was closed, and its number.
    """
    kinds = (wanted.kind,) if wanted.kind else WEAK
    rows = [row for kind in kinds for row in _lost(session, sop_id, key, kind, wanted, before, most)]
    rows = sorted(rows, key=lambda row: (row.closed_at, row.run_id), reverse=True)[:most]
    query = select(Run).where(Run.id.in_([row.run_id for row in rows]))
    runs = {run.id: run for run in session.scalars(query.options(joinedload(Run.location)))}
    return [(row, runs[row.run_id]) for row in rows]


def _lost(
    session: Session,
    sop_id: str,
    key: str,
    kind: str,
    wanted: Lost,
    before: tuple[datetime, int] | None,
    most: int,
) -> Sequence[Outcome]:
    """The runs in which a step was lost in one way. The index of lost outcomes holds them in this order."""
    query = select(Outcome).where(Outcome.sop_id == sop_id, Outcome.step_key == key, Outcome.outcome == kind)
    query = query.where(IS_LOST, *_only(wanted))
    if before:
        query = query.where(Outcome.closed_at <= before[0])
        query = query.where(tuple_(Outcome.closed_at, Outcome.run_id) < before)
    order = (Outcome.closed_at.desc(), Outcome.run_id.desc())
    return session.scalars(query.order_by(*order).limit(most)).all()


def _only(wanted: Lost) -> Iterator[ColumnElement[bool]]:
    if wanted.reason is not None:
        cut = len(wanted.reason) == LONGEST_REASON  # the facts keep reasons cut to this length
        yield (func.substr(Outcome.reason, 1, LONGEST_REASON) if cut else Outcome.reason) == wanted.reason
    if wanted.revision:
        yield Outcome.revision_id == wanted.revision
    if wanted.since:
        yield Outcome.closed_at >= wanted.since
    if wanted.place is not None:
        place = Run.location_id == wanted.place if wanted.place else Run.location_id.is_(None)
        yield select(Run.id).where(Run.id == Outcome.run_id, place).exists()


def labels(revisions: Sequence[Revision]) -> dict[int, str]:
    """What each revision is called."""
    return {revision.id: revision.label for revision in revisions}
