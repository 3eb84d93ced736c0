"""What is being tried, as people read it: which revision, what it has changed, how it goes so far."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from tracker.domain.library import revisions
from tracker.models import Revision, Step, Verdict, WeakPoint
from tracker.sop import changes
from tracker.sop.changes import Sentence

Name = tuple[str, str, str]  # SOP, step, kind


@dataclass(frozen=True, slots=True)
class Tried:
    """The change of a step that is being tried, until about `more` runs have been closed under it.

    `said`: what it has changed; `count` of `n`: lost since.
    """

    revision_id: int
    label: str
    on: date
    said: tuple[Sentence, ...]
    count: int
    n: int
    more: int


def of_points(session: Session, points: Collection[WeakPoint]) -> dict[Name, Tried]:
    """What is being tried of some weak points, by SOP, step and kind; nothing of those that stand."""
    asked = [point for point in points if point.tried_id]
    if not asked:
        return {}
    names = [(point.tried_id or 0, point.step_key, point.kind) for point in asked]
    query = select(Verdict).where(tuple_(Verdict.revision_id, Verdict.step_key, Verdict.kind).in_(names))
    verdicts = {(v.revision_id, v.step_key, v.kind): v for v in session.scalars(query)}
    query_of = select(Revision.id, Revision.label, Revision.published_at)
    query_of = query_of.where(Revision.id.in_({point.tried_id for point in asked}))
    dated = {id: (label, at) for id, label, at in session.execute(query_of)}
    steps = _steps(session, asked)
    tried = {}
    for point, name in zip(asked, names, strict=True):
        verdict = verdicts.get(name)
        if verdict is None:
            continue
        label, at = dated[verdict.revision_id]
        said = _said(steps, point)
        tried[point.sop_id, point.step_key, point.kind] = Tried(
            verdict.revision_id, label, at.date(), said, verdict.after_count, verdict.after_n, verdict.more
        )
    return tried


def of_sop(session: Session, points: Mapping[tuple[str, str], WeakPoint]) -> dict[tuple[str, str], Tried]:
    """The same for all that is judged of one SOP, by step and kind."""
    tried = of_points(session, points.values())
    return {(key, kind): one for (_, key, kind), one in tried.items()}


def said(session: Session, rows: Mapping[Name, Mapping[str, Any]]) -> dict[Name, tuple[Sentence, ...]]:
    """What has changed in the steps that are being tried just now (`refresh.tried_now`)."""
    asked = {
        name: _Change(row["step_key"], row["tried_from_id"], row["tried_id"]) for name, row in rows.items()
    }
    steps = _steps(session, asked.values())
    return {name: _said(steps, change) for name, change in asked.items()}


class _Change(NamedTuple):
    """A step, the revision it was in before, and the one that is being tried."""

    step_key: str
    tried_from_id: int | None
    tried_id: int | None


def _steps(
    session: Session, asked: Collection[WeakPoint] | Collection[_Change]
) -> dict[tuple[int, str], Step]:
    """The steps before and after what is being tried, by revision and key."""
    ids = {(id, one.step_key) for one in asked for id in (one.tried_id, one.tried_from_id)}
    query = select(Step).where(tuple_(Step.revision_id, Step.key).in_(ids))
    return {(step.revision_id, step.key): step for step in session.scalars(query)}


def _said(steps: Mapping[tuple[int, str], Step], of: WeakPoint | _Change) -> tuple[Sentence, ...]:
    before = steps.get((of.tried_from_id or 0, of.step_key))
    after = steps.get((of.tried_id or 0, of.step_key))
    if before is None or after is None:
        return ()
    differences = changes.of_step(revisions.as_step(before), revisions.as_step(after))
    material = [change for change in differences if changes.matters(change)] or differences
    return tuple(sentence for change in material for sentence in changes.sentences(change))
