"""Rates and their uncertainty."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

FEWEST = 10
"""Below this many instances a rate would say more than anybody knows."""


class Interval(NamedTuple):
    low: float
    high: float


def wilson(count: int, n: int, z: float = 1.96) -> Interval:
    """Wilson's score interval for `count` of `n` (Wilson 1927; STATISTICS.md, section 1).

    >>> low, high = wilson(3, 30)
    >>> f"{low:.3f} {high:.3f}"
    '0.035 0.256'

    Raises ValueError unless 0 <= count <= n and n > 0.
    """
    if n <= 0 or not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no proportion")
    p = count / n
    middle = p + z * z / (2 * n)
    spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def percent(share: float) -> str:
    """A share in whole percent, or with one decimal below 10 %; what is not all is never 100 %.

    >>> percent(0.256), percent(0.0346), percent(0.0), percent(0.996), percent(0.99999)
    ('26%', '3.5%', '0%', '99.6%', '99.9%')
    """
    if 0.995 <= share < 1:
        return f"{min(share, 0.999):.1%}"
    return f"{share:.0%}" if round(share, 3) >= 0.1 or share == 0 else f"{share:.1%}"


def rate(count: int, n: int) -> float | None:
    """The rate, or None below FEWEST instances.

    >>> rate(3, 30), rate(3, 9)
    (0.1, None)
    """
    return count / n if n >= FEWEST else None
