"""What people call a step by: 1, 2, 2a, 2b, 2b1, 3; the same on the site, in a run and in a report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Numbered(Protocol):
    """What a number is made of; the steps of a document and those of a revision have it."""

    @property
    def key(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def depth(self) -> int: ...


def numbers(steps: Iterable[Numbered]) -> dict[str, str]:
    """The number of each step by its key, counted through all lists of the document."""
    names: dict[str, str] = {}
    counts: dict[str | None, int] = {}
    for step in steps:
        parent = step.parent if step.parent in names else None
        counts[parent] = n = counts.get(parent, 0) + 1
        own = chr(96 + n) if step.depth == 2 and n <= 26 else str(n)
        names[step.key] = names[parent] + own if parent else str(n)
    return names
