"""Tables with a box in their rows: each such row is a step, and its text the first cell with words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tracker.sop import attributes
from tracker.sop.lines import Line

_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")
_CELLS = re.compile(r"(?<!\\)\|")
_BOX = re.compile(
    r"\s*(?:[-*]\s+)?(?:(?P<open>[☐□▢❏❑⬜◻]|\\?\[[ \u00a0]{0,3}\\?\])"
    r"|(?P<ticked>[☑☒🗹]|\\?\[[xX]\\?\]))\ufe0f?(?!\()\s*"
)
_DRAWN = re.compile(r"(?<=\|)(\s*)(?:\[[ \u00a0]{0,3}\]|(\[[xX]\]))(?!\()")
_WORDS = re.compile(r"[^\W\d_]")


class Row(NamedTuple):
    """A row that is a step."""

    line: int
    text: str
    ticked: bool
    at: int  # the place among the rows of the table


def rows(lines: Sequence[Line]) -> list[Row]:
    """The rows with a box of a table that begins on the first of `lines`; nothing where it is none."""
    if "|" not in lines[0].text or not _DELIMITER.match(lines[1].text) or "-" not in lines[1].text:
        return []
    found = (_row(line, at) for at, line in enumerate(lines[2:]))
    return [row for row in found if row]


def cells(text: str) -> list[str]:
    """The cells of a row."""
    return [cell.strip() for cell in _CELLS.split(text.strip().removeprefix("|").removesuffix("|"))]


def _row(line: Line, at: int) -> Row | None:
    boxes = [_BOX.match(cell) for cell in cells(line.text)]
    if not any(boxes):
        return None
    texts = [cell[box.end() :] if box else cell for cell, box in zip(cells(line.text), boxes, strict=True)]
    text = next((text for text in texts if _WORDS.search(text)), "")
    first = next(box for box in boxes if box)
    return Row(line.number, text.strip(), bool(first["ticked"]), at) if text else None


def boxless(text: str) -> str:
    """The text of a cell without the box before it."""
    box = _BOX.match(text)
    return text[box.end() :] if box else text


def drawn(text: str) -> str:
    """The table with boxes drawn that are written in brackets, so that a page shows them."""
    return _DRAWN.sub(lambda match: match[1] + ("☑" if match[2] else "☐"), text)


def without_attributes(text: str) -> str:
    """The table without the attribute lists at the end of its cells."""
    if "{" not in text:
        return text
    return "\n".join(
        "|".join(attributes.split(cell)[0] for cell in _CELLS.split(line)) for line in text.split("\n")
    )
