"""The beta distribution, which says how sure a rate is."""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p, sqrt
from statistics import NormalDist

_TINY = 1e-300
_CLOSE = 1e-14


def cdf(x: float, a: float, b: float) -> float:
    """P(X <= x) for X from Beta(a, b): the regularised incomplete beta function.

    By its continued fraction (DiDonato and Morris 1992), evaluated as Lentz 1976 does; about the square root
    of max(a, b) turns.

    >>> round(cdf(0.5, 2, 3), 4)  # 11/16
    0.6875

    Raises ValueError unless a and b are above 0 and finite, and x is a number.
    """
    if not (0 < a < inf and 0 < b < inf and x == x):
        raise ValueError(f"Beta({a}, {b}) is no distribution at {x}")
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(a * log(x) + b * log1p(-x) - log_beta(a, b))
    if x < (a + 1) / (a + b + 2):
        return min(1.0, front * _fraction(x, a, b) / a)
    return max(0.0, 1 - front * _fraction(1 - x, b, a) / b)


def log_beta(a: float, b: float) -> float:
    """The logarithm of the beta function (Euler 1730).

    >>> round(exp(-log_beta(2, 3)), 9)
    12.0
    """
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function; x below its mean."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or _TINY)
    value, turn = d, 0.0
    while True:
        turn += 1
        even = a + 2 * turn
        for term in (
            turn * (b - turn) * x / ((even - 1) * even),
            -(a + turn) * (a + b + turn) * x / (even * (even + 1)),
        ):
            d = 1 / (1 + term * d or _TINY)
            c = 1 + term / c or _TINY
            value *= c * d
        if abs(c * d - 1) < _CLOSE:
            return value


def quantile(p: float, a: float, b: float) -> float:
    """The x for which cdf(x, a, b) is p. By Newton's steps, kept within what is known to contain it.

    >>> round(quantile(0.95, 3.5, 27.5), 4)
    0.2173
    >>> quantile(0, 2, 3), quantile(1, 2, 3)
    (0.0, 1.0)

    Raises ValueError unless 0 <= p <= 1, and a and b are above 0 and finite.
    """
    if not (0 < a < inf and 0 < b < inf and 0 <= p <= 1):
        raise ValueError(f"Beta({a}, {b}) has no quantile {p}")
    if p in (0, 1):
        return float(p)
    low, high = 0.0, 1.0
    x, scale = _guess(p, a, b), log_beta(a, b)
    for _ in range(200):
        if not 0 < x < 1:  # nearer to the end than a float can say
            break
        off = cdf(x, a, b) - p
        low, high = (x, high) if off < 0 else (low, x)
        steep = exp((a - 1) * log(x) + (b - 1) * log1p(-x) - scale)
        following = x - off / steep if steep > _TINY else low
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - x) <= 1e-13 * x:
            return following
        x = following
    return x


def _guess(p: float, a: float, b: float) -> float:
    """Abramowitz and Stegun 1964, 26.5.22; for a or b below 1, the power that rules near the ends."""
    if a >= 1 and b >= 1:
        z = -NormalDist().inv_cdf(p)
        spread = 2 / (1 / (2 * a - 1) + 1 / (2 * b - 1))
        skew = (z * z - 3) / 6
        width = z * sqrt(spread + skew) / spread if spread + skew > 0 else 0.0
        width -= (1 / (2 * b - 1) - 1 / (2 * a - 1)) * (skew + 5 / 6 - 2 / (3 * spread))
        return a / (a + b * exp(2 * width))
    left = exp(a * log(a / (a + b))) / a
    right = exp(b * log(b / (a + b))) / b
    if p < left / (left + right):
        return float((a * (left + right) * p) ** (1 / a))
    return float(1 - (b * (left + right) * (1 - p)) ** (1 / b))
