"""Words that mean about the same: a question for one of them is answered by the others too, with less
weight."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from tracker.sop.search.terms import HERE, term, words

Phrase = tuple[str, ...]


class Table(NamedTuple):
    """`members`: the single words of each line; `lines`: in which lines a word or a phrase of several stands.

    Both as terms of the languages for which the table was made.
    """

    members: tuple[frozenset[str], ...]
    lines: dict[Phrase, frozenset[int]]
    longest: int


@cache
def table(languages: tuple[str, ...]) -> Table:
    """The table for texts in these languages: they say which endings of a word don't count."""
    members: list[frozenset[str]] = []
    lines: dict[Phrase, frozenset[int]] = {}
    for line in (HERE / "concepts.txt").read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        phrases = {
            tuple(term(word, language) for word in words(part))
            for part in line.split(",")
            for language in languages
        }
        for phrase in phrases:
            lines[phrase] = lines.get(phrase, frozenset()) | {len(members)}
        members.append(frozenset(phrase[0] for phrase in phrases if len(phrase) == 1))
    return Table(tuple(members), lines, max(map(len, lines)))


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
    ways = max(map(len, part))
    found: frozenset[int] = frozenset()
    for way in range(ways):
        phrase = tuple(terms[min(way, len(terms) - 1)] for terms in part)
        found |= known.lines.get(phrase, frozenset())
    return found
