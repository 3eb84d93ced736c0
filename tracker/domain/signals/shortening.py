"""Steps that earn nothing: candidates to shorten, with the time that they cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import write_in_chunks
from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts import figures
from tracker.models import Sop, Step
from tracker.stats.shortening import earns_nothing, time_cost

FIGURE = "shortening"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A step that never failed and was never skipped. `seconds`: what its instances took, if known."""

    sop: Sop
    step: Step
    n: int
    seconds: float | None


def refresh(session: Session, now: datetime) -> None:
    """Keep which steps earn nothing. For the worker: it reads without a lock."""
    rows: list[tuple[str, str, int, float | None]] = []
    for sop_id, counts in _earning_nothing(session).items():
        times = facts_counts.times(session, sop_id)
        rows += [(sop_id, key, n, time_cost(times.get(key, {}), n)) for key, n in counts.items()]
    rows.sort(key=lambda row: (-(row[3] or 0), -row[2], row[:2]))
    write_in_chunks([partial(figures.keep, now=now, name=FIGURE, data={"rows": rows})])


def _earning_nothing(session: Session) -> dict[str, dict[str, int]]:
    """How often each such step came up, by SOP and key; steps in force alone."""
    by_sop: dict[str, dict[str, int]] = defaultdict(dict)
    for row in facts_counts.totals(session):
        if earns_nothing(row.n, failed=row.counts["failed"], skipped=row.counts["skipped"], critical=False):
            by_sop[row.sop_id][row.step_key] = row.n
    steps = _in_force(session, by_sop)
    return {
        sop_id: {key: n for key, n in counts.items() if (sop_id, key) in steps}
        for sop_id, counts in by_sop.items()
    }


def candidates(session: Session, actor: Actor, most: int = 5) -> list[Candidate]:
    """The steps, of SOPs that a person answers for, at which nothing ever came up: those that cost most time.

    As the worker has kept them; what has become critical or was taken out since is left out.
    """
    figure = figures.get(session, FIGURE)
    theirs = set(session.scalars(select(Sop.id).where(access.sops_for(actor, "report.see"))))
    rows = [row for row in figure.data["rows"] if row[0] in theirs] if figure else []
    steps = _in_force(session, {row[0] for row in rows})
    listed = [
        Candidate(*steps[sop_id, key], n, seconds)
        for sop_id, key, n, seconds in rows
        if (sop_id, key) in steps
    ]
    return listed[:most]


def _in_force(session: Session, ids: Collection[str]) -> dict[tuple[str, str], tuple[Sop, Step]]:
    """The steps that these SOPs have now, but for the critical ones."""
    query = (
        select(Sop, Step)
        .join(Step, Step.revision_id == Sop.in_force_id)
        .where(Sop.id.in_(ids), Sop.retired_at.is_(None))
    )
    return {(sop.id, step.key): (sop, step) for sop, step in session.execute(query) if not step.critical}
