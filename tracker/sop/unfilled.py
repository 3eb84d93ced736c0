"""Marks for the program that made a page before: includes, variables, columns. Here they are text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracker.sop.badges import N_
from tracker.sop.blocks import Block
from tracker.sop.model import Notice
from tracker.sop.told import told

RULE = "unfilled"

_CODE = re.compile(r"(?<!`)(`++)[^`]*+\1(?!`)")
_INCLUDE = r"-{1,2}8<-{1,2}[ \t]*(?:[\"'][^\"'\n]*[\"'])?|\{![^{}\n]+!\}"
_INCLUDE_OR_VIDEO = r"\[!(?:INCLUDE|VIDEO)\b[^\n]{0,200}?\](?:\([^()\n]*\)\])?"
_VARIABLE = r"\{\{[^{}\n]{1,200}\}\}|\{%[^{}\n]{1,200}%\}|<%[^<>\n]{0,200}%>"
_MARKS = {
    N_("“%(mark)s” is a file that another program puts in%(more)s."): re.compile(
        f"{_INCLUDE}|{_INCLUDE_OR_VIDEO}", re.I
    ),
    N_("“%(mark)s” is filled in by another program%(more)s."): re.compile(_VARIABLE),
    N_("“%(mark)s” is a box or column of another program%(more)s."): re.compile(r"^:{3,}[ \t]*[{\w][^\n]*"),
    N_("“%(mark)s” is a link of another program%(more)s."): re.compile(r"!?\[\[[^\[\]\n]{1,200}\]\]"),
}
_HINT = told("Here it is not. Write what it stands for.")


def notices(blocks: Sequence[Block]) -> Iterator[Notice]:
    """Each kind of mark once, at its first line, with the others named."""
    places: dict[str, list[tuple[int, str]]] = {}
    for line, text in _texts(blocks):
        for what, pattern in _MARKS.items():
            if match := pattern.search(text):
                places.setdefault(what, []).append((line, match[0].strip()))
    for what, found in places.items():
        line, mark = found[0]
        also = ", ".join(dict.fromkeys(str(at) for at, _ in found[1:9]))
        where = N_(" (also in line %(lines)s)") if len(found) == 2 else N_(" (also in lines %(lines)s)")
        more = told(where, lines=also) if also else ""
        yield line, RULE, told(what, mark=_short(mark), more=more), _HINT


def _texts(blocks: Sequence[Block]) -> Iterator[tuple[int, str]]:
    """The lines of text outside code, those in a comment left out, with their numbers."""
    for block in blocks:
        if block.kind in ("paragraph", "heading", "table"):
            for line, text in enumerate(block.text.split("\n"), block.line):
                yield line, _CODE.sub("", text) if "`" in text else text
        yield from _texts(block.children)


def _short(text: str, longest: int = 40) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
