"""What needs an owner's decision this week.

It reads kept results only, so its cost does not grow with records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.facts import counts as facts_counts
from tracker.domain.weakpoints import listing, refresh
from tracker.domain.weakpoints.listing import Finding, Wanted
from tracker.models import IS_DONE, OUTCOMES, Revision, Sop, Verdict
from tracker.sop.ordering import order_key

SHOWN = 5
"""Of each kind of thing; the rest is a click away."""

ALARMS = timedelta(days=7)
DECIDED = timedelta(days=30)
UNUSED = timedelta(days=30)
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SopRow:
    """One SOP over the last 90 days. `last`: the last day on which a run of it was closed."""

    sop: Sop
    runs: int
    conformity: float
    counts: Mapping[str, int]
    last: date | None

    @property
    def n(self) -> int:
        return facts_counts.instances(self.counts)


@dataclass(frozen=True, slots=True)
class Area:
    """The SOPs of one area together. `conformity`: what a run conforms to its SOP on average."""

    name: str
    runs: int
    conformity: float
    counts: Mapping[str, int]
    n: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a revision has done to a step."""

    verdict: Verdict
    sop: Sop
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Review:
    """When an SOP is to be read again."""

    sop: Sop
    due: date


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows. `first`, `then` and `alarms` are a few of them; `then`: what else is flagged.

    `counts`, `flagged`: all weak points, and those that are flagged, by band. `tried`: what else is
    being tried; `undecided`: how many steps are not decided. `waiting`: nothing is
    counted though runs are closed.
    """

    day: date
    as_of: datetime | None
    rows: Sequence[SopRow]
    areas: Sequence[Area]
    first: Sequence[Finding]
    then: Sequence[Finding]
    alarms: Sequence[Finding]
    tried: Sequence[Finding]
    undecided: listing.Undecided
    counts: Mapping[str, int]
    flagged: Mapping[str, int]
    helped: Sequence[Effect]
    unused: Sequence[SopRow]
    reviews: Sequence[Review]
    waiting: bool

    @property
    def runs(self) -> int:
        return sum(row.runs for row in self.rows)


def overview(session: Session, actor: Actor, now: datetime) -> Overview:
    """What the reader answers for, at a glance."""
    day = facts_counts.last_day(session, now)
    rows = sops(session, actor)
    first = listing.weak(session, actor, Wanted(band="fix-first"), most=SHOWN)
    then = listing.weak(session, actor, Wanted(band="watch", flagged=True), most=SHOWN)
    tried = listing.weak(session, actor, Wanted(tried=True))
    alarms = [c for c in listing.alarms(session, actor, day - ALARMS) if not c.point.flagged]
    return Overview(
        day=day,
        as_of=facts_counts.as_of(session),
        rows=rows,
        areas=_areas(rows),
        first=first,
        then=then,
        alarms=alarms[:SHOWN],
        tried=_one_a_step(tried, {(c.point.sop_id, c.point.step_key) for c in (*first, *then)})[:SHOWN],
        undecided=listing.undecided(session, actor, Wanted()),
        counts=listing.counts(session, actor, Wanted()),
        flagged=listing.counts(session, actor, Wanted(flagged=True)),
        helped=_helped(session, actor, day - DECIDED),
        unused=_unused(session, rows, now.date() - UNUSED),
        reviews=_reviews(session, actor, now.date() + SOON),
        waiting=not any(row.runs for row in rows) and bool(session.scalar(select(exists().where(IS_DONE)))),
    )


def _one_a_step(rows: Sequence[Finding], shown: set[tuple[str, str]]) -> list[Finding]:
    """The first row of each step that is not flagged, and of none that is shown already."""
    kept = []
    for row in rows:
        step = (row.point.sop_id, row.point.step_key)
        if step not in shown and not row.point.flagged:
            kept.append(row)
            shown.add(step)
    return kept


def sops(session: Session, actor: Actor) -> list[SopRow]:
    """Every SOP that is in use or was, by area and title."""
    figures = refresh.figures(session)
    rows = session.scalars(
        select(Sop).where(access.sops_answered_for(actor)).order_by(Sop.area_order, Sop.title_order)
    )
    return [_row(sop, figures.get(sop.id)) for sop in rows if sop.retired_at is None or sop.id in figures]


def _row(sop: Sop, figures: Mapping[str, Any] | None) -> SopRow:
    if figures is None:
        return SopRow(sop, 0, 0.0, dict.fromkeys(OUTCOMES, 0), None)
    last = figures["last"]
    return SopRow(
        sop, figures["runs"], figures["conformity"], figures["counts"], last and date.fromisoformat(last)
    )


def _areas(rows: Sequence[SopRow]) -> list[Area]:
    """The areas with runs, by name."""
    areas = []
    for name in sorted({row.sop.area for row in rows if row.runs}, key=order_key):
        own = [row for row in rows if row.sop.area == name and row.runs]
        counts = {outcome: sum(row.counts[outcome] for row in own) for outcome in OUTCOMES}
        runs = sum(row.runs for row in own)
        conformity = sum(row.conformity for row in own) / runs
        areas.append(Area(name, runs, conformity, counts, sum(row.n for row in own)))
    return areas


def _helped(session: Session, actor: Actor, since: date) -> list[Effect]:
    """The verdicts of the last weeks, what got worse first."""
    query = (
        select(Verdict, Sop, Revision.label)
        .join(Sop, Sop.id == Verdict.sop_id)
        .join(Revision, Revision.id == Verdict.revision_id)
        .where(
            Verdict.decided_on >= since,
            access.sops_answered_for(actor),
            Sop.retired_at.is_(None) | Sop.in_force_id.is_(None),
        )
        .order_by(Verdict.decided_on.desc(), Verdict.revision_id, Verdict.step_key, Verdict.kind)
    )
    results = session.execute(query).all()
    texts = listing.texts(session, {(sop, verdict.step_key) for verdict, sop, _ in results})
    order = {"worse": 0, "better": 1, "same": 2}
    rows = [Effect(v, sop, texts[sop.id, v.step_key], label) for v, sop, label in results]
    return sorted(rows, key=lambda row: order[row.verdict.word])


def _unused(session: Session, rows: Sequence[SopRow], before: date) -> list[SopRow]:
    """The SOPs in force for a month of which no run was closed in it; what has rested longest first."""
    first = select(Revision.sop_id, func.min(Revision.published_at)).group_by(Revision.sop_id)
    since: dict[str, datetime] = dict(session.execute(first).all())
    rows_unused = [
        row
        for row in rows
        if row.sop.in_force_id and row.sop.retired_at is None and since[row.sop.id].date() <= before
    ]
    idle = [row for row in rows_unused if row.last is None or row.last < before]
    return sorted(idle, key=lambda row: (row.last or date.min, row.sop.title_order))


def _reviews(session: Session, actor: Actor, until: date) -> list[Review]:
    """The SOPs whose review is due by a day, first the one that has been due longest."""
    every = Revision.meta["review"].as_integer()
    query = (
        select(Sop, func.coalesce(Sop.reviewed_at, Revision.published_at), every)
        .join(Revision, Revision.id == Sop.in_force_id)
        .where(access.sops_answered_for(actor), Sop.retired_at.is_(None), every.is_not(None))
    )
    reviews = [Review(sop, at.date() + timedelta(days=days)) for sop, at, days in session.execute(query)]
    return sorted(
        (row for row in reviews if row.due <= until), key=lambda row: (row.due, row.sop.title_order)
    )
