"""Where most of what is lost is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")


def pareto(losses: Mapping[K, int]) -> list[tuple[K, int, float]]:
    """Steps or reasons by instances lost: (which, how many, share of all so far). Juran 1951.

    What lost nothing is left out; equals keep their order.

    >>> pareto({"no label": 2, "no time": 6, "broken": 0})
    [('no time', 6, 0.75), ('no label', 2, 1.0)]

    Raises ValueError for a negative number.
    """
    if any(count < 0 for count in losses.values()):
        raise ValueError("less than nothing was lost")
    total, so_far, rows = sum(losses.values()), 0, []
    for which, count in sorted(losses.items(), key=lambda item: -item[1]):
        if count:
            so_far += count
            rows.append((which, count, so_far / total))
    return rows
