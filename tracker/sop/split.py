"""A document of several procedures taken apart: a text for each, and one for what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from urllib.parse import quote

from markdown.extensions.toc import slugify

from tracker.sop import attributes, frontmatter, outline, several
from tracker.sop.blocks import Block
from tracker.sop.limits import TooMuchError
from tracker.sop.model import Step
from tracker.sop.several import Part
from tracker.sop.text import slug, visible
from tracker.sop.toml import Toml

_OWN = ("id", "title", "steps", "description")  # what the front matter says of the whole document alone
_KEY = re.compile(r"[\"']?([\w-]+)[\"']?\s*[:=]")
_HASHES = re.compile(r"(\s*)(#{1,6})(?=\s|$)")
_DEFINITION = re.compile(r"\s{0,3}(?:\[(\^?[^\[\]\n]{1,200})\]|\*\[([^\[\]\n]{1,200})\]):\s*\S")
_ANCHOR = re.compile(r"(\]\(|\]:\s*)#([^\s()]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, with the line in the original of each line; `name` is its file's, "" of what is left."""

    name: str
    text: str
    lines: tuple[int, ...]


_Rows = list[tuple[int, str]]  # lines of text, each with its number in the original


def pieces(text: str, own: str, folder: str) -> list[Piece]:
    """What is left of the document in the file `own`, and each procedure for one in `folder` beside it.

    What is left leads to each where it stood. A procedure keeps what the front matter says of all, its
    heading becomes its title, and the definitions come along that its links and notes use. Fewer than two
    procedures: nothing is taken apart, and there are no pieces. All links are written as seen from `own`.
    """
    rows = [(n, line.removesuffix("\r")) for n, line in enumerate(text.split("\n"), 1)]
    matter, height = frontmatter.split("\n".join(line for _, line in rows))
    try:
        meta = frontmatter.read(matter, "")[0] if height else None
        body = "\n".join(line for _, line in rows[height:])
        whole = outline.of(body, height + 1, meta.steps if meta else None)
    except TooMuchError:
        return []
    found = several.parts(whole.blocks)
    if not found:
        return []
    names = _names(found)
    places = _places(found, names, whole.steps)
    end = "\r\n" if "\r\n" in text else "\n"
    made = {"": _rest(rows, found, names, folder)}
    for part, name in zip(found, names, strict=True):
        made[name] = [*_matter(matter, rows[:height]), *_section(part, rows)]
    made = {name: _with_definitions(lines, rows[height:]) for name, lines in made.items()}
    return [
        Piece(
            name,
            end.join(_lead(line, name, places, folder, own) for _, line in lines),
            tuple(at for at, _ in lines),
        )
        for name, lines in made.items()
    ]


def _names(found: Sequence[Part]) -> list[str]:
    names: list[str] = []
    for part in found:
        base = name = slug(part.title)
        number = 1
        while name in names:
            number += 1
            name = f"{base}-{number}"
        names.append(name)
    return names


def _rest(rows: _Rows, found: Sequence[Part], names: Sequence[str], folder: str) -> _Rows:
    """The document with a link in place of each procedure."""
    rest, at = [], 0
    for part, name in zip(found, names, strict=True):
        rest += rows[at : part.first - 1]
        title = re.sub(r"([\[\]\\`*_<])", r"\\\1", part.title)
        rest += [(part.first, f"- [{title}]({quote(folder)}/{quote(name)}.md)"), (part.first, "")]
        at = part.end - 1 if part.end else len(rows)
    return rest + rows[at:]


def _section(part: Part, rows: _Rows) -> _Rows:
    own = rows[part.first - 1 : part.end - 1 if part.end else None]
    lines = dict(own)
    for heading in _headings(part):
        _raise(heading, part.level - 1, lines)
    return [(at, lines[at]) for at, _ in own]


def _with_definitions(piece: _Rows, rows: _Rows) -> _Rows:
    """A piece with those definitions of the document that it uses and has not."""
    text = "\n".join(line for _, line in piece)
    own = {line for _, line in piece}
    used = [row for row in rows if (m := _DEFINITION.match(row[1])) and row[1] not in own and _uses(text, m)]
    if not used:
        return piece
    while piece and not piece[-1][1].strip():
        piece = piece[:-1]
    last = used[-1][0]
    return [*piece, (last, ""), *used, (last, "")]


def _headings(part: Part) -> list[int]:
    """The lines of the headings of a part, its own among them."""

    def inside(blocks: Sequence[Block]) -> Iterator[int]:
        for block in blocks:
            if block.kind == "heading":
                yield block.line
            yield from inside(block.children)

    return [part.first, *inside(part.blocks)]


def _raise(at: int, by: int, lines: dict[int, str]) -> None:
    """Move a heading up by some levels: the first of a document is its title."""
    if by and (match := _HASHES.match(lines[at])):
        lines[at] = match[1] + "#" * max(1, len(match[2]) - by) + lines[at][match.end() :]
    elif by and re.fullmatch(r"\s*-+\s*", lines.get(at + 1, "")):
        lines[at + 1] = lines[at + 1].replace("-", "=")


def _uses(text: str, definition: re.Match[str]) -> bool:
    if definition[2]:
        return re.search(rf"(?<!\w){re.escape(definition[2])}(?!\w)", text) is not None
    return f"[{definition[1]}]".casefold() in text.casefold()


def _matter(matter: str, rows: _Rows) -> _Rows:
    """The front matter without what it says of the whole document alone."""
    kept, dropped = [], False
    for at, line in rows[1:-1]:
        key = _KEY.match(line)
        if key or line.startswith("["):
            dropped = key is not None and key[1] in _OWN
        if isinstance(matter, Toml) and line.startswith("["):
            break  # tables of other programs
        if not dropped:
            kept.append((at, line))
    return [rows[0], *kept, rows[-1]] if any(line.strip() for _, line in kept) else []


def _places(
    found: Sequence[Part], names: Sequence[str], steps: Sequence[Step]
) -> dict[str, tuple[str, bool]]:
    """Where each anchor of a part is now: the name of the part, and whether it is its title."""
    places: dict[str, tuple[str, bool]] = {}
    for part, name in zip(found, names, strict=True):
        places.setdefault(slugify(part.title, "-"), (name, True))
        inside = [step.key for step in steps if part.first <= step.line < (part.end or inf)]
        for anchor in [*_anchors(part.blocks), *inside]:
            places.setdefault(anchor, (name, False))
    return places


def _anchors(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.kind == "heading":
            yield slugify(visible(attributes.split(block.text)[0]), "-")
        yield from _anchors(block.children)


def _lead(line: str, name: str, places: dict[str, tuple[str, bool]], folder: str, own: str) -> str:
    """A line whose links within the document lead to where their anchors are now, as seen from its place."""

    def moved(match: re.Match[str]) -> str:
        there, is_title = places.get(match[2], ("", False))
        if there == name and not (name and is_title):
            return match[0]
        path = f"{quote(folder)}/{quote(there)}.md" if there else quote(own)
        return match[1] + path + ("" if is_title else f"#{match[2]}")

    return _ANCHOR.sub(moved, line)
