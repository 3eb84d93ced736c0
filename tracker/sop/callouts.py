"""Boxes as other programs write them: `> [!NOTE]` of code hosts, `:::note` … `:::` of site builders.

They become the admonitions that `!!! note` makes, so that nobody reads their marks as text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tracker.sop.lines import Line

_KINDS = frozenset(
    re.findall(
        r"\w+",
        "note abstract summary tldr info todo tip hint important success check done question help faq "
        "warning caution attention failure fail missing danger error bug example quote cite recovery",
    )
)
_SAME = {"seealso": "note", "admonition": "note", "alert": "warning", "tipp": "tip", "warn": "warning"}
_FOLDED = frozenset(("details", "collapse", "collapsible", "dropdown", "toggle", "spoiler"))

_QUOTED = re.compile(r"\[!([A-Za-z][\w-]*)\]([+-]?)\s*(.*)$")
_OPENING = re.compile(
    r":{3,}\s*(?:\{\s*[.#]?(?P<braced>[A-Za-z][\w-]*)[^{}]*\}|(?P<name>[A-Za-z][\w-]*)(?:\{[^{}]*\})?)"
    r"\s*(?:\[(?P<label>[^\[\]]*)\]|(?P<title>[^:].*)?)$"
)
_CLOSING = re.compile(r":{3,}$")
_OPTION = re.compile(r":[\w-]+:(?:\s|$)")


class Box(NamedTuple):
    """What its first line says of a box: kind, title, and whether it is folded up."""

    name: str
    title: str
    folded: bool
    open: bool = False


def quoted(text: str) -> Box | None:
    """The box that a quote is whose first line has this text.

    >>> quoted("[!WARNING]")
    Box(name='warning', title='Warning', folded=False, open=False)
    """
    match = _QUOTED.match(text)
    if not match:
        return None
    word = match[1].lower()
    return Box(_name(word), match[3] or word.capitalize(), bool(match[2]), match[2] == "+")


def opening(text: str) -> Box | None:
    """The box that a line of colons opens; None where it opens something else, such as columns.

    >>> opening(":::tip Spare parts")
    Box(name='tip', title='Spare parts', folded=False, open=False)
    """
    match = _OPENING.match(text) if text.startswith(":::") else None
    word = (match["braced"] or match["name"]).lower() if match else ""
    if not match or not (word in _KINDS or word in _SAME or word in _FOLDED):
        return None
    title = (match["label"] or match["title"] or "").strip()
    return Box(_name(word), title or word.capitalize(), word in _FOLDED)


def closes(text: str) -> bool:
    """Whether a line closes the last box that was opened."""
    return bool(_CLOSING.match(text))


def ends(lines: list[Line]) -> dict[int, int]:
    """For each line that opens a box the line that closes it."""
    open_at: list[int] = []
    closed = {}
    for i, line in enumerate(lines):
        if line.fence or not line.text.startswith(":::"):
            continue
        if opening(line.text):
            open_at.append(i)
        elif open_at and closes(line.text):
            closed[open_at.pop()] = i
    return closed


def inside(lines: list[Line], start: int, end: int) -> list[Line]:
    """The lines of a box without its marks and its options, at their own left edge."""
    first = start + 1
    while first < end and _OPTION.match(lines[first].text):
        first += 1
    shift = min((line.indent for line in lines[first:end] if not line.blank), default=0)
    return [line.dedent(shift) for line in lines[first:end]]


def _name(word: str) -> str:
    return word if word in _KINDS else _SAME.get(word, "note")
