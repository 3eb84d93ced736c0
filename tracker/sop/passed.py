"""What looks like steps and was passed over, so that nobody has to find out in a run that they are not there.

Blocks that are alike are looked at together, as a reader does: numbered headings of one level, numbered
paragraphs of one section, rows of a table, items of a list. Where a document has steps, what is beside them
is named only if it speaks clearly.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tracker.sop import languages, vocabulary, wording
from tracker.sop.attributes import split
from tracker.sop.badges import N_
from tracker.sop.blocks import Block
from tracker.sop.model import Notice
from tracker.sop.text import visible
from tracker.sop.told import told

RULE = "passed-over"

_MOST_LINES = 8  # that a message names
_MOST = 5  # places that are named in a document
_PERHAPS, _CLEARLY = 0.5, 0.75  # the share of a group that tells the reader to do something

_WORD = re.compile(rf"\W{{0,3}}{languages.step_words()}\s*#?\s*\d+[a-z]?\b\W*", re.I)
_NUMBER = re.compile(r"\W{0,3}(?:\d{1,3}(?:\.\d{1,3})*(?:\s*[.):]+|\s*[-–—]>?|\s)|[\u2460-\u2473])\s*")
_BOLD = re.compile(r"(\*\*|__)(?=\S)")
_RULER = re.compile(r"[\s|:-]*-[\s|:-]*\|[\s|:-]*$|\|[\s|:-]*-[\s|:-]*$")
_LINK = re.compile(r"\[[^\[\]]*\]\([^()\s]*\)[.;,]?")  # leads to what is to be done, elsewhere
_BOX = re.compile(r"(?:^|\|)[\s*_`]*(?:\[[ xX]?\]|[☐☑☒])")
_SAID = {
    "headings": (
        N_("Headings look like steps and are none%(where)s: “%(first)s” and so on, lines %(lines)s."),
        N_("Number them, as “Step 1: …”, or write a numbered list."),
    ),
    "paragraphs": (
        N_("Paragraphs look like steps and are none%(where)s: “%(first)s” and so on, lines %(lines)s."),
        N_("Write them as a numbered list."),
    ),
    "rows": (
        N_("Rows of a table look like steps and are none%(where)s: “%(first)s” and so on, lines %(lines)s."),
        N_("Write them as a task list (- [ ]) or a numbered list."),
    ),
    "list": (
        N_("A numbered list looks like steps and is none%(where)s: “%(first)s” and so on, lines %(lines)s."),
        N_("Name the heading above it: “steps: %(heading)s” in the front matter."),
    ),
    "bullets": (
        N_("Bullets look like steps and are none%(where)s: “%(first)s” and so on, lines %(lines)s."),
        N_("Write a numbered list or a task list (- [ ])."),
    ),
}


@dataclass(slots=True)
class _Group:
    """Blocks that are alike: the line of each, and what it says without its number.

    `plain` ones have no number, and are looked at only where a document has no steps at all. `marked` ones
    say that they are steps, by a word or a box.
    """

    kind: str
    heading: str
    plain: bool = False
    marked: bool = False
    items: list[tuple[int, str]] = field(default_factory=list)


_Groups = dict[tuple[object, ...], _Group]


def notices(blocks: Sequence[Block], taken: Collection[int]) -> Iterator[Notice]:
    """What looks like steps and is none, by sections; `taken` are the lines of the steps."""
    groups: _Groups = {}
    _collect(blocks, frozenset(taken), groups, "")
    rows = [group for group in groups.values() if len(group.items) > (1 if not group.plain else 2)]
    rows = [group for group in rows if group.marked or not (taken and group.plain)]
    if not rows:
        return
    language = languages.language_of(" ".join(_texts(blocks)))
    missed = (group for group in rows if _looks_like_steps(group, bool(taken), language))
    yield from islice(map(_notice, missed), _MOST)


def _looks_like_steps(group: _Group, beside: bool, language: str) -> bool:
    """Whether a group does; `beside` others that are steps only if it has numbers, and speaks clearly."""
    if group.marked:
        return True
    if group.kind in ("list", "bullets") and _is_apart(group.heading, language):
        return False
    share = sum(wording.instructs(text, language) for _, text in group.items) / len(group.items)
    return share >= (_CLEARLY if beside or group.plain else _PERHAPS)


def _is_apart(heading: str, language: str) -> bool:
    """Whether what stands under a heading is no procedure, whatever it says: on scope, references, terms."""
    name = _NUMBER.sub("", heading, count=1)
    others = (
        vocabulary.APART,
        vocabulary.LOG_HEADING,
        vocabulary.REFERENCE_HEADING,
        vocabulary.TERMS_HEADING,
    )
    return languages.chapter(name, language) or any(other.search(name) for other in others)


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.kind in ("paragraph", "heading"):
            yield block.text
        yield from _texts(block.children)


def _collect(blocks: Sequence[Block], taken: frozenset[int], groups: _Groups, heading: str) -> None:
    """Sort what is no step into groups. What stands in a step is a part of it, and is left alone."""
    above: list[Block] = []
    over_steps = _over_steps(blocks)
    for n, block in enumerate(blocks):
        if block.step is not None:
            continue
        if block.kind == "heading":
            while above and above[-1].level >= block.level:
                above.pop()
            if (n or block.level > 1) and block.line not in over_steps:
                place = (block.level, id(above[-1]) if above else 0)
                _sort(block.line, block.text, "headings", place, groups, heading)
            above.append(block)
            heading = visible(split(block.text)[0])
        elif block.kind in ("paragraph", "table"):
            _paragraph(block, taken, groups, heading)
        elif block.kind == "list":
            _list(block, taken, groups, heading)
        elif block.kind in ("quote", "admonition", "element") and "recovery" not in block.name:
            _collect(block.children, taken, groups, heading)


def _over_steps(blocks: Sequence[Block]) -> set[int]:
    """The lines of the headings with steps right below them: they name a part, so nothing is lost."""
    lines: set[int] = set()
    last = 0
    for block in blocks:
        if block.kind == "heading":
            last = block.line if block.step is None else 0
        elif last and (block.step is not None or any(child.step is not None for child in block.children)):
            lines.add(last)
    return lines


def _sort(line: int, text: str, kind: str, place: tuple[object, ...], groups: _Groups, heading: str) -> None:
    shown = visible(split(text)[0])
    word, number = _WORD.match(shown), _NUMBER.match(shown)
    match = word or number
    group = groups.setdefault((kind, *place, match is None), _Group(kind, heading, plain=match is None))
    group.marked |= word is not None
    group.items.append((line, shown[match.end() :] if match else shown))


def _paragraph(block: Block, taken: frozenset[int], groups: _Groups, heading: str) -> None:
    lines = block.text.split("\n")
    if len(lines) > 2 and _RULER.match(lines[1]):
        _table(block.line + 2, lines[2:], taken, groups, heading)
        return
    for at, text in enumerate(lines, block.line):
        shown = visible(text)
        bold = at == block.line and _BOLD.match(text)
        if at not in taken and (bold or _WORD.match(shown) or _NUMBER.match(shown)):
            _sort(at, text, "paragraphs", (heading,), groups, heading)


def _table(first: int, rows: list[str], taken: frozenset[int], groups: _Groups, heading: str) -> None:
    """Rows that begin with a number or hold a box."""
    group = _Group("rows", heading)
    for at, row in enumerate(rows, first):
        cells = [visible(cell) for cell in row.strip().strip("|").split("|")]
        box = _BOX.search(row)
        if at in taken or not (box or re.fullmatch(r"\d{1,3}[.)]?", cells[0]) or _NUMBER.match(cells[0])):
            continue
        group.marked |= box is not None
        words = [re.sub(r"^\W*\d{0,3}[.)]?\s*", "", cell) for cell in cells]
        group.items.append((at, next((cell for cell in words if len(cell) > 2), "")))
    if group.items:
        groups["rows", first] = group


def _list(block: Block, taken: frozenset[int], groups: _Groups, heading: str) -> None:
    group = _Group("list" if block.ordered else "bullets", heading, plain=not block.ordered)
    for item in block.children:
        if item.step is not None or item.line in taken:
            return  # the others of its kind were not: somebody has decided so
        first = item.children[0] if item.children else None
        if first is not None and first.kind == "paragraph" and not _LINK.fullmatch(first.text.strip()):
            group.items.append((item.line, visible(split(first.text)[0])))
        _collect(item.children[1:], taken, groups, heading)
    groups["list", block.line] = group


def _notice(group: _Group) -> Notice:
    lines = [str(line) for line, _ in group.items]
    named = ", ".join(lines[:_MOST_LINES]) + (" …" if len(lines) > _MOST_LINES else "")
    message, hint = _SAID[group.kind]
    where = told(" under “%(heading)s”", heading=group.heading) if group.heading else ""
    said = told(message, where=where, first=_short(group.items[0][1]), lines=named)
    return group.items[0][0], RULE, said, told(hint, heading=group.heading or told("its heading"))


def _short(text: str, longest: int = 40) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
