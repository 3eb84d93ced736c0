"""Two states of an SOP: on a terminal side by side where it is wide enough, else one below the other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.authoring import documents
from tracker.domain.library import revisions, succession
from tracker.domain.library.revisions import Comparison
from tracker.errors import N_, InvalidError, NotFoundError
from tracker.models import Sop
from tracker.sop import around, attributes, changes, reading
from tracker.sop.changes import Row
from tracker.sop.model import Document, Step
from tracker.sop.reader import Unread

WIDE = 100
NAMES = {
    changes.ADDED: "new",
    changes.REMOVED: "gone",
    changes.REWORDED: "reworded",
    changes.MOVED: "moved",
    changes.LIMITS: "limits",
    changes.RECOVERY: "when it fails",
}
"""The kinds of a change, as the page of the revisions calls them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An SOP, what its two states are called, and how they compare."""

    sop: Sop
    before: str
    after: str
    found: Comparison

    def lines(self, width: int) -> Iterator[str]:
        """The difference as text: names, all steps, the changes in words, and questions to the author."""
        comparison = self.found
        judgement = comparison.judgement + ("" if comparison.decided else " (proposed)")
        differ = f"{comparison.differing} step{' differs' if comparison.differing == 1 else 's differ'}"
        yield f"{self.sop.title}: {self.before} → {self.after}"
        same = "The steps are the same" if comparison.beside else "It says the same"
        yield f"{differ if comparison.differing else same}: {judgement}."
        if comparison.differing:
            yield ""
            yield from self._columns(width) if width >= WIDE else self._list()
            yield ""
        for row in comparison.rows:
            yield from _said(row)
        for difference in comparison.beside:
            yield str(around.sentence(difference))
        for line, question, answer in comparison.asked:
            yield f"{self.sop.path}:{line}: {question} {answer}"

    def as_json(self) -> dict[str, Any]:
        """As `holdfast diff --json` prints it."""
        comparison = self.found
        return {
            "sop": self.sop.id,
            "title": self.sop.title,
            "before": self.before,
            "after": self.after,
            "judgement": comparison.judgement,
            "decided": comparison.decided,
            "differing": comparison.differing,
            "steps": [
                {
                    "before": _step(row.before),
                    "after": _step(row.after),
                    "kinds": [change.kind for change in row.changes],
                    "changes": _said(row),
                }
                for row in comparison.rows
            ],
            "beside": [
                {
                    "kind": difference.kind,
                    "name": difference.name,
                    "before": difference.before,
                    "after": difference.after,
                    "change": str(around.sentence(difference)),
                }
                for difference in comparison.beside
            ],
            "questions": [
                {"line": line, "question": question, "answer": answer}
                for line, question, answer in comparison.asked
            ],
        }

    def _sides(self) -> Iterator[tuple[str | None, str | None, Row]]:
        """Each row with what is written on either side: the step's number as a reader counts, its text."""
        before = sorted((row.before for row in self.found.rows if row.before), key=lambda step: step.line)
        old = changes.places(before)
        new = changes.places([row.after for row in self.found.rows if row.after])
        for row in self.found.rows:
            yield _text(row.before, old), _text(row.after, new), row

    def _list(self) -> Iterator[str]:
        for before, after, row in self._sides():
            if not row.changes:
                yield f"  {after}"
                continue
            yield from (f"{sign} {text}" for sign, text in (("-", before), ("+", after)) if text)

    def _columns(self, width: int) -> Iterator[str]:
        kinds = {id(row): ", ".join(NAMES[change.kind] for change in row.changes) for row in self.found.rows}
        half = (width - max(map(len, kinds.values())) - 4) // 2
        yield f"{self.before:{half}}  {self.after:{half}}".rstrip()
        for before, after, row in self._sides():
            sides = (_wrapped(before or "–", half), _wrapped(after or "–", half))
            for n, (left, right) in enumerate(zip_longest(*sides, fillvalue="")):
                yield f"{left:{half}}  {right:{half}}  {'' if n else kinds[id(row)]}".rstrip()


def between(session: Session, sops: Path, asked: str, numbers: Sequence[int]) -> Difference:
    """Two revisions of the SOP that is asked for; without numbers its document against the one in force.

    Where the document is in force, that revision against the one before it. Raises NotFoundError.
    """
    sop = sop_named(session, sops, asked)
    document = None if numbers else _changed(sops, sop)
    if document and sop.in_force:
        comparison = revisions.compare_document(sop.in_force, document)
        return Difference(sop, f"revision {sop.in_force.label}", document.path, comparison)
    last = (sop.in_force.number if sop.in_force else None) or 1
    before, after = (
        revisions.by_number(session, sop, number) for number in numbers or (max(1, last - 1), last)
    )
    comparison = revisions.compare(session, sop, before, after)
    return Difference(sop, f"revision {before.label}", f"revision {after.label}", comparison)


def sop_named(session: Session, sops: Path, asked: str) -> Sop:
    """The SOP with this id, or whose document lies at this path."""
    root, path = sops.resolve(), Path(asked).resolve()
    row = session.get(Sop, asked)
    if row is None and path.is_relative_to(root):
        place = path.relative_to(root).as_posix()
        row = session.scalar(select(Sop).where(Sop.path == place).order_by(Sop.retired_at.is_not(None)))
    if row is None:
        raise NotFoundError(
            N_("There is no SOP “%(asked)s”. Name its id, or its document below sops/."), asked=asked
        )
    return row


def _changed(sops: Path, sop: Sop) -> Document | None:
    """The SOP's document as it would be published, if it says something else than its revision in force."""
    file = sops / (sop.path or "")
    if sop.in_force is None or not file.is_file():
        return None
    (file_document,) = documents.find([file])
    for problem in file_document.document.errors:
        raise InvalidError("%(problem)s", problem=str(replace(problem, path=file_document.shown)))
    if file_document.document.source == sop.in_force.source or file_document.document.id != sop.id:
        return None
    document = reading.check(Unread(file_document.document.source, file_document.document.path))
    for problem in document.errors:
        raise InvalidError("%(problem)s", problem=str(replace(problem, path=file_document.shown)))
    return succession.carry_keys(document, revisions.steps(sop.in_force))


def _step(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "key": step.key,
        "text": step.text,
        "line": step.line,
        "attributes": attributes.plain(step.attributes),
    }


def _said(row: Row) -> list[str]:
    return [str(sentence) for change in row.changes for sentence in changes.sentences(change)]


def _text(step: Step | None, numbers: Mapping[str, str]) -> str | None:
    return f"{'   ' * (step.depth - 1)}{numbers[step.key]}. {step.text}" if step else None


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most this width, hanging below the text after its number."""
    hang = len(text) - len(text.lstrip()) + len(text.lstrip().split(" ", 1)[0]) + 1
    return textwrap.wrap(text, width, subsequent_indent=" " * hang)
