"""What somebody means by a question: its words with their endings, other words for the same, and mistakes
put right.

The words that say nothing are left out, unless there are no others. A word that nobody has written is taken
for the beginning or a part of a longer one, for one with a typing mistake, or for two that were written as
one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz.distance import OSA
from sqlalchemy import Connection

from tracker.domain.library import search_lookup
from tracker.domain.library.search_lookup import Spread
from tracker.sop.search import terms
from tracker.sop.search.concepts import meanings
from tracker.sop.search.ranking import Concept, rarity
from tracker.sop.search.terms import base, term, words

__all__ = ["base", "concepts"]

SAME, JOINED, MISTYPED, SPLIT, OTHER_WORD = 1.0, 0.9, 0.85, 0.8, 0.5
UNSAID = 0.75
BEGUN, PART, LONGER = 0.65, 0.55, 0.3
PHRASE, WITHIN = 0.7, 0.5
"""How close what is found stands to what was typed, by the way in which it was found. UNSAID: another word
for one that no SOP says."""

MOST_WORDS = 24
"""Words of a question that are looked for; nobody reads what comes of more."""

_SHORTEST_PART = 4  # letters
_TYPED_RIGHT = 3  # letters up to which a word is taken for what it is
_EXACT = 6  # letters from which a word may have two mistakes
_FEW = 3  # corrections of a word that are tried


def concepts(connection: Connection, query: str, languages: Sequence[str], pages: int) -> list[Concept]:
    """The concepts of a question to a library of so many pages, in the order of its words."""
    given = words(query)[:MOST_WORDS]
    kept = _telling(given, languages)
    forms = [_forms(word, languages) for word in given]
    meant = meanings(forms, tuple(languages))
    joins = [
        _forms(given[at] + given[at + 1], languages) if at + 1 < len(given) else []
        for at in range(len(given))
    ]
    asked = {*given, *(form for several in (*forms, *joins) for form in several)}
    asked.update(*(meaning.others for meaning in meant))
    known = search_lookup.spread(connection, asked)
    found = []
    for at in kept:
        close: dict[str, float] = {}
        _add(close, forms[at], SAME)
        _add(close, joins[at], JOINED)
        _add(close, joins[at - 1] if at else [], JOINED)
        is_said = any(known[form].sops for form in forms[at] if form in known)
        others = [m.others for m in meant if (m.start, m.end) == (at, at + 1)]
        is_meant = any(known[form].sops for several in others for form in several if form in known)
        for several in others:
            _add(close, several, OTHER_WORD if is_said else UNSAID)
        for word, closeness in _besides(connection, given[at], languages, is_said, is_meant).items():
            _add(close, _forms(word, languages), closeness)
        found.append(close)
    for meaning in meant:
        if meaning.end - meaning.start > 1:
            close = {}
            _add(close, meaning.others, PHRASE)
            found.append(close)
    missing = {form for close in found for form in close} - known.keys()
    known |= search_lookup.spread(connection, missing)
    concepts = [_weighed(close, known, pages) for close in found]
    if not any(concept.weights for concept in concepts) and len(kept) < len(given):
        return _little(forms, pages, search_lookup.spread(connection, asked))
    within = {
        at for meaning in meant if meaning.end - meaning.start > 1 for at in range(meaning.start, meaning.end)
    }
    return [
        Concept({form: weight * WITHIN for form, weight in concept.weights.items()})
        if place < len(kept) and kept[place] in within
        else concept
        for place, concept in enumerate(concepts)
    ]


def _little(forms: Sequence[Sequence[str]], pages: int, known: Mapping[str, Spread]) -> list[Concept]:
    """The concepts of a question of which the library has the little words only."""
    return [_weighed(dict.fromkeys(several, SAME), known, pages) for several in forms]


def _weighed(close: Mapping[str, float], known: Mapping[str, Spread], pages: int) -> Concept:
    """The concept of terms with their closeness. What only stands for a word is never rarer than the word
    itself; where the library lacks that, than the commonest of what stands for it: together they are it."""
    rare = {form: rarity(known[form].pages, pages) for form in close if form in known}
    own = [rare[form] for form in rare if close[form] >= SPLIT]
    other = [rare[form] for form in rare if OTHER_WORD <= close[form] < SPLIT]
    most = max(own) if own else min(other, default=math.inf)
    return Concept(
        {form: close[form] * (rare[form] if close[form] >= SPLIT else min(rare[form], most)) for form in rare}
    )


def _telling(given: Sequence[str], languages: Sequence[str]) -> list[int]:
    """The places of the words that say something; of all, if none does."""
    silent = terms.stopwords().get(terms.language_of(given, languages), frozenset())
    return [at for at, word in enumerate(given) if word not in silent] or list(range(len(given)))


def _forms(word: str, languages: Iterable[str]) -> list[str]:
    """The terms that a word may be indexed under: one for each language."""
    return list(dict.fromkeys(term(word, language) for language in languages))


def _add(close: dict[str, float], forms: Iterable[str], closeness: float) -> None:
    for form in forms:
        close[form] = max(close.get(form, 0.0), closeness)


def _besides(
    connection: Connection, word: str, languages: Sequence[str], is_said: bool, is_meant: bool
) -> dict[str, float]:
    """Words of the library that may be meant by this one, each with its closeness. `is_said`: an SOP says
    it; `is_meant`: one says another word for the same, so that it is no mistake."""
    if terms.is_unspaced(word):
        alone = len(word) == 1  # else it is a pair, as all are that stand in the index
        return dict.fromkeys(search_lookup.words_holding(connection, word), BEGUN) if alone else {}
    if is_said or is_meant:
        if len(word) < _SHORTEST_PART:
            return {}
        longer = search_lookup.words_with_part(connection, word, within=False)
        return {other: LONGER for other in longer if other != word}
    if len(word) < _SHORTEST_PART:
        return dict.fromkeys(search_lookup.words_beginning(connection, word), BEGUN)
    longer = search_lookup.words_with_part(connection, word, within=True)
    close = {other: BEGUN if other.startswith(word) else PART for other in longer}
    if len(word) > _TYPED_RIGHT and not any(letter.isdigit() for letter in word):
        right = _put_right(connection, word)
        close |= {other: max(share, close.get(other, 0.0)) for other, share in right.items()}
        if MISTYPED not in right.values():
            close |= dict.fromkeys(_two_words(connection, word, languages), SPLIT)
    return close


def _put_right(connection: Connection, word: str) -> dict[str, float]:
    """The words that differ least from a mistyped one, at most by two letters; a swap of two is one mistake.

    Of those with as many mistakes the ones come first that begin with the same letter and have the same
    letters: few mistype the beginning.
    """
    most = 2 if len(word) >= _EXACT else 1
    found: dict[str, tuple[float, int]] = {}
    for other, sops in search_lookup.words_like(connection, word, most):
        distance = OSA.distance(word, other, score_cutoff=most)
        if 0 < distance <= most and not (distance == 2 and word[0] != other[0]):
            found[other] = distance + _unlikely(word, other), -sops
    least = min((rank for rank, _ in found.values()), default=0)
    best = sorted((rank, other) for other, rank in found.items() if rank[0] == least)[:_FEW]
    return {other: MISTYPED if least < 2 else MISTYPED - 0.2 for _, other in best}


def _unlikely(word: str, other: str) -> float:
    """How unlikely a mistake is beside others of as many letters, 0 to 0.5."""
    return 0.3 * (word[0] != other[0]) + 0.2 * (set(word) != set(other))


def _two_words(connection: Connection, word: str, languages: Sequence[str]) -> list[str]:
    """The two words of the library of which this one is made; "s" may join them, as German does."""
    parts: dict[int, tuple[list[str], list[str]]] = {}
    for at in range(3, len(word) - 2):
        first = [word[:at], *([word[: at - 1]] if word[at - 1] == "s" and at > 4 else [])]
        parts[at] = (
            [form for one in first for form in _forms(one, languages)],
            _forms(word[at:], languages),
        )
    known = search_lookup.spread(connection, {form for two in parts.values() for one in two for form in one})
    fitting = [
        (min(len(head[0]), len(tail[0])), head, tail)
        for head, tail in parts.values()
        if any(form in known for form in head) and any(form in known for form in tail)
    ]
    if not fitting:
        return []
    _, head, tail = max(fitting)
    return [form for form in (*head, *tail) if form in known]
