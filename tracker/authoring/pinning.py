"""`lint --fix`: the keys of steps written into the files, and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tracker.authoring.documents import FoundDocument, leads_out
from tracker.sop import fix, parse, reading
from tracker.sop.lint import identity
from tracker.sop.lint.model import shorten
from tracker.sop.model import Problem, Step
from tracker.sop.reader import RefusedError
from tracker.sop.told import told


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: how many keys were written, and what its author should know."""

    written: int = 0
    notes: tuple[Problem, ...] = ()


def pin(given: FoundDocument) -> Outcome:
    """Write the keys of the steps that have none into a document's file, whole or not at all.

    A key is the one in force where the step is published, and that of the original in a translation.
    """
    document = given.document
    if document.errors or document.path.startswith("guide/") or all(s.pinned for s in document.steps):
        return Outcome()
    if leads_out(given):
        return _refused(given, "This link leads out of the folder, so no keys were written.", "")
    file = given.file.resolve()
    if not file.stat().st_mode & 0o222 or not os.access(file, os.W_OK):
        return _refused(given, "The file is read-only, so no keys were written.", "Make it writable.")
    source = file.read_bytes()
    if parse.decode(source, document.path) != document.source:
        return _refused(given, "The file has just changed, so no keys were written.", "Try again.")
    known = {step.key for step in given.original.steps} if given.original else None
    keys = [step.key for step in document.steps]
    try:
        pinning = partial(fix.pin, source, document.path, keys, known)
        done = reading.within_limits(pinning, source, document.path, fix.READINGS)
    except RefusedError as error:
        return _refused(given, f"No keys were written: {error.why}", "")
    try:
        if done.written:
            _replace(file, done.source)
    except OSError as error:
        return _refused(given, f"No keys were written: {error.strerror}.", "Check the folder’s permissions.")
    open_ = [step for step in document.steps if not step.pinned]
    left = [*done.left, *(step for step in open_ if known is not None and step.key not in known)]
    return Outcome(done.written, (*_guessed(given, left), *_left(given, left)))


def _replace(file: Path, source: bytes) -> None:
    """Put the bytes in the file's place in one go: who reads it sees all of the old or all of the new."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_bytes(source)
        shutil.copymode(file, draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _guessed(document: FoundDocument, left: list[Step]) -> Iterator[Problem]:
    """The questions that are answered now, because their default has been written."""
    unwritten = {step.line for step in left}
    for line, message, hint in (
        () if document.original else identity.unanswered(document.document, document.in_force)
    ):
        if line not in unwritten:
            yield Problem(document.shown, line, "unsure-match", message, hint)


def _left(document: FoundDocument, left: list[Step]) -> Iterator[Problem]:
    for step in left:
        message = told("No key was written for “%(text)s”:", text=shorten(step.text))
        if document.original and step.key not in {s.key for s in document.original.steps}:
            why = told("which step of %(path)s it translates can’t be told.", path=document.original.path)
            hint = told("Give both the same key, such as {#weigh}.")
        else:
            why = told("it has no line of text that could take one and read as before.")
            hint = told("Begin the step with a line of plain text.")
        yield Problem(document.shown, step.line, "no-key", f"{message} {why}", hint)


def _refused(document: FoundDocument, message: str, hint: str) -> Outcome:
    return Outcome(0, (Problem(document.shown, 1, "no-key", message, hint, error=True),))
