"""Rules about what can be seen only while a text is read: `tracker.sop.notices` has written it down then."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.sop import passed, recoveries, several, unfilled
from tracker.sop.lint.model import Finding, Library
from tracker.sop.model import Document


def passed_over(document: Document, library: Library) -> Iterator[Finding]:
    """Headings, paragraphs, rows and lists that look like steps and are none."""
    yield from _of(document, passed.RULE)


def several_procedures(document: Document, library: Library) -> Iterator[Finding]:
    """A document of several procedures: who does one of them gets the steps of all."""
    yield from _of(document, several.RULE)


def stray_recovery(document: Document, library: Library) -> Iterator[Finding]:
    """A recovery that stands under no step, or has no text."""
    yield from _of(document, recoveries.RULE)


def unfilled_marks(document: Document, library: Library) -> Iterator[Finding]:
    """What another program would have filled in."""
    yield from _of(document, unfilled.RULE)


def _of(document: Document, name: str) -> Iterator[Finding]:
    if not document.path.startswith("guide/"):
        yield from ((line, what, hint) for line, rule, what, hint in document.notices if rule == name)
