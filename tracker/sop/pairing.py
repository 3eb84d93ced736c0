"""Pairs of two sides, one to one, that are together as alike as can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Pair:
    """`one` and `other` with their score, and what other choices would lose.

    `lead` is what the next best choice loses for either of them, `apart` what an exchange with another pair
    loses; infinite where there is none.
    """

    one: int
    other: int
    score: float
    lead: float
    apart: float


def best(scores: Mapping[tuple[int, int], float], least: float) -> list[Pair]:
    """The pairs with the largest sum of scores above `least`, in the order of the first side.

    Pairs without a score are impossible. The best pair is taken first; then each takes another one, and who
    had that one takes what became free, as long as it makes the sum larger.
    """
    choice = _Choice(scores, least)
    for one, other in sorted(scores, key=lambda pair: (-scores[pair], pair)):
        if one not in choice.of and other not in choice.by:
            choice.take(one, other)
    better = True
    while better:
        better = False
        for one, other in scores:
            if choice.gain(one, other) > 1e-6:
                choice.exchange(one, other)
                better = True
    return [choice.pair(one, other) for one, other in sorted(choice.of.items())]


class _Choice:
    """Which one has which other, and what each other choice would win."""

    def __init__(self, scores: Mapping[tuple[int, int], float], least: float) -> None:
        self.scores, self.least = scores, least
        self.of: dict[int, int] = {}
        self.by: dict[int, int] = {}
        self._row, self._column = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
        for one, other in scores:
            self._row[one].append(other)
            self._column[other].append(one)

    def take(self, one: int, other: int) -> None:
        self.of[one], self.by[other] = other, one

    def exchange(self, one: int, other: int) -> None:
        had, rival = self.of.pop(one, None), self.by.pop(other, None)
        if had is not None:
            del self.by[had]
        if rival is not None:
            del self.of[rival]
        self.take(one, other)
        if rival is not None and had is not None and (rival, had) in self.scores:
            self.take(rival, had)

    def gain(self, one: int, other: int) -> float:
        """What all together win if `one` takes `other`."""
        had, rival = self.of.get(one), self.by.get(other)
        if had == other:
            return 0.0
        now = self._worth(one, had) + self._worth(rival, other)
        return self._worth(one, other) + self._worth(rival, had) - now

    def _worth(self, one: int | None, other: int | None) -> float:
        if one is None or other is None:
            return 0.0
        return self.scores.get((one, other), self.least) - self.least

    def pair(self, one: int, other: int) -> Pair:
        choices = [(one, n) for n in self._row[one] if n != other]
        rivals = [(n, other) for n in self._column[other] if n != one]
        lead = -max((self.gain(*pair) for pair in choices + rivals), default=-inf)
        apart = -max((self.gain(*pair) for pair in choices if pair[1] in self.by), default=-inf)
        return Pair(one, other, self.scores[one, other], lead, apart)
