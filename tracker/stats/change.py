"""Whether a rate has changed, since about when, and whether a revision helped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log, sqrt
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from tracker.stats import beta
from tracker.stats.rates import FEWEST, Interval, wilson

Days = Sequence[tuple[int, int]]
"""(count, n) of each period, in order of time."""

THRESHOLDS = ((0.02, 2.6), (0.05, 2.8), (0.10, 3.5), (0.20, 4.2), (0.30, 4.7), (0.40, 5.1))
"""(usual rate, height of an alarm). The first three have 2 049, 1 037 and 1 064 instances between false
alarms, and see a doubling within about 245, 102 and 63 (STATISTICS.md, section 4).
The others keep about 1 000."""


class Verdict(NamedTuple):
    """`word`: better, worse, same; early while about `more` runs are missing.

    `low` and `high` bound the difference, after minus before.
    """

    word: str
    low: float | None
    high: float | None
    more: int


@dataclass(frozen=True, slots=True)
class Change:
    """`index`: the first period of the new rate. `before`, `after`: the rates. `p_value`: of no change."""

    index: int
    p_value: float
    before: float
    after: float


def exact_limits(n: int, p: float, alpha: float = 0.0027) -> tuple[int, int]:
    """The counts that n instances at rate p stay within, but for alpha; half of it at either side.

    A p-chart with exact binomial limits instead of three sigma (Ryan 2011, 6.1.2). A period above `high` or
    below `low` stands out.

    >>> exact_limits(30, 0.01), exact_limits(200, 0.1)
    ((0, 3), (8, 34))

    Raises ValueError unless n >= 0, 0 <= p <= 1 and 0 < alpha < 1.
    """
    if n < 0 or not 0 <= p <= 1 or not 0 < alpha < 1:
        raise ValueError(f"{n} instances at {p} with {alpha} have no limits")
    return _binomial_quantile(alpha / 2, n, p), _binomial_quantile(1 - alpha / 2, n, p)


def _binomial_quantile(share: float, n: int, p: float) -> int:
    """The least count k with P(X <= k) >= share. P(X <= k) is that of a beta variable above p."""
    low, high = 0, n
    while low < high:
        k = (low + high) // 2
        if 1 - beta.cdf(p, k + 1, n - k) >= share:
            high = k
        else:
            low = k + 1
    return low


def threshold(p0: float) -> float:
    """How high the CUSUM of a step with the usual rate p0 may climb; straight lines between the THRESHOLDS.

    >>> threshold(0.05), round(threshold(0.075), 2), threshold(0.001)
    (2.8, 3.15, 2.6)

    Raises ValueError unless 0 < p0 < 0.5: a greater rate can't double.
    """
    if not 0 < p0 < 0.5:
        raise ValueError(f"a rate of {p0} can't double")
    for (low, at_low), (high, at_high) in pairwise(THRESHOLDS):
        if p0 <= high:
            return at_low + max(0.0, p0 - low) / (high - low) * (at_high - at_low)
    return THRESHOLDS[-1][1]


def cusum(days: Days, p0: float) -> list[int]:
    """The periods in which a Bernoulli CUSUM says that the rate p0 has doubled; it restarts after each.

    Reynolds and Stoumbos 1999: S = max(0, S + w), w = ln(p1/p0) for a loss, else ln((1-p1)/(1-p0)),
    p1 = 2 p0. The losses of a period count as evenly spread over it, which makes false alarms rarer.

    >>> cusum([(1, 20)] * 30 + [(4, 20)] * 5, 0.05)
    [31, 32, 34]

    Raises ValueError unless 0 < p0 < 0.5 and 0 <= count <= n.
    """
    most = threshold(p0)
    up, down = log(2), log((1 - 2 * p0) / (1 - p0))
    alarms: list[int] = []
    height = 0.0
    for index, (count, n) in enumerate(days):
        _check(count, n)
        fine = (n - count) / (count + 1) * down
        for _ in range(count):
            height = max(0.0, height + fine) + up
            if height >= most:
                height = 0.0
                if not alarms or alarms[-1] != index:
                    alarms.append(index)
        height = max(0.0, height + fine)
    return alarms


def newcombe(x1: int, n1: int, x2: int, n2: int) -> Interval:
    """The 95 % interval of the difference x2/n2 - x1/n1 (Newcombe 1998, method 10; his example a).

    >>> low, high = newcombe(48, 80, 56, 70)
    >>> f"{low:.4f} {high:.4f}"
    '0.0524 0.3339'

    Raises ValueError unless 0 <= x <= n and n > 0 on both sides.
    """
    first, second = wilson(x1, n1), wilson(x2, n2)
    p1, p2 = x1 / n1, x2 / n2
    return Interval(
        p2 - p1 - sqrt((p2 - second.low) ** 2 + (first.high - p1) ** 2),
        p2 - p1 + sqrt((second.high - p2) ** 2 + (p1 - first.low) ** 2),
    )


def runs_needed(p_before: float, p_after: float | None = None, power: float = 0.8) -> int:
    """The runs on either side that show a fall from one rate to another; half of it if none is given.

    The normal formula for two proportions at 5 %, both sides (Fleiss, Levin and Paik 2003, 4.2).

    >>> runs_needed(0.2), runs_needed(0.1), runs_needed(0.05)
    (199, 435, 906)

    Raises ValueError unless both lie between 0 and 1 and differ, and 0 < power < 1.
    """
    after = p_before / 2 if p_after is None else p_after
    if not (0 <= p_before <= 1 and 0 <= after <= 1 and 0 < power < 1) or p_before == after:
        raise ValueError(f"no number of runs shows a change from {p_before} to {after}")
    middle = (p_before + after) / 2
    sure, seen = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(power)
    spread = sure * sqrt(2 * middle * (1 - middle))
    spread += seen * sqrt(p_before * (1 - p_before) + after * (1 - after))
    return ceil((spread / (p_before - after)) ** 2)


def verdict(before: tuple[int, int], after: tuple[int, int], planned: int) -> Verdict:
    """Whether a rate is lower after a revision: (count, n) on either side, `planned` instances after it.

    Newcombe's interval, looked at once: keep the first word that is not early, for to look at every new run
    until it says better says so in 13-15 % of cases where nothing changed. `before` must not be what raised
    the flag, which looks worse than it is; with less than FEWEST of it the word stays early.

    >>> word, low, high, _ = verdict((40, 200), (20, 200), 199)
    >>> f"{word} by {-high:.0%} to {-low:.0%}"
    'better by 3% to 17%'
    >>> verdict((40, 200), (2, 30), 199)
    Verdict(word='early', low=None, high=None, more=169)

    Raises ValueError unless 0 <= count <= n on both sides.
    """
    _check(*before)
    _check(*after)
    if after[1] < max(planned, FEWEST) or before[1] < FEWEST:
        return Verdict("early", None, None, max(0, max(planned, FEWEST) - after[1]))
    low, high = newcombe(*before, *after)
    return Verdict("better" if high < 0 else "worse" if low > 0 else "same", low, high, 0)


def began(days: Days, permutations: int = 999, seed: int = 0) -> Change | None:
    """Where a rate most likely changed, once; None if no change can be shown (p > 0.05).

    The largest binomial likelihood ratio over all points with at least FEWEST instances on either side
    (Worsley 1983), against as many orders of the same periods. "Began around", never "caused by".

    >>> change = began([(1, 20), (0, 20), (1, 20), (1, 20), (0, 20)] * 4 + [(4, 20)] * 10)
    >>> change.index, change.p_value, round(change.before, 3), change.after
    (20, 0.001, 0.03, 0.2)
    >>> began([(1, 20), (0, 20)] * 15) is None
    True

    Raises ValueError unless 0 <= count <= n for each.
    """
    for count, n in days:
        _check(count, n)
    split, index = _split(days)
    if not index:
        return None
    chance, shuffled = Random(seed), list(days)
    as_good = 0
    for _ in range(permutations):
        chance.shuffle(shuffled)
        as_good += _split(shuffled)[0] >= split
        if (as_good + 1) / (permutations + 1) > 0.05:
            return None
    before, after = (tuple(map(sum, zip(*part, strict=True))) for part in (days[:index], days[index:]))
    p_value = (as_good + 1) / (permutations + 1)
    return Change(index, p_value, before[0] / before[1], after[0] / after[1])


def _split(days: Days) -> tuple[float, int]:
    """The likelihood ratio of the best point to split at, and its index; 0 if there is none."""
    count, n = sum(c for c, _ in days), sum(n for _, n in days)
    best, where, x, m = -1.0, 0, 0, 0
    whole = _fit(count, n)
    for index, (c, k) in enumerate(days, 1):
        x, m = x + c, m + k
        if m < FEWEST:
            continue
        if n - m < FEWEST:
            break
        ratio = _fit(x, m) + _fit(count - x, n - m) - whole
        if ratio > best:
            best, where = ratio, index
    return best, where


def _fit(count: int, n: int) -> float:
    """The logarithm of the likelihood of `count` of `n` at their own rate."""
    rest = n - count
    return (count * log(count / n) if count else 0.0) + (rest * log(rest / n) if rest else 0.0)


def _check(count: int, n: int) -> None:
    if n < 0 or not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no proportion")
