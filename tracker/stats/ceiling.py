"""The operations ceiling: the load at which errors begin to climb.

Daily failures are binomial with logit p = b0 + b1 v + b2 (v - c)+, v being the load (Muggeo 2003; here c is
searched over quantiles of v). Real days are noisier than that: the likelihood ratio against the line without
a kink is divided by the dispersion, and its p-value comes from histories simulated without a kink and as
noisy (beta-binomial; Davison and Hinkley 1997, section 4.2). STATISTICS.md, section 11.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import ceil, exp, inf, log, log1p
from random import Random
from statistics import fmean, pstdev
from typing import NamedTuple

DAYS = 60
ABOVE = 20
FAILURES = 30
LEVEL = 0.05
SIMULATED = 199
LOWEST, HIGHEST = 0.2, 0.9  # the quantiles of v between which the kink is looked for
COARSE, FINE = 12, 60  # at so many places: for the p-value, and then to say where
LIKELY = 3.84  # 95 % of chi-squared with one degree of freedom
CURVE = 24

TURNS = 25
LITTLE = 1e-3  # of log-likelihood
LARGEST = 30.0  # logit: a share of practically one
FURTHEST = 2.0  # a step of Newton's
NOTHING = 1e-9


class Day(NamedTuple):
    load: float
    runs: int
    failed: int


class Ceiling(NamedTuple):
    p_value: float
    """How often a history without a kink looks as much like one as this;"""
    at: float | None
    """where that is rare, the load at which errors begin to climb,"""
    low: float | None
    high: float | None
    """and where it plausibly lies;"""
    busiest: float
    """beyond the highest load nothing is known."""
    dispersion: float
    """How many times noisier than chance the days are."""
    curve: tuple[tuple[float, float], ...]
    """The expected share of failed runs at some loads, to draw."""


class Early(NamedTuple):
    days: int
    """About so many more are needed."""


class _Fit(NamedTuple):
    knot: float
    b0: float
    b1: float
    b2: float
    likelihood: float

    def share(self, load: float) -> float:
        return 1 / (1 + exp(-(self.b0 + self.b1 * load + self.b2 * max(0.0, load - self.knot))))


def ceiling(days: Sequence[Day], seed: int = 1, simulated: int = SIMULATED) -> Ceiling | Early:
    """The ceiling in a history of days, or how many more it takes to tell: 60 days, 20 of them above the
    kink, and 30 failures. A day without runs says nothing and doesn't count. A fraction of a second for 90
    days.

    >>> quiet = [Day(load=100 + n % 60, runs=100 + n % 60, failed=2) for n in range(90)]
    >>> steep = [Day(load, runs, 2 + max(0, runs - 130) // 2) for load, runs, _ in quiet]
    >>> found = ceiling(steep)
    >>> ceiling(quiet).at is None, 120 < found.at < 130, found.busiest
    (True, True, 159)
    >>> ceiling(quiet[:45])
    Early(days=15)

    Raises ValueError for a day with more failed runs than runs, and for runs under no load.
    """
    if any(not 0 <= day.failed <= day.runs or (day.runs and not 0 < day.load < inf) for day in days):
        raise ValueError("a day has at least as many runs as failed ones, and a load above nothing")
    days = [day for day in days if day.runs]
    if more := _days_needed(days):
        return Early(more)
    middle, scale = fmean(day.load for day in days), pstdev(day.load for day in days) or 1.0
    scaled = [Day((load - middle) / scale, runs, failed) for load, runs, failed in days]  # for Newton's sake
    p_value, dispersion = _test(scaled, Random(seed), simulated)
    line = _fit(scaled)
    kinked = _search(scaled, FINE, line) if p_value <= LEVEL else []
    best = max(kinked, key=lambda fit: fit.likelihood, default=line)
    likely = [
        fit.knot * scale + middle
        for fit in kinked
        if 2 * (best.likelihood - fit.likelihood) / dispersion <= LIKELY
    ]
    first, last = min(scaled).load, max(scaled).load
    drawn = [first + (last - first) * step / CURVE for step in range(CURVE + 1)]
    return Ceiling(
        p_value=p_value,
        at=best.knot * scale + middle if kinked else None,
        low=min(likely, default=None),
        high=max(likely, default=None),
        busiest=max(days).load,
        dispersion=dispersion,
        curve=tuple((load * scale + middle, best.share(load)) for load in drawn),
    )


def _days_needed(days: Sequence[Day]) -> int:
    """How many more days it takes at the present pace, 0 when there are enough."""
    failures = sum(day.failed for day in days)
    by_failures = ceil(len(days) * FAILURES / failures) if failures else 0
    return max(0, max(DAYS, by_failures) - len(days))


def _test(days: Sequence[Day], dice: Random, simulated: int) -> tuple[float, float]:
    """The p-value of the best kink, and the dispersion of the days about it.

    Simulating stops as soon as the p-value can't be small any more (Besag and Clifford 1991).
    """
    line = _fit(days)
    observed, dispersion, correlation = _statistic(days)
    enough, as_large = ceil(LEVEL * (simulated + 1)), 0
    for count in range(1, simulated + 1):
        again = [
            day._replace(failed=_failures(dice, day.runs, line.share(day.load), correlation)) for day in days
        ]
        as_large += _statistic(again)[0] >= observed
        if as_large >= enough:
            return as_large / count, dispersion
    return (as_large + 1) / (simulated + 1), dispersion


def _statistic(days: Sequence[Day]) -> tuple[float, float, float]:
    """The likelihood ratio of the best kink over the dispersion; the dispersion; the correlation in a day."""
    line = _fit(days)
    best = max(_search(days, COARSE, line), key=lambda fit: fit.likelihood, default=line)
    spread = []
    for load, runs, failed in days:
        share = best.share(load)
        spread.append((runs, (failed - runs * share) ** 2 / (runs * share * (1 - share))))
    free = len(days) - 3
    dispersion = max(1.0, sum(square for _, square in spread) / free)
    return 2 * (best.likelihood - line.likelihood) / dispersion, dispersion, _correlation(spread, free)


def _correlation(spread: Sequence[tuple[int, float]], free: int) -> float:
    """The correlation within a day under which Pearson's statistic is what it should be (Williams 1982)."""
    low, high = 0.0, 0.5
    for _ in range(20):
        middle = (low + high) / 2
        too_small = sum(square / (1 + (runs - 1) * middle) for runs, square in spread) > free
        low, high = (middle, high) if too_small else (low, middle)
    return low


def _failures(dice: Random, runs: int, share: float, correlation: float) -> int:
    """A beta-binomial number of failures. The gaps between them are geometric: quick where they are rare."""
    if correlation > 1e-5:
        sure = (1 - correlation) / correlation
        share = dice.betavariate(share * sure, (1 - share) * sure)
    if share > 0.5:
        return runs - _failures(dice, runs, 1 - share, 0)
    if share < 1e-9:
        return 0
    step, at, failures = log1p(-share), 0, 0
    while (at := at + 1 + int(log(1 - dice.random()) / step)) <= runs:
        failures += 1
    return failures


def _search(days: Sequence[Day], places: int, start: _Fit) -> list[_Fit]:
    """The fits with a kink upwards, for each place where it may be; each begins where the last one ended."""
    loads = sorted(day.load for day in days)
    last = min(HIGHEST, 1 - (ABOVE + 1) / len(loads))
    at = {int((LOWEST + (last - LOWEST) * place / (places - 1)) * len(loads)) for place in range(places)}
    fits, fit = [], start
    for knot in sorted({loads[index] for index in at}):
        if loads[0] < knot and len(loads) - bisect_right(loads, knot) >= ABOVE:
            fit = _fit(days, knot, fit)
            if fit.b2 > 0 and fit.b1 + fit.b2 > 0:
                fits.append(fit)
    return fits


def _fit(days: Sequence[Day], knot: float = inf, start: _Fit | None = None) -> _Fit:
    """The line of the greatest likelihood, kinked at `knot`, by Newton's steps (IRLS: Nelder and Wedderburn
    1972).

    They end when the next would gain less than what matters, which is then added.
    """
    failures, runs = sum(day.failed for day in days), sum(day.runs for day in days)
    b0, b1, b2 = (
        (start.b0, start.b1, start.b2)
        if start
        else (log((failures + 0.5) / (runs - failures + 0.5)), 0.0, 0.0)
    )
    for _ in range(TURNS):
        likelihood = g0 = g1 = g2 = h00 = h01 = h02 = h11 = h12 = h22 = 0.0
        for load, of, failed in days:
            bend = load - knot if load > knot else 0.0
            score = min(LARGEST, b0 + b1 * load + b2 * bend)
            odds = exp(score)
            expected = of * odds / (1 + odds)
            off, weight = failed - expected, expected / (1 + odds)
            likelihood += failed * score - of * log1p(odds)
            g0 += off
            g1 += off * load
            h00 += weight
            h01 += weight * load
            h11 += weight * load * load
            if bend:
                weight *= bend
                g2 += off * bend
                h02 += weight
                h12 += weight * load
                h22 += weight * bend
        d0, d1, d2 = _solve(h00, h01, h02, h11, h12, h22, g0, g1, g2)
        gain = (g0 * d0 + g1 * d1 + g2 * d2) / 2
        shorten = min(1.0, FURTHEST / max(FURTHEST, abs(d0), abs(d1), abs(d2)))
        b0, b1, b2 = b0 + shorten * d0, b1 + shorten * d1, b2 + shorten * d2
        if gain < LITTLE:
            break
    return _Fit(knot, b0, b1, b2, likelihood + gain)


def _solve(
    a: float, b: float, c: float, d: float, e: float, f: float, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """Solves the symmetric [[a b c] [b d e] [c e f]] by elimination; 0 for what nothing tells."""
    d, e, y = d - b * b / a, e - b * c / a, y - b * x / a
    f, z = f - c * c / a, z - c * x / a
    if d < NOTHING:
        return x / a, 0.0, 0.0
    f, z = f - e * e / d, z - e * y / d
    third = z / f if f > NOTHING else 0.0
    second = (y - e * third) / d
    return (x - b * second - c * third) / a, second, third
