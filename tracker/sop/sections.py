"""Which blocks are steps: the rule of a careful human reader, from general signals only.

Tasks always, rows of tables with a box too; ordered items where their section tells the reader what to do
(`tracker.sop.procedures`); numbered headings where the document is a procedure (`tracker.sop.step_titles`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tracker.sop import attributes, procedures, step_titles
from tracker.sop.blocks import TITLE, Block
from tracker.sop.context import Context, Place, is_title, own_text, plain
from tracker.sop.text import visible

__all__ = ["FoundStep", "find", "own_text"]


@dataclass(slots=True)
class FoundStep:
    """A step as found: its block, its text without attributes, and where it stands."""

    block: Block
    text: str
    depth: int
    parent: int | None
    braces: str | None = None


@dataclass
class _Walk:
    context: Context
    found: list[FoundStep] = field(default_factory=list)
    headings: list[Block] = field(default_factory=list)
    numbered: dict[int, Block] = field(default_factory=dict)
    inside: bool = False  # under the heading named by `steps:`
    rejected: bool = False  # inside of a numbered item that is no step
    label: str = ""  # the last bold line under the heading
    step_headings: list[tuple[int, int]] = field(default_factory=list)  # (level, index of the step)

    @property
    def only(self) -> str | None:
        return self.context.only


def find(blocks: list[Block], steps: str | None = None) -> list[FoundStep]:
    """The steps among `blocks`, in document order; sets `Block.step` on each.

    `steps` is the heading whose lists are the steps, or "none"; None leaves it to the signals.
    """
    if steps is not None and steps.strip().lower() == "none":
        return []
    context = Context(blocks, steps)
    walk = _Walk(context)
    walk.numbered = step_titles.steps(context)
    _visit(blocks, walk, None, 1)
    return walk.found


def _visit(blocks: list[Block], walk: _Walk, parent: int | None, depth: int) -> None:
    intro: Block | None = None
    for block in blocks:
        if is_title(block) and (block.kind == "heading" or id(block) in walk.numbered):
            _enter(block, walk, depth)
        elif block.kind in ("list", "table"):
            inner, level = _place(walk, parent, depth)
            (_visit_list if block.kind == "list" else _visit_table)(block, walk, inner, level, intro)
        elif block.kind == "element":
            _visit_element(block, walk, parent, depth)
        elif block.kind in ("quote", "admonition"):
            _visit_container(block, walk, *_place(walk, parent, depth))
        elif label := procedures.as_label(block):
            walk.label = label
        intro = block


def _place(walk: _Walk, parent: int | None, depth: int) -> tuple[int | None, int]:
    """The step that what comes next belongs to, and its depth: under a heading that is a step, that one."""
    if walk.step_headings and parent is None:
        return walk.step_headings[-1][1], depth + len(walk.step_headings)
    return parent, depth


def _visit_element(block: Block, walk: _Walk, parent: int | None, depth: int) -> None:
    """What stands in an element of HTML follows what is before it; a heading in it ends with it."""
    before = list(walk.headings), list(walk.step_headings), walk.label
    _visit(block.children, walk, parent, depth)
    if block.name == "summary":
        return
    opened = [heading.level for heading in walk.headings if all(heading is not other for other in before[0])]
    walk.label = before[2]
    if opened:
        walk.headings = [heading for heading in before[0] if heading.level < min(opened)]
        walk.step_headings = [item for item in before[1] if item[0] < min(opened)]


def _visit_container(block: Block, walk: _Walk, parent: int | None, depth: int) -> None:
    before = walk.headings, walk.step_headings, walk.label
    walk.headings, walk.step_headings, walk.label = list(walk.headings), [], ""
    if not (block.kind == "admonition" and block.name.split(" ")[0] == "recovery"):
        _visit(block.children, walk, parent, depth)
    walk.headings, walk.step_headings, walk.label = before


def _enter(block: Block, walk: _Walk, depth: int) -> None:
    while walk.headings and walk.headings[-1].level >= block.level:
        walk.headings.pop()
    walk.headings.append(block)
    walk.label = ""
    while walk.step_headings and walk.step_headings[-1][0] >= block.level:
        walk.step_headings.pop()
    if walk.only and block.level < TITLE:
        walk.inside = any(plain(attributes.split(h.text)[0]) == walk.only for h in walk.headings)
    if id(block) in walk.numbered and (not walk.only or walk.inside):
        parent = walk.step_headings[-1][1] if walk.step_headings else None
        index = _add(block, walk, parent, depth + len(walk.step_headings))
        if index is not None:
            walk.step_headings.append((block.level, index))


def _visit_list(block: Block, walk: _Walk, parent: int | None, depth: int, intro: Block | None) -> None:
    steps = block.ordered and _is_procedure(block, walk, parent, intro)
    for item in block.children:
        inner, level = parent, depth
        if item.checkbox is not None or steps:
            index = None if walk.only and not walk.inside else _add(item, walk, parent, depth)
            if index is not None:
                inner, level = index, depth + 1
        before = walk.headings, walk.step_headings, walk.rejected, walk.label
        walk.headings, walk.step_headings, walk.label = list(walk.headings), [], ""
        walk.rejected = (walk.rejected or block.ordered) and inner == parent and item.checkbox is None
        _visit(item.children, walk, inner, level)
        walk.headings, walk.step_headings, walk.rejected, walk.label = before


def _visit_table(block: Block, walk: _Walk, parent: int | None, depth: int, intro: Block | None) -> None:
    for row in block.children:
        if not walk.only or walk.inside:
            _add(row, walk, parent, depth)


def _is_procedure(block: Block, walk: _Walk, parent: int | None, intro: Block | None) -> bool:
    if walk.only:
        return walk.inside
    if walk.rejected:
        return False
    place = Place(walk.context, walk.headings, parent, intro, walk.label)
    return procedures.is_procedure(block, place)


def _add(block: Block, walk: _Walk, parent: int | None, depth: int) -> int | None:
    written, braces = attributes.split(own_text(block))
    text = visible(written)
    if not text and not braces and not block.children:
        return None
    block.step = len(walk.found)
    walk.found.append(FoundStep(block, text, depth, parent, braces))
    return block.step
