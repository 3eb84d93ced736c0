"""What a `pattern=` means to people, who read no regular expressions: a text that has its form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import count, islice
from re import _constants as op  # type: ignore[attr-defined]  # the reading of a pattern that is run here
from re import _parser as reading  # type: ignore[attr-defined]
from typing import Any

from tracker.sop.patterns import matches

LONGEST = 24
"""Characters of an example; a longer one says less than none."""

_USUAL = 3
"""How often something is repeated in an example, where its pattern leaves that open."""

_KINDS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghjklmnpqrstuvwxyz", "1234567890")
_OTHERS = "-./_ :#+äßçéñł"

_Fits = Callable[[str], bool]


class _UnclearError(Exception):
    """No example can be made of a part of the pattern."""


@lru_cache(maxsize=1024)
def example(pattern: str) -> str:
    """A text that has the form of the pattern; "" where none can be found that is of use.

    >>> example("[A-Z]{2}-[0-9]+"), example("[^ ]{4}"), example("(?=a)a")
    ('AB-345', 'A1B2', '')
    """
    try:
        text = _start(_texts(reading.parse(pattern), count()))
    except (_UnclearError, re.error, RecursionError, OverflowError):
        return ""
    is_useful = 0 < len(text) <= LONGEST and text == text.strip() and matches(pattern, text)
    return text if is_useful else ""


def _start(letters: Iterator[str]) -> str:
    """As much of a text as tells that it is too long: what is repeated in repeats may have millions."""
    return "".join(islice(letters, LONGEST + 1))


def _texts(parts: Any, places: Iterator[int]) -> Iterator[str]:
    for code, given in parts:
        if code is op.LITERAL:
            yield chr(given)
        elif code in (op.IN, op.ANY, op.NOT_LITERAL):
            yield _letter(_fits(code, given), next(places))
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, body = given
            for _ in range(max(least, min(_USUAL, int(most)))):
                if not (letters := _start(_texts(body, places))):
                    break
                yield from letters
        elif code is op.SUBPATTERN:
            yield from _texts(given[3], places)
        elif code is op.BRANCH:
            yield from _texts(given[1][0], places)
        elif code is not op.AT:
            raise _UnclearError


def _letter(fits: _Fits, place: int) -> str:
    """One that fits at this place; where letters and digits do, they take turns: A1B2."""
    known = [kind for kind in _KINDS if any(map(fits, kind))]
    if not known:
        return _other(fits)
    takes_turns = len(known) > 1 and known[-1] == _KINDS[2]
    kind = known[-1] if takes_turns and place % 2 else known[0]
    turn = place // 2 if takes_turns else place
    usable = [letter for letter in kind if fits(letter)]
    return usable[turn % len(usable)]


def _other(fits: _Fits) -> str:
    for letter in filter(fits, _OTHERS):
        return letter
    raise _UnclearError


def _fits(code: Any, given: Any) -> _Fits:
    if code is op.ANY:
        return lambda letter: True
    if code is op.NOT_LITERAL:
        return lambda letter: ord(letter) != given
    is_inverted = given[0][0] is op.NEGATE
    parts = given[is_inverted:]
    return lambda letter: any(_holds(part, value, letter) for part, value in parts) is not is_inverted


def _holds(code: Any, value: Any, letter: str) -> bool:
    if code is op.LITERAL:
        return bool(ord(letter) == value)
    if code is op.RANGE:
        return bool(value[0] <= ord(letter) <= value[1])
    return code is op.CATEGORY and re.match(_CATEGORIES.get(value, "(?!)"), letter) is not None


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
}
