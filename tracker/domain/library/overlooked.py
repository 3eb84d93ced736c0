"""What lies among documents and is not read as one, though its author may think so: it is named, not lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tracker.sop.model import Problem
from tracker.sop.told import told

RULE = "overlooked"

_READ = (".md", ".markdown", ".md.erb")
_MARKDOWN = (".mdx", ".mdown", ".mkd", ".mkdn", ".mdwn", ".mdtxt", ".rmd", ".qmd")
_OTHERS = (".rst", ".adoc", ".asciidoc", ".org", ".textile")
_OF_PROGRAMS = (".git", ".hg", ".svn", ".venv", ".tox", ".nox", "node_modules", "__pycache__")


def below(folder: Path) -> Iterator[Problem]:
    """The files and folders below `folder` that are passed over, by their paths in it; each folder once."""
    for place, names, files in os.walk(folder, followlinks=False):
        here = Path(place)
        names[:] = sorted(name for name in names if name not in _OF_PROGRAMS)
        for name in [name for name in names if name.startswith(".")]:
            if count := _documents(here / name):
                message = (
                    told("This folder has a document and is hidden, so nothing in it is read.")
                    if count == 1
                    else told(
                        "This folder has %(n)s documents and is hidden, so nothing in it is read.", n=count
                    )
                )
                yield _problem(folder, here / name, message, told("Take the dot off its name."))
        names[:] = [name for name in names if not name.startswith(".")]
        for name in sorted(files):
            if why := _why(name):
                yield _problem(folder, here / name, *why)


def _why(name: str) -> tuple[str, str] | None:
    """What is said of a file of that name, and what to do; None for documents and for what is none."""
    small = name.lower()
    if name.startswith("."):
        hidden = told("This file is hidden, so it is not read."), told("Take the dot off its name.")
        return hidden if _is_read(small) else None
    if small.endswith(_READ) and not _is_read(name):
        return told("This file is not read: its ending is in capitals."), told("Rename it to end in “.md”.")
    if small.endswith(_MARKDOWN):
        return told("This file is not read: it is Markdown of another program."), told(
            "Rename it to end in “.md”."
        )
    if small.endswith(_OTHERS):
        return told("This file is not read: it is not Markdown."), told(
            "Turn it into Markdown that ends in “.md”."
        )
    return None


def _is_read(name: str) -> bool:
    return name.endswith(_READ)


def _documents(folder: Path) -> int:
    count = 0
    for _, names, files in os.walk(folder, followlinks=False):
        names[:] = [name for name in names if name not in _OF_PROGRAMS]
        count += sum(_is_read(name.lower()) or _why(name) is not None for name in files)
    return count


def _problem(folder: Path, place: Path, message: str, hint: str) -> Problem:
    path = os.fsencode(place.relative_to(folder)).decode("utf-8", "replace").replace(os.sep, "/")
    return Problem(path, 1, RULE, message, hint)
