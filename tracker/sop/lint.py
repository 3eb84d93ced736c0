"""What is wrong or unwise in documents. One function a rule; `RULES` is the table of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from rapidfuzz import process

from tracker.sop import translations
from tracker.sop.frontmatter import KEYS, line_of
from tracker.sop.frontmatter import split as split_frontmatter
from tracker.sop.model import Document, Problem

Exists = Callable[[str], bool]
Rule = Callable[[Sequence[Document], Exists], Iterator[Problem]]

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|/|\{|<", re.I)


def check(documents: Sequence[Document], exists: Exists | None = None) -> list[Problem]:
    """Every problem of `documents`: those found in reading, then those of the rules, by path and line.

    `exists` says whether a path relative to the folder of SOPs is there; the documents given always are.
    """
    given = {document.path for document in documents}
    known: Exists = lambda path: path in given or bool(exists and exists(path))  # noqa: E731
    problems = [problem for document in documents for problem in document.problems]
    for rule in RULES.values():
        problems += rule(documents, known)
    return sorted(problems, key=lambda problem: (problem.path, problem.line, problem.rule))


def duplicate_ids(documents: Sequence[Document], exists: Exists) -> Iterator[Problem]:
    """Two files with one id would be one SOP."""
    first: dict[str, Document] = {}
    for document in sorted(translations.alone(documents, exists), key=lambda document: document.path):
        other = first.setdefault(document.id, document)
        if other is not document:
            message = f"The id “{document.id}” is also that of {other.path}."
            hint = "Write another “id:” in the front matter of one of them."
            yield Problem(document.path, _line(document, "id"), "duplicate-id", message, hint, True)


def missing_owner(documents: Sequence[Document], exists: Exists) -> Iterator[Problem]:
    """An SOP without an owner is nobody's to put right."""
    for document in translations.alone(documents, exists):
        if document.steps and not document.meta.owner and not document.meta.retired:
            yield Problem(
                document.path, 1, "owner", "The SOP has no owner.", "Add “owner: name” to the front matter."
            )


def no_steps(documents: Sequence[Document], exists: Exists) -> Iterator[Problem]:
    """A document without steps can be read but not run."""
    for document in translations.alone(documents, exists):
        said = document.path.startswith("guide/") or (document.meta.steps or "").lower() == "none"
        if not document.steps and not said and not document.errors:
            hint = "Write them as a numbered list or a task list, or “steps: none” in the front matter."
            yield Problem(document.path, 1, "no-steps", "No steps found.", hint)


def misspelt_keys(documents: Sequence[Document], exists: Exists) -> Iterator[Problem]:
    """An unknown key that looks like one of ours is probably meant to be it."""
    for document in documents:
        for name in document.meta.extra:
            near = process.extractOne(name.lower(), KEYS, score_cutoff=80)
            if near and near[0] not in _written(document):
                message = f"The front matter has an unknown key “{name}”."
                yield Problem(
                    document.path,
                    _line(document, name),
                    "misspelt-key",
                    message,
                    f"Did you mean “{near[0]}”?",
                )


def broken_links(documents: Sequence[Document], exists: Exists) -> Iterator[Problem]:
    """A relative link or image whose file is not there."""
    for document in documents:
        for line, target in document.links + document.images:
            path = _target(document, target)
            if path is not None and not exists(path):
                message = f"There is no file {path} (linked as “{target}”)."
                yield Problem(
                    document.path, line, "broken-link", message, "Correct the link or add the file."
                )


def _target(document: Document, target: str) -> str | None:
    """The path a relative link leads to, or None where it leads elsewhere."""
    plain = unquote(re.split(r"[?#]", target, maxsplit=1)[0])
    if not plain or _ELSEWHERE.match(target):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(document.path), plain))


def _line(document: Document, name: str) -> int:
    matter, height = split_frontmatter(document.source)
    return line_of(matter, name) if height else 1


def _written(document: Document) -> set[str]:
    return {name for name in KEYS if getattr(document.meta, name) not in (None, (), False)}


RULES: dict[str, Rule] = {
    "duplicate-id": duplicate_ids,
    "owner": missing_owner,
    "no-steps": no_steps,
    "misspelt-key": misspelt_keys,
    "broken-link": broken_links,
    "translation": translations.check,
}
