"""Several procedures in one document: where each begins and ends, and whether its author meant several.

The parts are the sections with steps under the headings of one level. A document with a task for a title
is one procedure, and its sections are phases of it; “Members' desk” with “Add a member” is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tracker.sop import attributes, imperatives, languages, wording
from tracker.sop.blocks import Block
from tracker.sop.model import Notice
from tracker.sop.text import visible
from tracker.sop.titles import NUMBERED
from tracker.sop.told import told

RULE = "several-procedures"

_HOW_TO = re.compile(r"(?:how (?:to|do (?:i|you|we))|to)\s+", re.I)
_WIDE = re.compile(
    r"(?:manag|handl|us|maintain|administ(?:er|rat)|work(?:ing)? with|look(?:ing)? after)(?:e|ing)?\b", re.I
)
# A title that names one procedure, and a heading that does, though neither tells anybody to do anything.
_ONE = re.compile(
    r"\b(?:process|procedure|checklist|workflow|onboarding|offboarding|sop|ablauf|prozess|checkliste|procédure|"
    r"processus|proceso|procedimiento|processo|procedura)\b|\w(?:tion|sion)$",
    re.I,
)
_NAMED = re.compile(r"\bchecklist$|\bprocedure$|checkliste$|^(?:steps|checklist|procedure) for\b", re.I)
_PHASE = re.compile(
    r"(?:before|after|during|while|prepar\w*|clean(?:ing)? up|wrap(?:ping)? up|finish\w*)\b", re.I
)
_FEWEST = 3  # that are told from phases of one; with “How to …” over each two are enough


class Part(NamedTuple):
    """A section with steps: its heading, and its lines from `first` to before `end` (None: the last)."""

    title: str
    level: int
    first: int
    end: int | None
    blocks: Sequence[Block]


def parts(tree: Sequence[Block]) -> list[Part]:
    """The sections with steps under headings of the uppermost level that has two of them; or none."""
    levels = sorted({block.level for block in tree if _is_heading(block)})
    for level in levels:
        found = [part for part in _sections(tree, level) if _step_lists(part.blocks)]
        if len(found) > 1:
            return found
    return []


def notices(tree: Sequence[Block], title: str) -> Iterator[Notice]:
    """Whether a document called `title` holds several procedures, which share one checklist then."""
    found = parts(tree)
    if not found or _ONE.search(title):
        return
    language = languages.language_of(" ".join([title, *(part.title for part in found)]))
    asked = all(_HOW_TO.match(part.title) for part in found)
    one = _is_task(title, language) and not _WIDE.match(title)
    if one or len(found) < (2 if asked else _FEWEST):
        return
    if not all(_stands_alone(part, language) for part in found):
        return
    names = ", ".join(f"“{part.title}” (line {part.first})" for part in found[:4])
    message = told(
        "%(n)s procedures share one checklist: %(names)s%(what)s.",
        n=len(found),
        names=names,
        what=" …" if len(found) > 4 else "",
    )
    hint = told("“holdfast adopt --split FILE” makes an SOP of each; move a file out of sops/ first.")
    yield found[0].first, RULE, message, hint


def _sections(tree: Sequence[Block], level: int) -> Iterator[Part]:
    starts = [n for n, block in enumerate(tree) if _is_heading(block) and block.level <= level]
    for n, end in zip(starts, [*starts[1:], None], strict=True):
        if tree[n].level == level:
            title = visible(attributes.split(tree[n].text)[0])
            yield Part(title, level, tree[n].line, tree[end].line if end else None, tree[n + 1 : end])


def _is_heading(block: Block) -> bool:
    return block.kind == "heading" and block.step is None


def _step_lists(blocks: Sequence[Block]) -> list[list[Block]]:
    """The lists of steps in a section, each with its steps; titles that are steps are one list."""
    lists: list[list[Block]] = []
    titles = [block for block in blocks if block.step is not None]
    for block in blocks:
        items = [item for item in block.children if item.step is not None]
        if items:
            lists.append(items)
        elif block.kind in ("element", "quote", "admonition", "list"):
            lists += [inner for child in [block, *block.children] for inner in _step_lists(child.children)]
    return [titles, *lists] if titles else lists


def _stands_alone(part: Part, language: str) -> bool:
    """Whether a section is a procedure of its own: it names a task, and counts its steps from one."""
    first = _step_lists(part.blocks)[0]
    counted = first[0].kind == "item" and (first[0].checkbox is not None or first[0].number == 1)
    return counted and len(first) > 1 and not _PHASE.match(part.title) and _is_task(part.title, language)


def _is_task(title: str, language: str) -> bool:
    if NUMBERED.match(title):
        return False
    if _HOW_TO.match(title) or _NAMED.search(title):
        return True
    return wording.names_a_task(title) or imperatives.orders(title, language)
