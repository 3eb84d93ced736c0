"""Words that mean about the same: a question for one of them is answered by the others too, with less
weight."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from tracker.sop.search.terms import HERE, term, words

Phrase = tuple[str, ...]


class Table(NamedTuple):
    """`members`: what stands in each line, a phrase of several words written as one; `lines`: in which lines
    a word or phrase stands; `names`: each phrase written as one, by its first word and its words.

    All as terms of the languages for which the table was made.
    """

    members: tuple[frozenset[str], ...]
    lines: dict[Phrase, frozenset[int]]
    names: dict[str, dict[Phrase, str]]
    longest: int


@cache
def table(languages: tuple[str, ...]) -> Table:
    """The table for texts in these languages: they say which endings of a word don't count."""
    members: list[frozenset[str]] = []
    lines: dict[Phrase, frozenset[int]] = {}
    names: dict[str, dict[Phrase, str]] = {}
    for line in (HERE / "concepts.txt").read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        known = {  # pairs, as the same words may have another name in another language
            (tuple(term(word, language) for word in words(part)), term("".join(words(part)), language))
            for part in line.split(",")
            for language in languages
        }
        for phrase, name in known:
            if len(phrase) > 1:
                names.setdefault(phrase[0], {})[phrase] = name
        for phrase in {phrase for pair in known for phrase in (pair[0], (pair[1],))}:
            lines[phrase] = lines.get(phrase, frozenset()) | {len(members)}
        members.append(frozenset(name for _, name in known))
    return Table(tuple(members), lines, names, max(map(len, lines)))


def phrases(terms: Sequence[str], language: str) -> list[str]:
    """The phrases of several words that stand in a text, each written as one; `terms` as in the text.

    >>> phrases(["a", "cycl", "count", "today"], "en")
    ['cyclecount']
    """
    known = table((language,)).names
    return [
        name
        for start, word in enumerate(terms)
        if word in known
        for phrase, name in known[word].items()
        if tuple(terms[start : start + len(phrase)]) == phrase
    ]


class Meaning(NamedTuple):
    """What some words of a question, from `start` to before `end`, may mean besides."""

    start: int
    end: int
    others: frozenset[str]


def meanings(question: Sequence[Sequence[str]], languages: tuple[str, ...]) -> list[Meaning]:
    """The concepts in a question, whose words are given as their possible terms in order."""
    known = table(languages)
    found = []
    for start in range(len(question)):
        for end in range(start + 1, min(len(question), start + known.longest) + 1):
            lines = _lines(known, question[start:end])
            if lines:
                others = frozenset().union(*(known.members[line] for line in lines))
                found.append(Meaning(start, end, others))
    return found


def _lines(known: Table, part: Sequence[Sequence[str]]) -> frozenset[int]:
    """The lines with these words, each of which has several possible terms: one for each language."""
    return frozenset().union(*(known.lines.get(way, frozenset()) for way in _ways(part)))


def _ways(part: Sequence[Sequence[str]]) -> list[Phrase]:
    return [tuple(terms[min(way, len(terms) - 1)] for terms in part) for way in range(max(map(len, part)))]
