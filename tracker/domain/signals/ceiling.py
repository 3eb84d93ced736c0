"""The operations ceiling of everything, of a place, an area or an SOP: computed by the worker and kept.

The load of a day is its runs, once it is over: a morning is no quiet day. Where the number of people who work
differs much from day to day, it is the runs for each of them: a team that has doubled carries twice as much.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from statistics import fmean, pstdev
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.db import write_in_chunks
from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts import figures
from tracker.models import Figure, Location, PersonDay, RunDay, Sop
from tracker.sop.ordering import order_key
from tracker.stats.ceiling import Day, Early, ceiling
from tracker.stats.rates import Interval, wilson

BACK = timedelta(days=365)
SECONDS = 3.0
"""Of computing at one look; what is left over is done at the next, the oldest first."""

MOST_SOPS = 30
"""SOPs of which a ceiling is kept: those with most runs."""

UNEVEN = 0.25
"""The variation of the number of people a day, from which on the load is counted per person."""

BANDS = 6
BUSY = 10
"""The busiest days that are kept by their dates."""

KEPT = 2
"""The version of what is kept for a scope; a new one makes the worker compute all of them anew."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a ceiling is of: all runs, or those of one location, area or SOP (`key`)."""

    kind: str
    key: str
    title: str

    @property
    def name(self) -> str:
        """As the address of the page names it; "" for everything."""
        return f"{self.kind}:{self.key}" if self.kind != "all" else ""

    @property
    def figure(self) -> str:
        return f"ceiling {self.name}".rstrip()


@dataclass(frozen=True, slots=True)
class Band:
    """Days of about the same load: from the lowest to the highest, with their runs and those that failed."""

    low: float
    high: float
    days: int
    runs: int
    failed: int

    @property
    def interval(self) -> Interval:
        return wilson(self.failed, self.runs)


class Busy(NamedTuple):
    """A day with its load, its runs and those in which a step failed."""

    load: float
    day: date
    runs: int
    failed: int


@dataclass(frozen=True, slots=True)
class ScopeCeiling:
    """The kept result of a scope. `days`: (load, runs, failed); `early`: about so many more days are needed.

    `busiest_days`: some of them, that with the highest load first.

    `per_person`: the load is the runs of a day for each who worked, else the runs of a day.
    """

    scope: Scope
    at: datetime
    per_person: bool
    days: list[Day]
    early: int
    ceiling: float | None
    low: float | None
    high: float | None
    busiest: float
    curve: list[tuple[float, float]]
    unit: str
    busiest_days: Sequence[Busy] = ()

    @property
    def bands(self) -> list[Band]:
        """The days in bands of as many days each, by load."""
        days = sorted(self.days)
        edges = [round(len(days) * band / BANDS) for band in range(BANDS + 1)]
        parts = [days[start:end] for start, end in pairwise(edges) if start < end]
        return [
            Band(
                part[0].load,
                part[-1].load,
                len(part),
                sum(day.runs for day in part),
                sum(day.failed for day in part),
            )
            for part in parts
        ]


def scopes(session: Session, actor: Actor) -> list[Scope]:
    """What a person may see the ceiling of: all and every place, if they answer for everything; else the
    areas and SOPs that they answer for.
    """
    sops = session.scalars(select(Sop).where(access.sops_answered_for(actor)).order_by(Sop.title_order)).all()
    if access.reaches_all(actor):
        return [Scope("all", "", ""), *_places(session), *_areas(sops), *_sops(session, sops)]
    return [*_areas([sop for sop in sops if sop.area in actor.holder.areas]), *_sops(session, sops)]


def of_scope(session: Session, scope: Scope) -> ScopeCeiling | None:
    """The ceiling that the worker has kept for a scope, or None if it has not computed it yet."""
    figure = figures.get(session, scope.figure)
    return _read(scope, figure) if figure else None


def _read(scope: Scope, figure: Figure) -> ScopeCeiling:
    data = dict(figure.data)
    days, curve = data.pop("days"), data.pop("curve")
    del data["digest"]
    busiest = [Busy(load, date.fromisoformat(day), *counts) for load, day, *counts in data.pop("busy", [])]
    return ScopeCeiling(
        scope,
        figure.at,
        days=[Day(*day) for day in days],
        curve=[(v, p) for v, p in curve],
        busiest_days=busiest,
        **data,
    )


def climbing(session: Session, actor: Actor, most: int) -> list[ScopeCeiling]:
    """The scopes, among those that a person may see, whose failures climb with the load; all runs come
    first."""
    every = {scope.figure: scope for scope in scopes(session, actor)}
    figure_of = figures.several(session, every)
    return [
        _read(every[name], figure_of[name])
        for name in every
        if name in figure_of and figure_of[name].data["ceiling"]
    ][:most]


def refresh(session: Session, now: datetime) -> None:
    """Compute anew what has changed. For the worker: it reads without a lock."""
    sops = session.scalars(select(Sop).order_by(Sop.title_order)).all()
    every = [Scope("all", "", ""), *_places(session), *_areas(sops), *_sops(session, sops)]
    old = figures.several(session, [scope.figure for scope in every])
    since = facts_counts.last_day(session, now) - BACK
    today = min(now.astimezone(zone).date() for zone in facts_counts.zones(session).values())
    columns = (RunDay.day, RunDay.sop_id, RunDay.location_id, RunDay.runs, RunDay.failed)
    query = select(*columns).where(RunDay.day >= since, RunDay.day < today).order_by(RunDay.day)
    rows = session.execute(query).all()
    began, unchanged = time.thread_time(), []
    for scope in sorted(
        every, key=lambda scope: old[scope.figure].at.timestamp() if scope.figure in old else 0
    ):
        those = members(scope, sops)
        of = 2 if scope.kind == "location" else 1
        days = _days(row for row in rows if those is None or row[of] in those)
        digest = [KEPT, since.isoformat(), *(sum(part) for part in zip(*days.values(), strict=True))]
        if scope.figure in old and old[scope.figure].data.get("digest") == digest:
            unchanged.append(scope.figure)
        elif time.thread_time() - began < SECONDS:
            data = {"digest": digest, **_computed(session, scope, sops, since, days)}
            write_in_chunks([partial(figures.keep, now=now, name=scope.figure, data=data)])
    write_in_chunks([partial(figures.still_right, now=now, names=unchanged)])


def _places(session: Session) -> list[Scope]:
    query = (
        select(Location.id, Location.name).where(Location.retired_at.is_(None)).order_by(Location.name_order)
    )
    return [Scope("location", str(id), name) for id, name in session.execute(query)]


def _areas(sops: Iterable[Sop]) -> list[Scope]:
    return [
        Scope("area", area, area) for area in sorted({sop.area for sop in sops if sop.area}, key=order_key)
    ]


def _sops(session: Session, sops: Iterable[Sop]) -> list[Scope]:
    query = (
        select(RunDay.sop_id).group_by(RunDay.sop_id).order_by(func.sum(RunDay.runs).desc(), RunDay.sop_id)
    )
    most = set(session.scalars(query.limit(MOST_SOPS)))
    return [Scope("sop", sop.id, sop.title) for sop in sops if sop.id in most]


def members(scope: Scope, sops: Iterable[Sop]) -> set[Any] | None:
    """The SOPs of a scope, or its location; None for everything."""
    if scope.kind == "location":
        return {int(scope.key)}
    if scope.kind == "area":
        return {sop.id for sop in sops if sop.area == scope.key}
    return {scope.key} if scope.kind == "sop" else None


def _days(rows: Iterable[Sequence[Any]]) -> dict[date, tuple[int, int]]:
    """The runs of each day, and those that failed."""
    days: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for day, _, _, runs, failed in rows:
        days[day][0] += runs
        days[day][1] += failed
    return {day: (runs, failed) for day, (runs, failed) in days.items() if runs}


def _computed(
    session: Session, scope: Scope, sops: Sequence[Sop], since: date, counted: dict[date, tuple[int, int]]
) -> dict[str, Any]:
    people = _people(session, scope, sops, since)
    at_work = [people.get(day, 0) for day in counted]
    uneven = bool(at_work) and min(at_work) > 0 and pstdev(at_work) >= UNEVEN * fmean(at_work)
    days = [
        Day(runs / people[day] if uneven else float(runs), runs, failed)
        for day, (runs, failed) in counted.items()
    ]
    result = ceiling(days)
    data = {
        "per_person": uneven,
        "days": [[round(day.load, 2), day.runs, day.failed] for day in days],
        "busy": sorted(
            (
                [round(one.load, 2), day.isoformat(), one.runs, one.failed]
                for day, one in zip(counted, days, strict=True)
            ),
            reverse=True,
        )[:BUSY],
        "busiest": max((day.load for day in days), default=0.0),
        "unit": _unit(session, scope, sops, since),
    }
    if isinstance(result, Early):
        return data | {"early": result.days, "ceiling": None, "low": None, "high": None, "curve": []}
    curve = [[round(load, 2), round(share, 5)] for load, share in result.curve]
    return data | {
        "early": 0,
        "ceiling": result.at,
        "low": result.low,
        "high": result.high,
        "curve": curve,
    }


def _people(session: Session, scope: Scope, sops: Iterable[Sop], since: date) -> dict[date, int]:
    """How many people have completed a run on each day."""
    query = select(PersonDay.day, func.count(PersonDay.person_id.distinct()))
    query = query.where(PersonDay.day >= since, PersonDay.runs > 0)
    those = members(scope, sops)
    if those is not None:
        column = PersonDay.location_id if scope.kind == "location" else PersonDay.sop_id
        query = query.where(column.in_(those))
    return dict(session.execute(query.group_by(PersonDay.day)).all())


def _unit(session: Session, scope: Scope, sops: Sequence[Sop], since: date) -> str:
    """What the runs are about, "order", if nearly all are about the same; else ""."""
    query = select(RunDay.sop_id, func.sum(RunDay.runs)).where(RunDay.day >= since)
    those = members(scope, sops)
    if those is not None:
        column = RunDay.location_id if scope.kind == "location" else RunDay.sop_id
        query = query.where(column.in_(those))
    about = {sop.id: sop.in_force.meta.subject or "" for sop in sops if sop.in_force}
    kinds: dict[str, int] = defaultdict(int)
    for sop_id, runs in session.execute(query.group_by(RunDay.sop_id)):
        kinds[str(about.get(sop_id, ""))] += runs
    most = max(kinds, key=lambda kind: kinds[kind], default="")
    return most if kinds and kinds[most] >= 0.9 * sum(kinds.values()) else ""
