"""Rates and their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
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
    """A share in whole percent, or with one decimal below 10 %; what is not all is never 100 %, what is not
    nothing never 0 %.

    >>> percent(0.256), percent(0.0346), percent(0.0), percent(0.996), percent(0.99999), percent(2 / 8548)
    ('26%', '3.5%', '0%', '99.6%', '99.9%', '<0.1%')
    """
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.995 <= share < 1:
        return f"{min(share, 0.999):.1%}"
    return f"{share:.0%}" if round(share, 3) >= 0.1 or share == 0 else f"{share:.1%}"


def points(difference: float) -> str:
    """A difference of two shares in whole percentage points, below one with a decimal.

    >>> points(0.004), points(0.03), points(0.123)
    ('0.4', '3', '12')
    """
    exact = difference >= 0.01 or difference <= 0
    return str(round(100 * difference)) if exact else percent(difference).removesuffix("%")


class Part(NamedTuple):
    """A part of a whole in percent, and the same of it and all parts before it together."""

    own: str
    so_far: str


def percents(counts: Sequence[int]) -> list[Part]:
    """The parts of a whole in percent, so that what is shown adds up to 100.

    By the largest remainder (Hamilton's method); with one decimal if a part is below 10 %. What is not
    nothing takes the least there is, at the cost of the largest.

    >>> [part.own for part in percents([372, 188, 106, 41])]
    ['52.6%', '26.6%', '15.0%', '5.8%']
    >>> percents([2, 1, 0])
    [Part(own='67%', so_far='67%'), Part(own='33%', so_far='100%'), Part(own='0%', so_far='100%')]
    >>> [part.own for part in percents([8546, 2])]
    ['99.9%', '<0.1%']

    Raises ValueError if a count is negative.
    """
    if any(count < 0 for count in counts):
        raise ValueError(f"{counts} are no counts")
    total = sum(counts)
    if not total:
        return [Part("0%", "0%") for _ in counts]
    whole = all(10 * count >= total for count in counts if count)
    units = _apportioned(counts, 100 if whole else 1000)
    sums = accumulate(units)
    return [
        Part("<0.1%" if 0 < count < 0.0005 * total else _of_units(own, whole), _of_units(so_far, whole))
        for count, own, so_far in zip(counts, units, sums, strict=True)
    ]


def _apportioned(counts: Sequence[int], seats: int) -> list[int]:
    """Whole numbers in proportion to counts that add up to `seats`; at least 1 for what is not nothing."""
    total = sum(counts)
    exact = [seats * count / total for count in counts]
    given = [max(int(share), 1) if share else 0 for share in exact]
    while (rest := seats - sum(given)) > 0:
        for place in sorted(range(len(counts)), key=lambda place: given[place] - exact[place])[:rest]:
            given[place] += 1
    while sum(given) > seats:
        given[given.index(max(given))] -= 1
    return given


def _of_units(units: int, whole: bool) -> str:
    if whole:
        return f"{units}%"
    return f"{units / 10:.1f}%" if 0 < units < 1000 else f"{units // 10}%"


def rate(count: int, n: int) -> float | None:
    """The rate, or None below FEWEST instances.

    >>> rate(3, 30), rate(3, 9)
    (0.1, None)
    """
    return count / n if n >= FEWEST else None
