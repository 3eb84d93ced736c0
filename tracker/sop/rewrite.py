"""Blocks written out for Python-Markdown: every structure as a pair of marks, every text at column 0.

Python-Markdown wants four spaces a level and ends a list at a fence in column 0. Instead of repairing the
author's indentation the structure is handed over as marks, and `tracker.sop.markdown` builds the elements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.sop import tables
from tracker.sop.blocks import Block

OPEN, CLOSE, END = "\ue0f1", "\ue0f2", "\ue0f3"
LONGEST = 20_000  # a longer paragraph is shown as plain text: inline patterns take too long on it


@dataclass(slots=True)
class Budget:
    """What is left to spend on inline patterns in one document; about a second in all."""

    left: int = 1_000_000


def write(blocks: list[Block], nodes: list[Block]) -> str:
    """The text for Python-Markdown. `nodes` receives the structural blocks by their number."""
    out: list[str] = []
    _write(blocks, nodes, out, Budget())
    return "\n\n".join(out)


def clean(source: str) -> str:
    """`source` without the characters that mark structure."""
    return re.sub(f"[{OPEN}{CLOSE}{END}\x02\x03]", "", source)


def _write(blocks: list[Block], nodes: list[Block], out: list[str], budget: Budget) -> None:
    for block in blocks:
        if block.kind == "code" or (_is_plain(block) and _affordable(block.text, budget)):
            out.append(_harmless(block.text))
        elif block.kind == "rule":
            out.append("---")
        else:
            _structure(block, nodes, out, budget)


def _is_plain(block: Block) -> bool:
    """Whether a block is a text, or a table, that needs no mark: no step is anchored in it."""
    if block.kind == "table":
        return all(row.step is None for row in block.children)
    return block.kind == "paragraph" and block.step is None


def _structure(block: Block, nodes: list[Block], out: list[str], budget: Budget) -> None:
    number = len(nodes)
    nodes.append(block)
    out.append(f"{OPEN}{number}{END}")
    if block.kind == "heading" or (block.kind == "paragraph" and block.step is not None):
        out.append(_harmless(block.text))
    if block.kind == "table":
        out.append(_harmless(tables.without_attributes(block.text)))
    else:
        _write(block.children, nodes, out, budget)
    out.append(f"{CLOSE}{number}{END}")


def _affordable(text: str, budget: Budget) -> bool:
    """Whether inline patterns may run on `text`: their time grows with the square of its brackets."""
    parts = text.split("\n") if "|" in text.split("\n", 1)[0] else [text]
    cost = sum(part.count("[") ** 2 for part in parts)
    if len(text) > LONGEST or cost > budget.left:
        return False
    budget.left -= cost
    return True


def _harmless(text: str) -> str:
    """Openings of comments, declarations and instructions that never close would swallow the rest."""
    return re.sub(r"<(?=[!?])", "&lt;", text) if "<!" in text or "<?" in text else text
