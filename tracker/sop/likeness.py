"""How alike the texts of two steps are, from 0 to 100."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from math import log

from rapidfuzz import fuzz, process

CONTAINED = 0.9  # share of a text's words that another one must have to contain it
PART = 0.43  # and the least size of a part of a split or merged step, of the whole
AS_PART = 60.0  # how alike a part and its whole are at least; the larger of two parts is more so
WORD_FOR_WORD = 85.0  # and where the words stand in the same order
LONGEST = 2_000  # characters of a text that are compared; the time grows with the square of them
NUMBER = 3.0  # how much more than a word a number says: “step 3” is not “step 4”

_IDEOGRAPHS = "\u2e80-\u9fff\uac00-\ud7ff"  # no blanks around words: every sign is one
_WORD = re.compile(f"[{_IDEOGRAPHS}]|[^\\W_{_IDEOGRAPHS}]+")


def words(text: str) -> list[str]:
    """The words and numbers of a text, in small letters."""
    return _WORD.findall(text.casefold())


class Texts:
    """The texts of two revisions, to be compared: a word that few steps have tells more than “click”."""

    def __init__(self, previous: Sequence[str], current: Sequence[str]) -> None:
        self._old = [words(text[:LONGEST]) for text in previous]
        self._new = [words(text[:LONGEST]) for text in current]

    @cached_property
    def _weights(self) -> dict[str, float]:
        counted = Counter(word for said in (*self._old, *self._new) for word in set(said))
        steps = len(self._old) + len(self._new)
        return {word: log(1 + steps / n) * (NUMBER if word.isdigit() else 1) for word, n in counted.items()}

    def nearest(self, i: int, old: Sequence[int], least: float, most: int = 12) -> list[tuple[int, float]]:
        """The places in `old` whose texts are most like the current text `i`, and how alike they are."""
        choices = {j: self._sorted_old[j] for j in old}
        near = process.extract(
            " ".join(sorted(self._new[i])), choices, scorer=fuzz.ratio, score_cutoff=least - 20, limit=most
        )
        return [(j, self._likeness(i, j, letters)) for _, letters, j in near]

    @cached_property
    def _sorted_old(self) -> list[str]:
        return [" ".join(sorted(said)) for said in self._old]

    def _likeness(self, i: int, j: int, letters: float) -> float:
        """Half by letters, so that typos count little, half by words and their weights."""
        new, old = Counter(self._new[i]), Counter(self._old[j])
        both, one, other = (self._weight(bag) for bag in (new & old, new, old))
        if not one or not other:
            return letters
        alike = (letters + 100 * 2 * both / (one + other)) / 2
        small, large = sorted((_size(new), _size(old)))
        if both / min(one, other) < CONTAINED or small < PART * large:
            return alike
        least = WORD_FOR_WORD if self._word_for_word(i, j) else AS_PART
        return max(alike, least + (100 - least) * small / large)

    def _word_for_word(self, i: int, j: int) -> bool:
        one, other = f" {' '.join(self._new[i])} ", f" {' '.join(self._old[j])} "
        return one in other or other in one

    def _weight(self, bag: Counter[str]) -> float:
        return sum(self._weights[word] * count for word, count in bag.items())


def _size(bag: Counter[str]) -> int:
    return sum(len(word) * count for word, count in bag.items())
