"""What an adopted document leads to: its links at their new places, its images copied with it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

from tracker.authoring.adopt.ledger import Ledger, digest, inside, put
from tracker.authoring.adopt.plans import Plan, safe
from tracker.domain.library.media import some, wrong
from tracker.sop import parse
from tracker.sop.told import told

Note = tuple[int, str]  # the line in the original, and what is unsure there


def move_links(
    text: str, plan: Plan, places: Mapping[Path, str], sops: Path, ledger: Ledger
) -> tuple[str, list[Note]]:
    """`text` with its links leading to the same documents at their new places; its images are copied."""
    document = parse.read(text, plan.target)
    notes: list[Note] = []
    lines = text.split("\n")
    wrong: dict[str, list[Note]] = {}
    for line, target in document.images:
        new, why = _image(target, plan, sops, ledger)
        wrong.setdefault(why, []).append((line, target))
        _replace(lines, line, target, new)
    for why, images in wrong.items():
        names = some(dict.fromkeys(target for _, target in images))
        notes += [(images[0][0], f"{why}: {names}.")] if why else []
    elsewhere = []
    for line, target in document.links:
        file = _local(target, plan)
        if file is None:
            continue
        place = places.get(file)
        if place is not None:
            _replace(lines, line, target, _relative(target, place, plan))
        elif not file.is_dir():
            elsewhere.append((line, target))
    if elsewhere:
        names = some(dict.fromkeys(target for _, target in elsewhere))
        notes.append(
            (elsewhere[0][0], told("links to what was not adopted with it: %(names)s.", names=names))
        )
    return "\n".join(lines), notes


def _image(target: str, plan: Plan, sops: Path, ledger: Ledger) -> tuple[str, str]:
    """Copy an image to where the adopted document looks for it: its target there, and what is wrong."""
    file = _local(target, plan)
    if file is None:
        return target, ""
    if why := wrong(file):
        return target, f"images that are {why}"
    if not (file.is_relative_to(plan.base) and file.resolve().is_relative_to(plan.base)):
        return target, "images outside of what was given (adopt the folder around both)"
    within = "/".join(safe(part) for part in file.relative_to(plan.base).parts)
    place = f"{plan.top}/{within}".lstrip("/")
    copy, content = sops / place, file.read_bytes()
    if not inside(copy, sops):
        return target, "images whose place leads out of sops/"
    was = ledger.get(place, {}).get("written")
    if copy.exists() and digest(copy.read_bytes()) not in (digest(content), was):
        return target, "images whose place in sops/ another one has already"
    if not copy.exists() or copy.read_bytes() != content:
        put(copy, content)
        ledger[place] = {"original": str(file), "source": digest(content), "written": digest(content)}
    return _relative(target, place, plan), ""


def _local(target: str, plan: Plan) -> Path | None:
    """The file that a relative link in the original means, or None where it leads elsewhere."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith(("/", "{", "<")):
        return None
    if "\0" in unquote(parts.path):
        return None
    return _on_disk(Path(os.path.normpath(plan.original.resolve().parent / unquote(parts.path))))


def _on_disk(path: Path) -> Path:
    """The path as the file's folders and name are written on the disk: with accents apart, as a Mac does."""
    if path.exists() or path.name == "" or path == path.parent:
        return path
    folder = _on_disk(path.parent)
    wanted = normalize("NFC", path.name)
    if not folder.is_dir():
        return path
    return next((file for file in folder.iterdir() if normalize("NFC", file.name) == wanted), path)


def _relative(target: str, place: str, plan: Plan) -> str:
    """`target` as it has to be written at the new place; as it was where that leads there too."""
    path = urlsplit(target).path
    here = posixpath.dirname(plan.target)
    if posixpath.normpath(posixpath.join(here, unquote(path))) == place:
        return target
    return quote(posixpath.relpath(place, here or "."), safe="/-_.~()") + target[len(path) :]


def _replace(lines: list[str], line: int, old: str, new: str) -> None:
    """Write `new` for the link target `old` on one line, and nowhere else in it."""
    if old == new or not 0 < line <= len(lines):
        return
    pattern = re.compile(rf"(\]\(\s*<?|\]:\s*<?|(?:href|src)\s*=\s*[\"']){re.escape(old)}(?=[\s)>\"']|$)")
    lines[line - 1] = pattern.sub(lambda match: match[1] + new, lines[line - 1])
