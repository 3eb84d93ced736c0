"""How far the work on a SOP hangs on single people. It says who could stand in, never who is better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

ENOUGH = 20
TOP_SHARE = 0.8
PRACTISED = 3


class Dependency(NamedTuple):
    runs: int
    top: int
    """Who completed most of them,"""
    top_share: float
    hhi: float
    """the sum of the squared shares, unbiased,"""
    effective: float
    """and 1 / hhi: by how many equally busy people the work is done."""
    stand_ins: tuple[int, ...]
    """Who else has completed at least 3, most first."""
    flagged: bool


def dependency(completions: Mapping[int, int]) -> Dependency | None:
    """How a SOP's completed runs depend on individuals, or None below 20 runs. `completions`: runs by person.

    HHI = sum of squared shares, unbiased (n HHI - 1) / (n - 1); effective people = 1 / HHI (Hirschman 1945,
    Herfindahl 1950; STATISTICS.md, section 10). Flagged from a top share of 80 % on, and with fewer than two
    people who have completed at least 3.

    >>> found = dependency({7: 27, 8: 3})
    >>> found.top, found.top_share, round(found.effective, 2), found.stand_ins, found.flagged
    (7, 0.9, 1.23, (8,), True)
    >>> dependency({7: 19}) is None
    True

    Raises ValueError for a negative count.
    """
    if any(runs < 0 for runs in completions.values()):
        raise ValueError("nobody completes fewer runs than none")
    n = sum(completions.values())
    if n < ENOUGH:
        return None
    busiest = sorted(completions, key=lambda person: (-completions[person], person))
    practised = [person for person in busiest if completions[person] >= PRACTISED]
    hhi = (sum(runs * runs for runs in completions.values()) / n - 1) / (n - 1)
    share = completions[busiest[0]] / n
    people = sum(runs > 0 for runs in completions.values())
    return Dependency(
        runs=n,
        top=busiest[0],
        top_share=share,
        hhi=hhi,
        effective=min(1 / hhi, people) if hhi > 0 else people,  # each person once: as many as there are
        stand_ins=tuple(person for person in practised if person != busiest[0]),
        flagged=share >= TOP_SHARE or len(practised) < 2,
    )
