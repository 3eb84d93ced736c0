"""Images of a revision are frozen with it, by digest; links between documents lead to the site.

A frozen image lies in `instance/media`, from where it is shown, and in the database, from where an instance
that lacks it brings it back.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tracker import private
from tracker.db import alone
from tracker.models import FrozenImage
from tracker.sop.cleaning import PICTURES
from tracker.sop.model import Document, Problem
from tracker.sop.told import told

DOCS = "/docs/"
MEDIA = "/media/"
LARGEST = 10_000_000

FROZEN = re.compile(r"([0-9a-f]{64})\.[a-z]+")
"""How frozen images are called: by the digest of their content."""

_REFERENCE = re.compile(r'(?P<name>href|src)="(?P<target>[^"]*)"')


def freeze(document: Document, sops: Path, instance: Path) -> tuple[dict[str, str], list[Problem]]:
    """Copy a document's own images to `instance/media/` under their digests.

    Returns each image's target as written with its frozen name, and what is wrong with the others.
    """
    frozen: dict[str, str] = {}
    unusable: dict[str, dict[str, int]] = {}
    for line, target in document.images:
        if target in frozen or (file := local(target, document.path, sops)) is None:
            continue
        if why := wrong(file):
            unusable.setdefault(why, {}).setdefault(target, line)
            continue
        content = file.read_bytes()
        name = hashlib.sha256(content).hexdigest() + file.suffix.lower()
        _freeze(instance, name, content)
        frozen[target] = name
    return frozen, [_problem(document.path, why, lines) for why, lines in unusable.items()]


def _freeze(instance: Path, name: str, content: bytes) -> None:
    file = instance / "media" / name
    if not file.exists():
        private.write(file, content)


def unkept(session: Session, instance: Path) -> list[Path]:
    """The files of frozen images that the database lacks: new ones, and those of an older version."""
    folder = instance / "media"
    names = sorted(filter(FROZEN.fullmatch, os.listdir(folder))) if folder.is_dir() else []
    in_database = set(session.scalars(select(FrozenImage.name))) if names else set()
    return [folder / name for name in names if name not in in_database]


def content(file: Path) -> bytes | None:
    """What a frozen image holds; None where it has gone meanwhile, or its name says something else."""
    try:
        found = file.read_bytes()
    except FileNotFoundError:
        return None
    return found if _is_called(file.name, found) else None


def keep(session: Session, name: str, content: bytes) -> None:
    """Put a frozen image into the database, for every instance, unless it is there."""
    alone(session, f"image:{name}")
    if session.scalar(select(FrozenImage.name).where(FrozenImage.name == name)) is None:
        session.execute(insert(FrozenImage), {"name": name, "content": content})


def restore(session: Session, instance: Path, name: str) -> None:
    """Bring a frozen image back to `instance/media` if it is gone from there and the database has it."""
    file = instance / "media" / name
    if file.is_file() or not FROZEN.fullmatch(name):
        return
    content = session.scalar(select(FrozenImage.content).where(FrozenImage.name == name))
    if content is not None:
        private.write(file, content)


def _is_called(name: str, content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == name.partition(".")[0]


def wrong(file: Path) -> str:
    """Why a file can't be shown as an image, as words that follow its name; "" if it can."""
    if not file.is_file():
        return "not there"
    if file.suffix.lower() not in PICTURES:
        return "not PNG, JPEG, GIF, WebP, SVG or AVIF"
    return "larger than 10 MB" if file.stat().st_size > LARGEST else ""


def some(targets: Iterable[str], most: int = 3) -> str:
    """The first few of many names, so that a line can be read.

    >>> some(["a.png", "b.png"]), some(["a.png", "b.png", "c.png", "d.png", "e.png"])
    ('“a.png”, “b.png”', '“a.png”, “b.png”, “c.png” and 2 more')
    """
    names = [f"“{target}”" for target in targets]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _problem(path: str, why: str, lines: Mapping[str, int]) -> Problem:
    """One problem for all images of a document with the same fault, at the line of the first of them."""
    named = f"The image {some(lines)} is" if len(lines) == 1 else f"{len(lines)} images are"
    message = f"{named} {why}." if len(lines) == 1 else f"{named} {why}: {some(lines)}."
    hint = (
        told("Check the name, or put the file there.")
        if why == "not there"
        else told("Put a smaller one or another kind in its place.")
    )
    return Problem(path, min(lines.values()), "image", message, hint)


def digest(source: bytes, images: Mapping[str, str]) -> str:
    """The digest of a revision's content: its source and its images."""
    total = hashlib.sha256(source)
    for target, name in sorted(images.items()):
        total.update(f"\0{target}\0{name}".encode())
    return total.hexdigest()


def is_unchanged(images: Mapping[str, str], path: str, sops: Path, instance: Path) -> bool:
    """Whether a document's images are the ones frozen with its revision. A lost frozen copy is made anew."""
    for target, name in images.items():
        file = local(target, path, sops)
        if file is None or not file.is_file():
            return False
        content = file.read_bytes()
        if not _is_called(name, content):
            return False
        _freeze(instance, name, content)
    return True


def local(target: str, path: str, sops: Path) -> Path | None:
    """The file below `sops` that a relative target in the document at `path` means, or None."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return None
    file = sops / posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))
    root = sops.resolve()
    return file if file.resolve().is_relative_to(root) else None


def relink(html: str, path: str, images: Mapping[str, str]) -> str:
    """A document's HTML as the tracker shows it: images frozen, links to documents leading to the site."""

    def link(match: re.Match[str]) -> str:
        target = match["target"].replace("&amp;", "&")
        if target in images:
            return f'{match["name"]}="{MEDIA}{images[target]}"'
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            return match[0]
        place = address(posixpath.normpath(posixpath.join(posixpath.dirname(path), parts.path)))
        return f'{match["name"]}="{place}{"#" + parts.fragment if parts.fragment else ""}"'

    return _REFERENCE.sub(link, html)


def address(path: str) -> str:
    """Where the site shows the document at `path`.

    >>> address("returns/refund.md"), address("returns/index.md"), address("index.md")
    ('/docs/returns/refund/', '/docs/returns/', '/docs/')
    """
    place = re.sub(r"\.(md|markdown)$", "/", path)
    return DOCS + re.sub(r"(^|/)(index|README)/$", r"\1", place)
