"""How long steps take, as histograms that can be added up.

Bins grow by a quarter of an octave, so that what is read back is at most 9 % off, be it a second or a week.
Adding up two histograms gives the histogram of both (DDSketch: Masson, Rim and Lee 2019, section 2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import inf, log2

Histogram = Mapping[int, int]
"""How many durations fell into each bin."""

PER_OCTAVE = 4


def bin_of(seconds: float) -> int:
    """The bin of a duration in seconds: 0 below a second, then four for every doubling.

    >>> [bin_of(seconds) for seconds in (0, 0.9, 1, 2, 60, 3600)]
    [0, 0, 1, 5, 24, 48]

    Raises ValueError below 0, and for what is no number.
    """
    if not 0 <= seconds < inf:
        raise ValueError(f"{seconds} is no duration")
    return 0 if seconds < 1 else 1 + int(PER_OCTAVE * log2(seconds))


def seconds_of(bin: int) -> float:
    """The seconds that stand for a bin: its geometric middle, and half a second for the first.

    >>> [round(seconds_of(bin), 1) for bin in (0, 1, 24, 48)]
    [0.5, 1.1, 58.7, 3756.0]

    Raises ValueError below 0.
    """
    return _edge(bin, 0.5) if bin else 0.5


def quantile(histogram: Histogram, p: float) -> float | None:
    """The duration in seconds below which the share `p` lies, or None without any; within its bin the
    durations count as spread evenly on the logarithmic scale.

    >>> quantile({bin_of(20): 50, bin_of(40): 50}, 0.5)
    22.627416997969522
    >>> quantile({}, 0.5) is None
    True

    Raises ValueError unless 0 <= p <= 1, and for a negative count.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"{p} is no share")
    if any(count < 0 for count in histogram.values()):
        raise ValueError("a bin can't hold less than nothing")
    left = p * sum(histogram.values())
    value: float | None = None
    for bin, count in sorted(histogram.items()):
        if not count:
            continue
        value = _edge(bin, min(1.0, left / count)) if bin else min(1.0, left / count)
        left -= count
        if left <= 0:
            break
    return value


def merge(histograms: Iterable[Histogram]) -> dict[int, int]:
    """One histogram of all.

    >>> merge([{1: 2, 5: 1}, {5: 3}])
    {1: 2, 5: 4}
    """
    total: Counter[int] = Counter()
    for histogram in histograms:
        total.update(histogram)
    return dict(total)


def _edge(bin: int, inside: float) -> float:
    if bin < 0:
        raise ValueError(f"there is no bin {bin}")
    return float(2 ** ((bin - 1 + inside) / PER_OCTAVE))
