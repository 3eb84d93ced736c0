"""Steps that earn nothing: nothing ever came up at them, and they cost time."""

from __future__ import annotations

from tracker.stats.durations import Histogram, seconds_of

ENOUGH = 500


def earns_nothing(n: int, *, failed: int, skipped: int, critical: bool) -> bool:
    """Whether a step is a candidate to shorten: in at least 500 instances it never failed and was never
    skipped.

    A measurement outside its limits is stored as failed, so that it is among these. Critical steps are
    exempt: they are there for what happens once in a thousand times. (STATISTICS.md, section 12.)

    >>> earns_nothing(500, failed=0, skipped=0, critical=False)
    True
    >>> earns_nothing(499, failed=0, skipped=0, critical=False)
    False

    Raises ValueError unless 0 <= failed + skipped <= n.
    """
    if failed < 0 or skipped < 0 or failed + skipped > n:
        raise ValueError(f"{failed} failed and {skipped} skipped of {n} is no count")
    return n >= ENOUGH and not failed and not skipped and not critical


def time_cost(times: Histogram, n: int) -> float | None:
    """The seconds that `n` instances of a step took, from the times that are known of some; None if of none.

    >>> round(time_cost({24: 100}, 200) / 200, 1)
    58.7

    Raises ValueError for negative counts.
    """
    if n < 0 or any(count < 0 for count in times.values()):
        raise ValueError("there can't be fewer than none")
    known = sum(times.values())
    return n * sum(count * seconds_of(bin) for bin, count in times.items()) / known if known else None
