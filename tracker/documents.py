"""Finding documents for commands: below which paths, under which names, with which published keys."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tracker.sop import identity, parse, translations
from tracker.sop.model import Document, Problem


def found(paths: Sequence[Path]) -> Iterator[tuple[Document, Path, str]]:
    """Each document at or below the paths, the folder its own path is relative to, and its path as given."""
    base = Path(
        os.path.commonpath([path.resolve() if path.is_dir() else path.resolve().parent for path in paths])
    )
    for path in paths:
        if not path.exists():
            yield _missing(path), base, path.as_posix()
            continue
        root = _root(path) or base
        known = _published(root)
        for file in [path] if path.is_file() else sorted(f for f in path.rglob("*") if _is_document(f)):
            document = parse.read(_bytes(file), _place(file, root))
            yield _with_keys(document, root, known), root, file.as_posix()


def _with_keys(document: Document, root: Path, known: dict[str, Any]) -> Document:
    """The document with the keys in force; a translation has the id and the keys of its original."""
    whose = translations.original_of(document.path, lambda path: (root / path).is_file())
    if whose is None:
        return _with_published_keys(document, known)
    original = _with_published_keys(parse.read(_bytes(root / whose[0]), whose[0]), known)
    keyed = parse.read(document.source, document.path, partial(translations.keys, original.steps))
    return replace(document if document.errors else keyed, id=original.id)


def _with_published_keys(document: Document, known: dict[str, Any]) -> Document:
    entry = known.get(document.id)
    if entry is None or not document.steps:
        return document
    before = parse.read(entry["source"], document.path, entry["keys"])
    keys = [step.key for step in identity.carry(before.steps, document.steps)]
    return parse.read(document.source, document.path, keys)


def _root(path: Path) -> Path | None:
    """The folder of SOPs around a path, so that ids are the same wherever the command is called."""
    path = path.resolve()
    return next((f for f in [path, *path.parents] if f.name == "sops" and f.is_dir()), None)


def _place(file: Path, root: Path) -> str:
    """A document's path below the folder of SOPs; a link that leads out of it has its own."""
    real = file.resolve()
    own = real if real.is_relative_to(root) else file.parent.resolve() / file.name
    return own.relative_to(root).as_posix()


def _published(root: Path) -> dict[str, Any]:
    file = root.parent / "instance" / "published.json"
    if root.name != "sops" or not file.is_file():
        return {}
    try:
        sops: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["sops"]
    except (ValueError, KeyError):
        return {}  # the next sync writes it anew
    return sops


def _is_document(file: Path) -> bool:
    return file.is_file() and file.name.endswith((".md", ".markdown", ".md.erb"))


def _bytes(file: Path) -> bytes:
    """At most a little more than a document may have: enough to be told that it is too large."""
    with file.open("rb") as opened:
        return opened.read(parse.MAX_BYTES + 1)


def _missing(path: Path) -> Document:
    document = parse.read("", path.as_posix())
    problem = Problem(path.as_posix(), 1, "missing", "There is no such file.", "Check the path.", error=True)
    return replace(document, problems=(problem,))
