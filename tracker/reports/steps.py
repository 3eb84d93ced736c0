"""One step through every revision of its SOP: what it said, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.facts import courses
from tracker.domain.facts.counts import DayCounts, instances
from tracker.domain.library import revisions as library_revisions
from tracker.models import OUTCOMES, Revision, Sop, Step
from tracker.reports.data import StepRow
from tracker.sop.numbering import numbers


@dataclass(frozen=True, slots=True)
class StepInRevision:
    """A step as one revision had it. `row` is None for a revision that did not have it.

    `said_before`: the wording and the attributes are those of the revision before.
    """

    revision: Revision
    row: StepRow | None
    attributes: dict[str, object]
    said_before: bool


def through_revisions(
    session: Session, sop: Sop, key: str, days: Iterable[DayCounts]
) -> list[StepInRevision]:
    """The step in every revision, latest first; [] if no revision ever had it. `days`: its counts by day."""
    revisions = library_revisions.with_runs(session, sop)[::-1]
    ids = [revision.id for revision in revisions]
    query = select(Step).where(Step.revision_id.in_(ids), Step.key == key)
    steps = {step.revision_id: step for step in session.scalars(query)}
    names = _numbers(session, [id for id in ids if id in steps], key)
    counts = courses.by_revision(days)
    rows, before = [], None
    for revision in revisions:
        step = steps.get(revision.id)
        row = _row(step, names[revision.id], counts.get(revision.id, {})) if step else None
        same = step is not None and before is not None and _says(step) == _says(before)
        rows.append(StepInRevision(revision, row, dict(step.attributes) if step else {}, same))
        before = step
    return rows[::-1] if steps else []


def _numbers(session: Session, revisions: Sequence[int], key: str) -> dict[int, str]:
    """What people call the step in each revision."""
    columns = (Step.revision_id, Step.key, Step.parent, Step.depth)
    query = select(*columns).where(Step.revision_id.in_(revisions)).order_by(Step.position)
    by_revision: dict[int, list[Any]] = {}
    for row in session.execute(query):
        by_revision.setdefault(row.revision_id, []).append(row)
    return {revision: numbers(rows)[key] for revision, rows in by_revision.items()}


def _says(step: Step) -> tuple[str, dict[str, object]]:
    return step.text, step.attributes


def _row(step: Step, number: str, counted: dict[str, int]) -> StepRow:
    counts = dict.fromkeys(OUTCOMES, 0) | counted
    return StepRow(step.key, step.text, number, step.depth, step.critical, counts, instances(counts))
