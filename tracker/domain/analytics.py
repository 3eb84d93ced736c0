"""Queries over outcomes: what became of each step. Nothing here reads records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.models import OUTCOMES, Outcome, Revision, Run, Sop, Step

WEAK = ("skipped", "failed", "omitted")


@dataclass(frozen=True, slots=True)
class StepCounts:
    """How often each outcome came up for one step."""

    sop_id: str
    step_key: str
    counts: dict[str, int]

    @property
    def n(self) -> int:
        """Step instances: everything but `na`."""
        return sum(count for outcome, count in self.counts.items() if outcome != "na")


def step_counts(
    session: Session,
    *,
    sop_id: str | None = None,
    revision_id: int | None = None,
    since: datetime | None = None,
) -> list[StepCounts]:
    """Counts of each outcome per SOP and step, over all revisions or one, of runs closed since a moment."""
    columns = (Outcome.sop_id, Outcome.step_key, Outcome.outcome)
    query = select(*columns, func.count()).group_by(*columns)
    if sop_id is not None:
        query = query.where(Outcome.sop_id == sop_id)
    if revision_id is not None:
        query = query.where(Outcome.revision_id == revision_id)
    if since is not None:
        query = query.where(Outcome.closed_at >= since)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for sop, key, outcome, count in session.execute(query):
        found.setdefault((sop, key), dict.fromkeys(OUTCOMES, 0))[outcome] = count
    return [StepCounts(*place, found[place]) for place in sorted(found)]


def days_covered(session: Session, since: datetime | None = None) -> float:
    """Days from the first to the last closed run, at least one; 0 if there is none."""
    query = select(func.min(Run.closed_at), func.max(Run.closed_at)).where(Run.state == "done")
    if since is not None:
        query = query.where(Run.closed_at >= since)
    first, last = session.execute(query).one()
    if first is None or last is None:
        return 0.0
    return max(1.0, (last - first).total_seconds() / 86400)


def runs_closed(session: Session, revision_id: int | None = None) -> dict[str, int]:
    """How many runs of each SOP are done, of all its revisions or of one."""
    query = select(Run.sop_id, func.count()).where(Run.state == "done").group_by(Run.sop_id)
    if revision_id is not None:
        query = query.where(Run.revision_id == revision_id)
    return dict(session.execute(query).all())


def revisions(session: Session, sop: Sop) -> Sequence[Revision]:
    """An SOP's revisions, latest first."""
    query = select(Revision).where(Revision.sop_id == sop.id)
    return session.scalars(query.order_by(Revision.published_at.desc(), Revision.id.desc())).all()


def step_texts(session: Session, sop_id: str) -> dict[str, str]:
    """The latest wording of every step that an SOP has or had, by key."""
    query = (
        select(Step.key, Step.text)
        .join(Revision, Step.revision_id == Revision.id)
        .where(Revision.sop_id == sop_id)
        .order_by(Revision.published_at, Revision.id)
    )
    return dict(session.execute(query).all())
