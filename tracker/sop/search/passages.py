"""A page in passages: its title, headings, steps, recoveries and paragraphs, each with what it is and its
place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_SELF = re.compile(r'<a class="headerlink".*?</a>', re.S)
_TOKEN = re.compile(r"<(/?)([a-zA-Z0-9]+)([^>]*)>|([^<]+)")
_ID = re.compile(r'\bid="([^"]*)"')
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ol",
        "ul",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "details",
        "summary",
        "hr",
        "br",
        "section",
        "article",
        "figure",
        "figcaption",
        "caption",
    ]
)
_HEADING = re.compile(r"h[1-6]")


class Passage(NamedTuple):
    """`kind`: one of `KINDS`; `place`: the anchor in the page, "" for its top; `text` as it is read.

    `linked` is what of the text only leads elsewhere: it says more of the other page than of this one.
    """

    kind: str
    place: str
    text: str
    linked: str = ""


KINDS = ("title", "also", "about", "heading", "step", "recovery", "text", "linked")
"""What a passage can be. "about": description, area, roles, tags and id; "linked": words that lead
elsewhere."""


def passages(html: str) -> Iterator[Passage]:
    """What a document's page says, in its order. `html` is what the reader has made: well-formed and safe."""
    place, kind = "", "text"
    text: list[str] = []
    linked: list[str] = []
    in_link = False
    items: list[tuple[str, str]] = []  # of each open list item: the place and kind before it
    recovery = 0  # open divisions since a recovery began, itself included

    def ended() -> Iterator[Passage]:
        said, leading = _said(text), _said(linked)
        text.clear()
        linked.clear()
        if said:
            yield Passage("recovery" if recovery else kind, place, said, leading)

    for match in _TOKEN.finditer(_SELF.sub("", html)):
        closing, name, attributes, said = match.groups()
        if said is not None:
            text.append(said)
            if in_link:
                linked.append(f"{said} ")
            continue
        if name == "a":
            in_link = not closing
        if name not in _BLOCKS:
            continue
        yield from ended()
        if not closing and kind == "step" and not _HEADING.fullmatch(name) and name != "p":
            kind = "text"
        if name == "div" and recovery:
            recovery += -1 if closing else 1
        elif name == "div" and not closing and "recovery" in attributes:
            recovery = 1
        elif name == "li":
            if closing:
                place, kind = items.pop() if items else (place, "text")
            else:
                items.append((place, "text"))
        elif closing and (name == "p" or _HEADING.fullmatch(name)) and not recovery:
            kind = "text"
        if not closing and (name == "li" or _HEADING.fullmatch(name)) and not recovery:
            found = _ID.search(attributes)
            place = found[1] if found else place
            is_step = "step" in attributes.partition('class="')[2].partition('"')[0].split()
            kind = "step" if is_step else "heading" if name != "li" else "text"
    yield from ended()


def _said(parts: list[str]) -> str:
    return unescape(" ".join("".join(parts).split()))
