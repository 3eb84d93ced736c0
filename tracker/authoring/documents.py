"""Finding documents for commands: below which paths, under which names, with which published keys."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tracker.domain.library import overlooked as library_overlooked
from tracker.sop import lint, parse, reading, translations
from tracker.sop.inforce import InForce
from tracker.sop.model import Document, Problem
from tracker.sop.reader import Unread
from tracker.sop.told import told


class FoundDocument(NamedTuple):
    """A document, the folder that its own path is relative to, its path as given, and what is in force there.

    `original` is the document that it translates.
    """

    document: Document
    root: Path
    shown: str
    in_force: InForce
    original: Document | None = None

    @property
    def file(self) -> Path:
        return self.root / self.document.path


def find(paths: Sequence[Path]) -> Iterator[FoundDocument]:
    """Each document at or below the paths, once and without HTML; one that can't be read has a problem."""
    base = Path(
        os.path.commonpath([path.resolve() if path.is_dir() else path.resolve().parent for path in paths])
    )
    places: set[Path] = set()
    known: dict[Path, InForce] = {}
    for path in paths:
        if not os.path.lexists(path):
            yield _unread(path, base, InForce(), "missing", "There is no such file.", "Check the path.")
            continue
        root = _root(path) or base
        if root not in known:
            known[root] = in_force(root)
        for file in [path] if not path.is_dir() else sorted(_below(path)):
            place = root / _place(file, root)
            if place not in places:
                places.add(place)
                yield _read(file, root, known[root])


def overlooked(paths: Sequence[Path]) -> Iterator[Problem]:
    """What lies at or below the paths and is passed over though it looks like a document."""
    for path in paths:
        if path.is_dir():
            for problem in library_overlooked.below(path):
                yield replace(problem, path=(path / problem.path).as_posix())


def problems(documents: Sequence[FoundDocument]) -> list[Problem]:
    """Everything that is wrong with the documents, under their paths as given."""
    by_root: dict[Path, list[FoundDocument]] = defaultdict(list)
    for one in documents:
        by_root[one.root].append(one)
    return [problem for root, those in by_root.items() for problem in _problems(root, those)]


def _problems(root: Path, files: Sequence[FoundDocument]) -> Iterator[Problem]:
    names = {one.document.path: one.shown for one in files}
    originals = {one.original.path: one.original for one in files if one.original}
    beside = [original for path, original in originals.items() if path not in names]
    others = _others(root, names.keys() | originals.keys(), files[0].in_force)
    documents = [*(one.document for one in files), *beside]
    for problem in lint.check(documents, lambda path: (root / path).exists(), files[0].in_force, others):
        if problem.path in names:
            yield replace(problem, path=names[problem.path])
    for one in files:
        if root.name == "sops" and leads_out(one):
            message = told("This link leads out of the folder of SOPs, so it is not published.")
            yield Problem(
                one.shown, 1, "link-out", message, told("Copy the document here instead."), error=True
            )


def leads_out(document: FoundDocument) -> bool:
    """Whether a document is a link to somewhere else."""
    return not document.file.resolve().is_relative_to(document.root)


def _others(root: Path, given: set[str], known: InForce) -> dict[str, str]:
    """The ids of the documents around those that are given, each with its path; a workspace alone has any."""
    if root.name != "sops":
        return {}
    ids = {}
    for file in _below(root):
        path = file.relative_to(root).as_posix()
        if path not in given and not translations.original_of(path, lambda p: (root / p).is_file()):
            text = _text(file, path)
            ids.update({_id(text, path, known): path} if text is not None else {})
    return ids


def in_force(root: Path) -> InForce:
    """What is in force in the workspace around a folder of SOPs; nothing before the first sync."""
    file = root.parent / "instance" / "published.json"
    if root.name != "sops" or not file.is_file():
        return InForce()
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return InForce(content["sops"], content.get("people"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return InForce()  # the next sync writes it anew


def _read(file: Path, root: Path, known: InForce) -> FoundDocument:
    """The document with the keys in force; a translation has the id and the keys of its original."""
    path = _place(file, root)
    try:
        if file.exists() and not file.is_file():  # reading a pipe or a device would never end
            message = told("This is no file with text in it.")
            return _unread(file, root, known, "unreadable", message, "Put a document in its place.")
        source = _bytes(file)
        whose = translations.original_of(path, lambda path: (root / path).is_file())
        if whose is None:
            return FoundDocument(_with_keys(source, path, known), root, file.as_posix(), known)
        original = _with_keys(_bytes(root / whose[0]), whose[0], known)
    except OSError as error:
        hint = told("Check its permissions, or the link.")
        message = told("Can’t read this file: %(strerror)s.", strerror=error.strerror)
        return _unread(file, root, known, "unreadable", message, hint)
    keys = partial(translations.keys, original.steps)
    document = reading.check(Unread(source, path, keys=keys, html=False))
    return FoundDocument(replace(document, id=original.id), root, file.as_posix(), known, original)


def _with_keys(source: bytes, path: str, known: InForce) -> Document:
    text = parse.decode(source, path) if len(source) <= parse.MAX_BYTES else None
    id = _id(text, path, known) if isinstance(text, str) else None
    keys = None
    if id is not None and id in known.sops and isinstance(text, str):
        keys = partial(known.only(id, text).keys, id, text)
    document = reading.check(Unread(source, path, keys=keys, html=False))
    return replace(document, id=id) if id is not None else document


def _id(text: str, path: str, known: InForce) -> str:
    """A document's id. One that was moved without giving one keeps that of the path which it has left."""
    return parse.written_id(text, path) or known.moved_to(path) or parse.id_of(path)


def _root(path: Path) -> Path | None:
    """The folder of SOPs around a path, so that ids are the same wherever the command is called."""
    path = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    return next((f for f in [path, *path.parents] if f.name == "sops" and f.is_dir()), None)


def _place(file: Path, root: Path) -> str:
    """A document's path below the folder of SOPs; a link that leads out of it has its own."""
    real = file.resolve()
    own = real if real.is_relative_to(root) else file.parent.resolve() / file.name
    return own.relative_to(root).as_posix()


def _below(folder: Path) -> Iterator[Path]:
    """The documents below a folder, without hidden ones, which sync leaves out too."""
    for file in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        dangling = file.is_symlink() and not file.exists()
        if (
            not hidden
            and file.name.endswith((".md", ".markdown", ".md.erb"))
            and (file.is_file() or dangling)
        ):
            yield file


def _text(file: Path, path: str) -> str | None:
    try:
        text = parse.decode(_bytes(file), path) if file.is_file() else None
    except OSError:
        return None
    return text if isinstance(text, str) else None


def _bytes(file: Path) -> bytes:
    """At most a little more than a document may have: enough to be told that it is too large."""
    with file.open("rb") as opened:
        return opened.read(parse.MAX_BYTES + 1)


def _unread(file: Path, root: Path, known: InForce, rule: str, message: str, hint: str) -> FoundDocument:
    path = file.as_posix()
    problem = Problem(path, 1, rule, message, hint, error=True)
    return FoundDocument(replace(parse.read("", path), problems=(problem,)), root, path, known)
