"""Recovery blocks: which step each belongs to, and what keeps one from being shown when that step fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracker.sop.blocks import Block
from tracker.sop.model import Notice
from tracker.sop.told import told

RULE = "stray-recovery"

_TITLES = ("heading", "paragraph")  # a paragraph with a level is read as a heading


def placed(tree: Sequence[Block], inside: int | None = None) -> Iterator[tuple[int | None, Block]]:
    """Each recovery block with its step, by number; a heading's reaches to the next of its level or above."""
    step, level = inside, 0
    for block in tree:
        if block.level and block.kind in _TITLES and (block.step is not None or block.level <= level):
            step, level = (block.step, block.level) if block.step is not None else (inside, 0)
        elif is_recovery(block):
            yield step, block
        else:
            yield from placed(block.children, step if block.step is None else block.step)


def is_recovery(block: Block) -> bool:
    """Whether a block says what to do when a step fails."""
    return block.kind == "admonition" and "recovery" in block.name.split()


def notices(tree: Sequence[Block]) -> Iterator[Notice]:
    """Recovery blocks that nobody would see when a step fails: outside of every step, or without a text."""
    for step, block in placed(tree):
        name = f"The recovery “{block.title}”" if block.title else "The recovery"
        if step is None:
            hint = told("Indent it under its step: four spaces before “!!! recovery”, eight before its text.")
            yield (
                block.line,
                RULE,
                told("%(name)s stands under no step, so no run shows it.", name=name),
                hint,
            )
        elif not block.children:
            hint = told("Indent its text by four spaces more than “!!! recovery”.")
            yield block.line, RULE, told("%(name)s has no text, so no run says what to do.", name=name), hint
