"""What became of an SOP's steps on some days, taken apart: by location, by hour, by the reasons given.

The facts hold this by month. The days of a period that are no whole months are read from their outcomes while
these are few; where they are many, whole months are told instead, and `days` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.facts import counts, periods
from tracker.domain.facts.contributions import reason_told
from tracker.domain.facts.periods import Period
from tracker.models import IS_DONE, OUTCOMES, Outcome, Run, Step

MOST = 20_000
"""Outcomes that a page still reads one by one."""

BY = ("location", "hour", "skipped", "failed")

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The counts by each of `BY`, and the days that they are of: at times more than were asked for."""

    days: Period
    by: Mapping[str, Counts]


def parts(session: Session, sop_id: str, step_key: str | None, days: Period) -> Parts:
    """The counts of an SOP, or of one step of it, on some days: by location, by hour, by reason."""
    rest = periods.edges(days)
    if rest and not _are_few(session, sop_id, step_key, rest):
        days, rest = periods.whole_months(days), []
    inner = periods.months_within(days)
    by: dict[str, Counts] = {name: {} for name in BY}
    if not periods.is_empty(inner):
        by = {name: counts.apart(session, name, sop_id, step_key, inner) for name in BY}
    clocks = counts.zones(session) if rest else {}
    for edge in rest:
        _add(session, by, sop_id, step_key, edge, clocks)
    return Parts(days, {name: dict(sorted(found.items())) for name, found in by.items()})


def _are_few(session: Session, sop_id: str, step_key: str | None, rest: list[Period]) -> bool:
    runs = sum(counts.runs_closed(session, one.since, sop_id, one.until).get(sop_id, 0) for one in rest)
    if step_key is not None or runs > MOST:
        return runs <= MOST
    by_revision = select(func.count()).where(Step.revision_id == Run.revision_id).scalar_subquery()
    latest = select(by_revision).where(IS_DONE, Run.sop_id == sop_id).order_by(Run.closed_at.desc()).limit(1)
    return runs * (session.scalar(latest) or 1) <= MOST


def _add(
    session: Session, by: dict[str, Counts], sop_id: str, step_key: str | None, edge: Period,
    clocks: Mapping[int, ZoneInfo],
) -> None:  # fmt: skip
    """Add what became of the steps on some days, from their outcomes."""
    query = select(Run.closed_at, func.coalesce(Run.location_id, 0), Outcome.outcome, Outcome.reason)
    query = query.join(Outcome, Outcome.run_id == Run.id)
    query = query.where(IS_DONE, Run.sop_id == sop_id, counts.closed_within(session, edge))
    if step_key is not None:
        query = query.where(Outcome.step_key == step_key)
    if not counts.is_short(session):
        query = query.where(Run.folded)  # as long as the facts leave the others out
    for at, place, outcome, reason in session.execute(query):
        assert at is not None
        which = {"location": str(place), "hour": str(at.astimezone(clocks[place]).hour)}
        if outcome in ("skipped", "failed"):
            which[outcome] = reason_told(reason)
        for name, part in which.items():
            row = by[name].setdefault(part, dict.fromkeys(OUTCOMES, 0))
            row[outcome] += 1
