"""The `pattern=` of a step: which regular expressions may be used, and whether a text has the form.

A regular expression can be written so that a text of thirty letters keeps it busy for years. What
takes the time are the ways in which it can split a text, so these are counted before it is accepted.
"""

from __future__ import annotations

import re
from re import _constants as op  # type: ignore[attr-defined]  # the standard library's own reading of
from re import _parser as reading  # type: ignore[attr-defined]  # a pattern: the one that will be run
from typing import Any

from tracker.sop.told import told

LONGEST_PATTERN = 200
LONGEST_TEXT = 200
MOST_WAYS = 10_000_000
"""Tried in about a second at worst; `.+@.+[.].+` has eight million."""

_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


class PatternError(ValueError):
    """A pattern that can't be used, and in `hint` what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def check(pattern: str) -> None:
    """Raise PatternError, saying why, for what is no regular expression or could take for ever.

    >>> check("[A-Z]{2}-[0-9]+")
    >>> check("([0-9]+)+")
    Traceback (most recent call last):
    tracker.sop.patterns.PatternError: the pattern “([0-9]+)+” can take for ever on some texts.
    """
    example = told('Write a regular expression, for example pattern="[A-Z]{2}-[0-9]+".')
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(
            told(
                "the pattern is longer than %(longest_pattern)s characters.", longest_pattern=LONGEST_PATTERN
            ),
            example,
        )
    try:
        re.compile(pattern)
        ways = _ways(reading.parse(pattern))
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(
            told(
                "the pattern “%(pattern)s” is no regular expression: %(error)s.", pattern=pattern, error=error
            ),
            example,
        ) from error
    if ways > MOST_WAYS:
        raise PatternError(
            told("the pattern “%(pattern)s” can take for ever on some texts.", pattern=pattern),
            told("Use at most three of * and +, none inside another, and {2,5} rather than + where you can."),
        )


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text has the form; one longer than LONGEST_TEXT has none."""
    return len(text) <= LONGEST_TEXT and re.fullmatch(pattern, text) is not None


def _ways(tree: Any) -> int:
    """At most so many ways to go through a text of LONGEST_TEXT; counted no further than needed."""
    total = 1
    for code, given in tree:
        total = min(total * _ways_of(code, given), MOST_WAYS + 1)
    return total


def _ways_of(code: Any, given: Any) -> int:
    if code in _REPEATS:
        return _repeated(*given)
    if code is op.BRANCH:
        return sum(_ways(part) for part in given[1])
    if code is op.SUBPATTERN:
        return _ways(given[3])
    if code in (op.ASSERT, op.ASSERT_NOT):
        return _ways(given[1])
    if code is op.ATOMIC_GROUP:
        return _ways(given)
    if code is op.GROUPREF_EXISTS:
        return sum(_ways(part) for part in given[1:] if part is not None)
    return 1


def _repeated(least: int, most: int, body: Any) -> int:
    """Each number of repeats is a way, times those of each repeat.

    What can be nothing is repeated however short the text is.
    """
    each, shortest = _ways(body), body.getwidth()[0]
    at_least = 1 if shortest else max(int(least), 1)
    most = min(int(most), LONGEST_TEXT // max(shortest, 1))
    total = 0
    for times in range(min(int(least), most), most + 1):
        total += each**times
        if total > MOST_WAYS:
            break
    return max(total, 1) * at_least
