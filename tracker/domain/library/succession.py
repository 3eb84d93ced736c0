"""A document as the next revision of an SOP: its keys carried on, and what only its author can say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, String, bindparam, cast, select
from sqlalchemy.orm import Session

from tracker.domain.library import revisions
from tracker.models import Revision, Step
from tracker.sop import identity, model, reading
from tracker.sop.lint import identity as lint_identity
from tracker.sop.model import Document, Problem

# Made once, and plain columns: a thousand SOPs may have changed at once.
_OF: BindParameter[Sequence[int]] = bindparam("revisions", expanding=True)
_STEPS = (
    select(
        *(Step.revision_id, Step.key, Step.text, Step.line, Step.depth, Step.checkbox),
        *(Step.parent, cast(Step.attributes, String), Step.html, Step.recovery),
    )
    .where(Step.revision_id.in_(_OF))
    .order_by(Step.revision_id, Step.position)
)
_TEXTS = select(Revision.id, Revision.title, Revision.source, Revision.html).where(Revision.id.in_(_OF))


class Before(NamedTuple):
    """What a revision says: its title, its source, its page as the tracker shows it, and its steps."""

    title: str
    source: str
    html: str
    steps: Sequence[model.Step]


def steps(session: Session, revision_ids: Iterable[int | None]) -> dict[int, list[model.Step]]:
    """The steps of revisions, as far as they tell which of them another step was."""
    by_revision: dict[int, list[model.Step]] = {id: [] for id in revision_ids if id is not None}
    for some in _shares(list(by_revision)):
        query = select(Step.revision_id, Step.key, Step.text, Step.line, Step.depth, Step.parent)
        query = query.where(Step.revision_id.in_(some))
        rows = session.execute(query.order_by(Step.revision_id, Step.position))
        for revision_id, key, text, line, depth, parent in rows:
            by_revision[revision_id].append(model.Step(key, text, line, depth, parent=parent))
    return by_revision


def whole_steps(session: Session, revision_ids: Iterable[int]) -> dict[int, list[model.Step]]:
    """The steps of revisions with their attributes and their HTML, by the id of the revision."""
    by_revision: dict[int, list[model.Step]] = {id: [] for id in revision_ids}
    connection = session.connection()
    for some in _shares(list(by_revision)):
        for id, key, text, line, depth, box, parent, marks, html, recovery in connection.execute(
            _STEPS, {"revisions": some}
        ):
            step = model.Step(key, text, line, depth, box, parent, False, _decoded(marks), html, recovery)
            by_revision[id].append(step)
    return by_revision


def befores(session: Session, revision_ids: Iterable[int]) -> dict[int, Before]:
    """What revisions say, by their id."""
    steps = whole_steps(session, revision_ids)
    connection = session.connection()
    rows = (row for some in _shares(list(steps)) for row in connection.execute(_TEXTS, {"revisions": some}))
    return {row.id: Before(row.title, row.source, row.html, steps[row.id]) for row in rows}


def _shares(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A query has room for so many ids only."""
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]


@lru_cache(maxsize=1024)
def _decoded(attributes: str) -> Mapping[str, Any]:
    """A step's attributes, shared between steps that have the same ones: do not change them."""
    values: dict[str, Any] = json.loads(attributes)
    return values


def carry_keys(document: Document, before: Sequence[model.Step]) -> Document:
    """The document with the keys that its unpinned steps had in the revision before."""
    keys = identity.keys_after(before, document.steps)
    if keys == [step.key for step in document.steps]:
        return document
    return replace(reading.check(reading.Unread(document.source, document.path, keys=keys)), id=document.id)


def with_questions(document: Document, before: Sequence[model.Step]) -> Document:
    """The document with questions to its author: which step of the revision before a step was."""
    if document.meta.lint.get(revisions.UNSURE):
        return document
    asked = [
        Problem(document.path, line, revisions.UNSURE, message, hint)
        for line, message, hint in lint_identity.questions(before, document.steps)
    ]
    return replace(document, problems=(*document.problems, *asked)) if asked else document
