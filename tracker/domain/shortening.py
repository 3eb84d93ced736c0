"""Steps that earn nothing: candidates to shorten, with the time that they cost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain import facts
from tracker.models import Sop, Step
from tracker.stats.shortening import earns_nothing, time_cost


@dataclass(frozen=True, slots=True)
class Candidate:
    """A step that never failed and was never skipped. `seconds`: what its instances took, if known."""

    sop: Sop
    step: Step
    n: int
    seconds: float | None


def candidates(session: Session) -> list[Candidate]:
    """The steps in force at which nothing ever came up, the most expensive first."""
    counted = [
        row
        for row in facts.totals(session)
        if earns_nothing(row.n, failed=row.counts["failed"], skipped=row.counts["skipped"], critical=False)
    ]
    steps = _in_force(session, {row.sop_id for row in counted})
    found = defaultdict(list)
    for row in counted:
        if (step := steps.get((row.sop_id, row.step_key))) and not step[1].critical:
            found[row.sop_id].append((row, *step))
    listed = []
    for sop_id, rows in found.items():
        times = facts.times(session, sop_id)
        listed += [
            Candidate(sop, step, row.n, time_cost(times.get(step.key, {}), row.n)) for row, sop, step in rows
        ]
    return sorted(listed, key=lambda one: (-(one.seconds or 0), -one.n, one.sop.title, one.step.position))


def _in_force(session: Session, ids: set[str]) -> dict[tuple[str, str], tuple[Sop, Step]]:
    """The steps that these SOPs have now."""
    query = (
        select(Sop, Step)
        .join(Step, Step.revision_id == Sop.in_force_id)
        .where(Sop.id.in_(ids), Sop.retired_at.is_(None))
    )
    return {(sop.id, step.key): (sop, step) for sop, step in session.execute(query)}
