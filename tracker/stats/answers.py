"""What answers say about how they came to be: worth a look, and a proof of nothing.

No Benford: what is measured on a floor is bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from decimal import Decimal
from math import erfc, exp, inf, pi, sqrt
from statistics import pstdev
from typing import NamedTuple

from tracker.stats import beta

LAST_TENTH = 0.1
IN_A_ROW = 10
ENOUGH_VALUES = 50
ENOUGH_DISTINCT = 10
SPREAD = 5.0  # standard deviation in units of the last digit; below it the digits are uneven by nature
BAND = 0.05


class Streak(NamedTuple):
    start: int
    length: int


class Heap(NamedTuple):
    limit: float
    inside: int
    """Values in the last twentieth before the limit,"""
    beside: int
    """those in the twentieth before it,"""
    p_value: float
    """and how likely it is that so many more lie at the limit by chance."""


def shift_end(late: int, ticks: int) -> float:
    """How likely it is that at least `late` of `ticks` fall into the last tenth of a shift by chance: the
    upper tail of the binomial distribution, P(X >= k) = I_p(k, n - k + 1). (STATISTICS.md, section 8;
    Abramowitz and Stegun 26.5.24.)

    >>> round(shift_end(3, 10), 4)
    0.0702

    Raises ValueError unless 0 <= late <= ticks.
    """
    if not 0 <= late <= ticks:
        raise ValueError(f"{late} of {ticks} is no count")
    return beta.cdf(LAST_TENTH, late, ticks - late + 1) if late else 1.0


def same_in_a_row(answers: Sequence[Hashable]) -> Streak | None:
    """The longest streak of the same answers, run after run, or None below ten in a row.

    >>> same_in_a_row(["20.5"] * 12 + ["20.7"])
    Streak(start=0, length=12)
    >>> same_in_a_row(["20.5"] * 9 + ["20.7"]) is None
    True
    """
    longest, start = Streak(0, 0), 0
    for at, answer in enumerate(answers):
        if answer != answers[start]:
            start = at
        longest = max(longest, Streak(start, at - start + 1), key=lambda streak: streak.length)
    return longest if longest.length >= IN_A_ROW else None


def last_digits(values: Sequence[Decimal]) -> float | None:
    """How likely it is that the last digits are so uneven by chance: chi-squared against ten equally
    frequent ones.

    None below 50 values or 10 distinct ones (STATISTICS.md, section 8), and where they spread over less than
    about twenty units of the last digit, as such digits are uneven by nature. All are read with as many
    decimals as the most exact one has.

    >>> round(last_digits([Decimal(n) for n in range(100, 200)]), 3)
    1.0
    >>> last_digits([Decimal(n - n % 5) for n in range(100, 200)]) < 1e-9
    True
    """
    if len(values) < ENOUGH_VALUES or len(set(values)) < ENOUGH_DISTINCT:
        return None
    units = _in_units(values)
    if pstdev(units) < SPREAD:
        return None
    seen = Counter(abs(unit) % 10 for unit in units)
    expected = len(units) / 10
    return chi_squared_tail(sum((seen[digit] - expected) ** 2 / expected for digit in range(10)), 9)


def heaping(values: Sequence[float], low: float | None, high: float | None) -> Heap | None:
    """The limit inside which values heap most, or None below 50 values or 10 distinct ones, and without
    limits.

    Where values thin out towards a limit, the twentieth of the range just inside holds no more of them than
    the one before it; under "as many", the split between both is binomial with 1/2 (the caliper test: Gerber
    and Malhotra 2008). A range without an end on one side is as wide as its values spread. Values beyond a
    limit aren't looked at.

    >>> values = [20 + n * 0.1 for n in range(60)] + [29.9] * 12
    >>> found = heaping(values, 10, 30)
    >>> found.limit, found.inside, found.beside, found.p_value < 0.001
    (30, 12, 0, True)

    Raises ValueError where `low` is not below `high`.
    """
    if low is not None and high is not None and low >= high:
        raise ValueError(f"{low} to {high} are no limits")
    if len(values) < ENOUGH_VALUES or len(set(values)) < ENOUGH_DISTINCT:
        return None
    width = BAND * ((max(values) if high is None else high) - (min(values) if low is None else low))
    heaps = []
    for limit in (low, high):
        if limit is None or width <= 0:
            continue
        depths = [value - limit if limit == low else limit - value for value in values]
        inside = sum(0 <= depth < width for depth in depths)
        beside = sum(width <= depth < 2 * width for depth in depths)
        p_value = beta.cdf(0.5, inside, beside + 1) if inside else 1.0
        heaps.append(Heap(limit, inside, beside, p_value))
    return min(heaps, key=lambda heap: heap.p_value, default=None)


def chi_squared_tail(x: float, freedom: int) -> float:
    """P(X >= x) of the chi-squared distribution, by its finite sums for whole degrees of freedom (Abramowitz
    and Stegun 26.4.4 and 26.4.5): exact, nothing approximated.

    >>> round(chi_squared_tail(16.919, 9), 3), round(chi_squared_tail(5.991, 2), 3)
    (0.05, 0.05)

    Raises ValueError for a negative x or fewer than one degree of freedom.
    """
    if not 0 <= x < inf or freedom < 1:
        raise ValueError(f"chi-squared {x} with {freedom} degrees of freedom")
    half = x / 2
    if freedom % 2:
        total, term, at = erfc(sqrt(half)), exp(-half) * sqrt(half) / (sqrt(pi) / 2), 1.5
    else:
        total, term, at = 0.0, exp(-half), 1.0
    for _ in range(freedom // 2):
        total += term
        term *= half / at
        at += 1
    return min(1.0, total)


def _in_units(values: Sequence[Decimal]) -> list[int]:
    """The values as whole numbers of their last digit."""
    exponents = [value.normalize().as_tuple().exponent for value in values]
    decimals = max(0, *(-exponent for exponent in exponents if isinstance(exponent, int)))
    return [int(value.scaleb(decimals)) for value in values]
