"""How closely a run followed its SOP."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def conformance(sop: Sequence[str], run: Sequence[str]) -> float:
    """What a run conforms to its SOP, from 0 to 1: 1 - (|SOP| + |run| - 2 LCS) / (|SOP| + |run|).

    `sop`: the keys of the steps whose conditions held, as the SOP has them; `run`: those that were done, by
    their first completion. (STATISTICS.md, section 7. As no key comes twice, the longest common subsequence
    is the longest rising one of the steps' places: Hunt and Szymanski 1977.)

    >>> conformance("abcdef", "abcdef"), conformance("abcd", "abd")
    (1.0, 0.8571428571428571)
    >>> conformance("abcd", "bacd"), conformance("abcd", "")
    (0.75, 0.0)

    Nothing to do and nothing done conforms. Raises ValueError for a key that comes twice.
    """
    if sop == run and len(set(sop)) == len(sop):
        return 1.0
    place = {key: index for index, key in enumerate(sop)}
    if len(place) < len(sop) or len(set(run)) < len(run):
        raise ValueError("a step comes twice")
    if not sop and not run:
        return 1.0
    return 2 * _rising([place[key] for key in run if key in place]) / (len(sop) + len(run))


def _rising(places: list[int]) -> int:
    """The length of the longest rising subsequence: `ends` holds the lowest end of one of each length."""
    ends: list[int] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)
