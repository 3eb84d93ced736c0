"""How an SOP goes right now, for the strip on its page: what is open, when it was last done, what is weak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.weakpoints.tried import Tried, of_points
from tracker.models import IS_DONE, IS_OPEN, Location, Run, RunDay, Sop, WeakPoint

NEWEST = 1_000
"""Closed runs that are looked through for the last one of an SOP; before those its day alone is told."""

LATELY = 90
"""Days for which "last done" is told."""

_Column = ColumnElement[Any] | InstrumentedAttribute[int]


@dataclass(frozen=True, slots=True)
class Glance:
    """When a run was last done, and where: the moment, or the `day` alone where that is longer ago.

    `weak`: the steps that are flagged or being tried, worst first, and `tried` what of them is being tried;
    none for who may not see reports of the SOP.
    """

    open: int
    last: datetime | None
    day: date | None
    place: Location | None
    weak: Sequence[WeakPoint]
    tried: Mapping[tuple[str, str, str], Tried]


def glance(session: Session, actor: Actor, now: datetime, sop: Sop) -> Glance:
    """How an SOP goes where the person works; for leads and owners, where they reach. Anybody may.

    Cheap, for it is asked again and again: nothing here grows with the history.
    """
    last, place = session.execute(_last(actor, sop)).one_or_none() or (None, None)
    day = None
    if last is None:
        day, place = session.execute(_last_day(actor, now, sop)).one_or_none() or (None, None)
    open_runs = select(func.count()).where(IS_OPEN, Run.sop_id == sop.id, access.visible(actor))
    weak = select(WeakPoint).where(
        WeakPoint.sop_id == sop.id, or_(WeakPoint.flagged, WeakPoint.tried_id.is_not(None))
    )
    reported = access.may(actor, "report.see", sop)
    points = session.scalars(weak.order_by(WeakPoint.priority.desc())).all() if reported else ()
    return Glance(
        session.scalar(open_runs) or 0,
        last,
        day,
        place,
        points,
        of_points(session, points),
    )


def _last(actor: Actor, sop: Sop) -> Select[datetime, Location]:
    """When and where it was last done, of the newest runs of all SOPs."""
    columns = (Run.sop_id, Run.location_id, Run.closed_at)
    newest = select(*columns).where(IS_DONE).order_by(Run.closed_at.desc()).limit(NEWEST).subquery()
    query = select(newest.c.closed_at, Location).outerjoin(Location, Location.id == newest.c.location_id)
    there = _here(actor, sop, newest.c.location_id)
    return query.where(newest.c.sop_id == sop.id, there).order_by(newest.c.closed_at.desc()).limit(1)


def _last_day(actor: Actor, now: datetime, sop: Sop) -> Select[date, Location]:
    """The last day on which it was done, from the facts: for runs that `_last` no longer reaches."""
    query = select(RunDay.day, Location).outerjoin(Location, Location.id == RunDay.location_id)
    lately = RunDay.day >= (now - timedelta(days=LATELY)).date()
    there = _here(actor, sop, RunDay.location_id)
    return (
        query.where(lately, RunDay.sop_id == sop.id, RunDay.runs > 0, there)
        .order_by(RunDay.day.desc())
        .limit(1)
    )


def _here(actor: Actor, sop: Sop, place: _Column) -> ColumnElement[bool]:
    """Where the person works; everywhere for who has no place, or answers for the SOP."""
    if actor.location_id is None or access.may(actor, "report.see", sop):
        return true()
    return place == actor.location_id
