"""A document as the next revision of an SOP: its keys carried on, and what only its author can say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.library import revisions
from tracker.models import Step
from tracker.sop import identity, model, reading
from tracker.sop.lint import identity as lint_identity
from tracker.sop.model import Document, Problem


def steps(session: Session, revision_ids: Iterable[int | None]) -> dict[int, list[model.Step]]:
    """The steps of revisions, as far as they tell which of them another step was."""
    by_revision: dict[int, list[model.Step]] = {id: [] for id in revision_ids if id is not None}
    wanted = list(by_revision)
    for start in range(0, len(wanted), 500):  # a query has room for so many ids only
        query = select(Step.revision_id, Step.key, Step.text, Step.line, Step.depth, Step.parent)
        query = query.where(Step.revision_id.in_(wanted[start : start + 500]))
        rows = session.execute(query.order_by(Step.revision_id, Step.position))
        for revision_id, key, text, line, depth, parent in rows:
            by_revision[revision_id].append(model.Step(key, text, line, depth, parent=parent))
    return by_revision


def carry_keys(document: Document, before: Sequence[model.Step]) -> Document:
    """The document with the keys that its unpinned steps had in the revision before."""
    keys = identity.keys_after(before, document.steps)
    if keys == [step.key for step in document.steps]:
        return document
    return reading.check(reading.Unread(document.source, document.path, keys=keys))


def with_questions(document: Document, before: Sequence[model.Step]) -> Document:
    """The document with questions to its author: which step of the revision before a step was."""
    if document.meta.lint.get(revisions.UNSURE):
        return document
    asked = [
        Problem(document.path, line, revisions.UNSURE, message, hint)
        for line, message, hint in lint_identity.questions(before, document.steps)
    ]
    return replace(document, problems=(*document.problems, *asked)) if asked else document
