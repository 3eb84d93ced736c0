"""Ticks that came faster than the work takes: worth a look, and a proof of nothing.

A gap is the time between consecutive ticks of one person in one run, by the clock of the device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from tracker.stats.durations import Histogram, quantile

ENOUGH_GAPS = 30
SHORTEST_MEDIAN = 15.0  # seconds: of quicker steps nobody can tell a burst
SHORTEST = 2.0  # seconds
SHARE_OF_MEDIAN = 0.15
SHARE_BELOW = 0.3


class Burst(NamedTuple):
    below: int
    """How many gaps were shorter than the floor of their step"""
    of: int
    """of so many whose step has one."""


def floor(histogram: Histogram) -> float | None:
    """The shortest plausible gap before a step, in seconds: max(2, 0.15 x its median gap), once it has 30
    gaps and a median of at least 15 seconds; None until then. (STATISTICS.md, section 8. A low quantile
    would be moved by the very ticks that it is to find; the median isn't.)

    >>> from tracker.stats.durations import bin_of
    >>> floor({bin_of(60): 40}), floor({bin_of(60): 29}), floor({bin_of(5): 40})
    (8.8, None, None)

    Raises ValueError for a negative count.
    """
    median = quantile(histogram, 0.5)
    if median is None or sum(histogram.values()) < ENOUGH_GAPS or median < SHORTEST_MEDIAN:
        return None
    return round(max(SHORTEST, SHARE_OF_MEDIAN * median), 1)


def suspicious(gaps: Sequence[tuple[str, float]], floors: Mapping[str, float | None]) -> Burst | None:
    """The burst in a run's gaps (step, seconds), or None: at least 30 % of those whose step has a floor are
    below it, and at least two, as one quick tick is none. (STATISTICS.md, section 8.)

    >>> floors = {"scan": 8.0, "weigh": 8.0, "label": 6.0}
    >>> suspicious([("scan", 1.0), ("weigh", 1.5), ("label", 40.0)], floors)
    Burst(below=2, of=3)
    >>> suspicious([("scan", 1.0), ("weigh", 30.0)], floors) is None
    True

    Raises ValueError for a gap below nothing.
    """
    if any(seconds < 0 or not isfinite(seconds) for _, seconds in gaps):
        raise ValueError("a gap can't be shorter than nothing")
    judged = [seconds < least for step_key, seconds in gaps if (least := floors.get(step_key)) is not None]
    below = sum(judged)
    return Burst(below, len(judged)) if below >= 2 and below >= SHARE_BELOW * len(judged) else None
