"""What is noticed in reading a document, beside its steps: lint, sync and the importer say it by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tracker.sop import passed, recoveries, several, unfilled
from tracker.sop.blocks import Block
from tracker.sop.model import Document, Meta, Notice, Problem, Step

_OF_THE_RUN = (passed.RULE, recoveries.RULE)


def of(blocks: Sequence[Block], title: str, steps: Sequence[Step], meta: Meta) -> tuple[Notice, ...]:
    """The notices of a document by line. Where its author has said which are the steps, none is missed."""
    missed = () if meta.steps else passed.notices(blocks, {step.line for step in steps})
    stray = recoveries.notices(blocks) if steps else ()
    many = several.notices(blocks, title) if steps and not meta.steps else ()
    return tuple(sorted([*missed, *stray, *many, *unfilled.notices(blocks)]))


def of_the_run(document: Document) -> Iterator[Notice]:
    """What its runs will lack, unless the document has switched that rule off."""
    if document.path.startswith("guide/") or document.meta.retired:
        return
    yield from (
        row for row in document.notices if row[1] in _OF_THE_RUN and not document.meta.lint.get(row[1])
    )


def told(document: Document) -> Document:
    """The document with what its runs will lack among its problems, as publishing says it."""
    rows = (Problem(document.path, *row) for row in of_the_run(document))
    return replace(document, problems=(*document.problems, *rows))
