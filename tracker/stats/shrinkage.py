"""What a step's rate probably is, given how the other steps of the library do (empirical Bayes)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from math import exp, lgamma, log
from typing import NamedTuple

from tracker.stats import beta

FEWEST_STEPS = 8
"""Fewer say too little about how steps differ."""


class Prior(NamedTuple):
    """Beta(a, b): how rates are spread over the steps. It weighs as much as a + b instances."""

    a: float
    b: float


WEAK = Prior(0.5, 19.5)
"""For a library with few steps. A mean of 2.5 %, half of the default tolerance: a step is presumed fine, as
most are. Its weight of 20 instances keeps 2 failures in 10 from being flagged; 100 outweigh it by far."""

LIGHTEST, HEAVIEST = 1.0, 100.0
"""Bounds of a + b. Steps that agree within chance fit any weight, the more the better; then the one step that
differs could not say so, and ranges were too short (simulated with few instances: 84 % instead of 90 %)."""


class Posterior(NamedTuple):
    """What is known of a rate: its mean, and the range that it lies in with 90 %."""

    mean: float
    low: float
    high: float


def fit(pairs: Iterable[tuple[int, int]]) -> Prior:
    """The prior that makes (count, n) of the steps most likely: beta-binomial by maximum likelihood.

    Skellam 1948; STATISTICS.md, section 2. Steps without instances say nothing; with fewer than FEWEST_STEPS
    others it is WEAK. The weight a + b stays between LIGHTEST and HEAVIEST, the mean at least half an
    instance away from never and from always.

    >>> a, b = fit([(0, 40), (1, 50), (2, 60), (1, 30), (0, 80), (9, 60), (3, 90), (1, 70)])
    >>> f"{a:.2f} {b:.1f}, mean {a / (a + b):.3f}"
    '1.04 27.9, mean 0.036'
    >>> fit([(1, 40)] * 7) == WEAK
    True

    Raises ValueError unless 0 <= count <= n.
    """
    known = [_proportion(count, n) for count, n in pairs if (count, n) != (0, 0)]
    if len(known) < FEWEST_STEPS:
        return WEAK
    total = sum(n for _, n in known)
    edge = 0.5 / total
    mean = min(1 - edge, max(edge, sum(count for count, _ in known) / total))
    middle, weight = _climb(
        _likelihood(known),
        (log(mean / (1 - mean)), log(30)),
        ((log(edge / (1 - edge)), -log(edge / (1 - edge))), (log(LIGHTEST), log(HEAVIEST))),
    )
    return _prior(middle, weight)


def _prior(middle: float, weight: float) -> Prior:
    """From the logit of the mean and the logarithm of the weight."""
    mean = 1 / (1 + exp(-middle))
    return Prior(exp(weight) * mean, exp(weight) * (1 - mean))


def _likelihood(pairs: list[tuple[int, int]]) -> Callable[[tuple[float, float]], float]:
    """The logarithm of the beta-binomial likelihood, but for what does not depend on the prior.

    Its terms need the count, the rest and n apart, so steps that are equal in one of them share the work.
    """
    counts = Counter(count for count, _ in pairs if count)
    rests = Counter(n - count for count, n in pairs if n > count)
    wholes = Counter(n for _, n in pairs)
    terms = [list(counter.items()) for counter in (counts, rests, wholes)]
    numbers = [sum(counter.values()) for counter in (counts, rests, wholes)]

    def value(place: tuple[float, float]) -> float:
        a, b = _prior(*place)
        one, two, three = (
            sum([times * lgamma(k + start) for k, times in term]) - number * lgamma(start)
            for term, number, start in zip(terms, numbers, (a, b, a + b), strict=True)
        )
        return one + two - three

    return value


def _climb(
    height: Callable[[tuple[float, float]], float],
    place: tuple[float, float],
    bounds: tuple[tuple[float, float], tuple[float, float]],
) -> tuple[float, float]:
    """The highest place, by compass search (Fermi and Metropolis 1952): a step in one of four directions, or
    half the step where none leads up."""
    step, top = 1.0, height(place)
    while step > 1e-3:
        for direction, sign in ((0, 1), (0, -1), (1, 1), (1, -1)):
            moved = list(place)
            least, most = bounds[direction]
            moved[direction] = min(most, max(least, place[direction] + sign * step))
            there = moved[0], moved[1]
            if there != place and (height_there := height(there)) > top:
                place, top = there, height_there
                break
        else:
            step /= 2
    return place


def _proportion(count: int, n: int) -> tuple[int, int]:
    if n <= 0 or not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no proportion")
    return count, n


def posterior(count: int, n: int, prior: Prior) -> Posterior:
    """What is known of a step's rate after `count` of `n` instances (Efron and Morris 1975).

    Where nothing or everything was lost, never or always is within the range (Brown, Cai and DasGupta 2001).

    >>> mean, low, high = posterior(3, 30, WEAK)
    >>> f"{mean:.3f} {low:.3f} {high:.3f}"
    '0.070 0.022 0.137'

    Raises ValueError unless 0 <= count <= n.
    """
    if n < 0 or not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no proportion")
    a, b = count + prior.a, n - count + prior.b
    low = beta.quantile(0.05, a, b) if count else 0.0
    high = beta.quantile(0.95, a, b) if count < n or not n else 1.0
    return Posterior(a / (a + b), low, high)


def exceeds(count: int, n: int, prior: Prior, tolerance: float) -> float:
    """The probability that the step's rate is above its tolerance.

    The other steps speak for a step, never against it: where their mean is above the tolerance, it counts as
    the tolerance. (A critical step is allowed less than they are; simulated without this, critical steps at
    0.8 % among others at 4 % had only false flags.) With no tolerance at all one loss is too many.

    >>> round(exceeds(3, 30, WEAK, 0.05), 2)
    0.67

    Raises ValueError unless 0 <= count <= n and 0 <= tolerance <= 1.
    """
    if n < 0 or not 0 <= count <= n or not 0 <= tolerance <= 1:
        raise ValueError(f"{count} of {n} against {tolerance} is no proportion")
    if tolerance in (0, 1):
        return float(tolerance == 0 and count > 0)
    weight = prior.a + prior.b
    a = min(prior.a, weight * tolerance)
    return beta.cdf(1 - tolerance, n - count + weight - a, count + a)
