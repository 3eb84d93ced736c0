"""One step through every revision of its SOP: what it said, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain import facts
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


def through_revisions(session: Session, sop: Sop, key: str) -> list[StepInRevision]:
    """The step in every revision, latest first; [] if no revision ever had it."""
    revisions = session.scalars(
        select(Revision).where(Revision.sop_id == sop.id).order_by(Revision.published_at, Revision.id)
    ).all()
    steps = session.scalars(
        select(Step).where(Step.revision_id.in_([r.id for r in revisions])).order_by(Step.position)
    ).all()
    by_revision: dict[int, list[Step]] = {}
    for step in steps:
        by_revision.setdefault(step.revision_id, []).append(step)
    counts = _counts(session, sop, key)
    found, before = [], None
    for revision in revisions:
        all_steps = by_revision.get(revision.id, [])
        step = next((step for step in all_steps if step.key == key), None)
        row = _row(step, numbers(all_steps)[key], counts.get(revision.id, {})) if step else None
        same = step is not None and before is not None and _says(step) == _says(before)
        found.append(StepInRevision(revision, row, dict(step.attributes) if step else {}, same))
        before = step
    return found[::-1] if any(entry.row for entry in found) else []


def _says(step: Step) -> tuple[str, dict[str, object]]:
    return step.text, step.attributes


def _row(step: Step, number: str, counted: dict[str, int]) -> StepRow:
    counts = dict.fromkeys(OUTCOMES, 0) | counted
    n = sum(count for outcome, count in counts.items() if outcome != "na")
    return StepRow(step.key, step.text, number, step.depth, step.critical, counts, n)


def _counts(session: Session, sop: Sop, key: str) -> dict[int, dict[str, int]]:
    """Revision → outcome → how often."""
    found: dict[int, dict[str, int]] = {}
    for row in facts.by_day(session, sop_id=sop.id, step_key=key):
        counts = found.setdefault(row.revision_id, dict.fromkeys(OUTCOMES, 0))
        for outcome, count in row.counts.items():
            counts[outcome] += count
    return found
