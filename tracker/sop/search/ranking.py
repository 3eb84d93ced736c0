"""How well a page answers a question. Pure: words in, figures out, the same on every database.

Rare words count more than common ones, titles more than mentions, words that stand together more than words
that are strewn over the page, and a page with all of the question more than one that repeats a part of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracker.sop.search.passages import KINDS

Row = Sequence[str | int]  # of a passage: the place of its kind in KINDS, its anchor, its text, its terms

BOOSTS = {
    "title": 9.0, "also": 9.0, "about": 3.0, "heading": 2.0, "step": 2.0, "recovery": 1.3, "text": 1.0,
    "linked": 0.3,
}  # fmt: skip
"""What a word counts by the kind of passage in which it stands."""

_OF_KIND = [BOOSTS[kind] for kind in KINDS]
_PASSAGE = [{"title": 1.4, "also": 1.4, "step": 1.1, "linked": 0.3}.get(kind, 1.0) for kind in KINDS]
_TITLE = KINDS.index("title")
_ALSO = KINDS.index("also")
_SATURATION = 2.0
"""A word that stands three times tells little more than one that stands twice."""


def rarity(pages: int, of: int) -> float:
    """The weight of a word that stands on `pages` of so many: the logarithm of their ratio (idf).

    >>> rarity(1, 1000) > rarity(10, 1000) > rarity(1000, 1000) > 0
    True
    """
    return math.log(1 + of / (pages + 0.5))


class Concept(NamedTuple):
    """A part of a question: the terms that stand for it, each with its weight: its rarity by its
    closeness."""

    weights: Mapping[str, float]

    @property
    def heaviest(self) -> float:
        return max(self.weights.values(), default=0.0)


class Question(NamedTuple):
    """What is asked for. `known` says of each term for which concepts it stands, and how much it weighs
    there."""

    concepts: Sequence[Concept]
    known: Mapping[str, Sequence[tuple[int, float]]]
    weight: float


def question(concepts: Sequence[Concept]) -> Question:
    """A question of these concepts in their order."""
    known: dict[str, list[tuple[int, float]]] = {}
    for at, concept in enumerate(concepts):
        for term, weight in concept.weights.items():
            known.setdefault(term, []).append((at, weight))
    return Question(concepts, known, sum(concept.heaviest for concept in concepts))


class Answer(NamedTuple):
    """How well a page answers: `score`; `share` of the question that it holds, 0 to 1; and its passages
    that hold some of it, as (figure, place in the page), the best first."""

    score: float
    share: float
    best: Sequence[tuple[float, int]]


def answer(asked: Question, page: Sequence[Row]) -> Answer:
    """The answer of a page, given by its passages."""
    count = len(asked.concepts)
    best, sums = [0.0] * count, [0.0] * count
    found: list[tuple[float, int]] = []
    length, title = 0, 0.0
    for place, row in enumerate(page):
        kind = int(row[0])
        terms = str(row[3]).split(" ")
        length += len(terms)
        if asked.known.keys().isdisjoint(terms):  # as most passages are
            continue
        here = _here(asked, terms, _OF_KIND[kind], best, sums)
        if here:
            found.append((here * _PASSAGE[kind], place))
        if kind in (_TITLE, _ALSO) and here:
            title = max(title, _likeness(asked, terms))
    if not found:
        return Answer(0.0, 0.0, ())
    share = sum(best) / asked.weight
    dampened = _SATURATION * (0.6 + 0.4 * min(length / 500, 3.0))
    held = sum(top * (sums[at] / top) / (sums[at] / top + dampened) for at, top in enumerate(best) if top)
    found.sort(key=lambda entry: (-entry[0], entry[1]))
    score = held * (0.3 + 0.7 * share) + 0.5 * found[0][0] + 0.6 * title * asked.weight
    return Answer(score, share, found)


def _here(asked: Question, terms: Sequence[str], boost: float, best: list[float], sums: list[float]) -> float:
    """The figure of one passage; what it holds of each concept goes into `best` and `sums`."""
    known = asked.known
    tops: dict[int, float] = {}
    near, before = 0.0, (-9, -9, 0.0)  # of the hit before: where, of which concept, its weight
    for at, term in enumerate(terms):
        if term not in known:
            continue
        for concept, weight in known[term]:
            sums[concept] += boost * weight
            if weight > best[concept]:
                best[concept] = weight
            if weight > tops.get(concept, 0.0):
                tops[concept] = weight
            if 0 < at - before[0] <= 2 and concept == before[1] + 1:
                near += min(weight, before[2])
            before = at, concept, weight
    return sum(tops.values()) + 0.5 * near


def _likeness(asked: Question, terms: Sequence[str]) -> float:
    """How much of a title the question says, 0 to 1, words of more letters counting more."""
    said = whole = 0.0
    for term in set(terms):
        size = min(len(term), 6) - 1.5
        whole += max(size, 0.5) if len(term) > 2 else 0.0
        weights = asked.known.get(term)
        if weights:
            said += max(size, 0.5) * max(w / (asked.concepts[c].heaviest or 1) for c, w in weights)
    return min(said / whole, 1.0) if whole else 0.0
