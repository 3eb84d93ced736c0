"""Conditions and patterns as a phone is given them: read here already, so that there only judging is left."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]  # the reading of a pattern that is run here
from re import _parser as reading  # type: ignore[attr-defined]
from typing import Any

from tracker.sop.logic import Compare, Condition, Not, amount, parse
from tracker.sop.text import fold

_CLASSES = {
    op.CATEGORY_DIGIT: r"\p{Nd}",
    op.CATEGORY_NOT_DIGIT: r"\P{Nd}",
    op.CATEGORY_WORD: r"\p{L}\p{N}_",
}
"""What a browser means by these letters of a pattern is less than what Python does."""


@lru_cache(maxsize=4096)
def condition(when: str) -> dict[str, Any]:
    """A condition as JSON: {"not": …}, {"and": […]}, {"or": […]}, or a comparison with its value folded.

    Where the value is a number or a day (as an ordinal), it says so: {"key", "op", "fold", "number"|"day"}.

    >>> condition("box = L and not weigh > 500")["and"][1]
    {'not': {'key': 'weigh', 'op': '>', 'fold': '500', 'number': 500.0}}
    """
    return _tree(parse(when))


def _tree(given: Condition) -> dict[str, Any]:
    if isinstance(given, Compare):
        return {"key": given.key, "op": given.op, "fold": fold(given.value), **_amount(given.value)}
    if isinstance(given, Not):
        return {"not": _tree(given.part)}
    return {given.word: [_tree(part) for part in given.parts]}


def _amount(value: str) -> dict[str, float | int]:
    found = amount(value)
    if isinstance(found, date):
        return {"day": found.toordinal()}
    return {} if found is None else {"number": found}


@lru_cache(maxsize=1024)
def pattern(text: str) -> str | None:
    """The pattern for a browser (flag u), which then finds the same; None where that is not sure.

    >>> pattern("[A-Z]{2}-[0-9]+"), pattern(r"(a)\\1")
    ('[A-Z]{2,2}\\\\u{2d}[0-9]{1,}', None)
    """
    try:
        if re.compile(text).flags != re.UNICODE:
            return None
        return "".join(_part(code, given) for code, given in reading.parse(text))
    except (KeyError, TypeError, re.error, RecursionError, OverflowError):
        return None


def _part(code: Any, given: Any) -> str:
    """One part of a pattern. Raises KeyError for what has no sure twin."""
    if code is op.LITERAL:
        return _letter(given)
    if code is op.NOT_LITERAL:
        return f"[^{_letter(given)}]"
    if code is op.ANY:
        return r"[^\n]"
    if code is op.IN:
        return _one_of(given)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, most, body = given
        end = "" if most is op.MAXREPEAT else most
        inner = _parts(body)
        # a repeat of a repeat needs a group, of which nothing refers to
        return f"{inner if len(body) == 1 and body[0][0] in _SINGLE else f'(?:{inner})'}{{{least},{end}}}"
    if code is op.SUBPATTERN and not given[1] and not given[2]:
        return f"(?:{_parts(given[3])})"
    if code is op.BRANCH:
        return f"(?:{'|'.join(map(_parts, given[1]))})"
    raise KeyError(code)


_SINGLE = (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN, op.SUBPATTERN, op.BRANCH)


def _parts(body: Any) -> str:
    return "".join(_part(code, given) for code, given in body)


def _one_of(given: Any) -> str:
    inverted = given[0][0] is op.NEGATE
    parts = []
    for code, value in given[inverted:]:
        if code is op.CATEGORY:
            parts.append(_CLASSES[value])
        elif code is op.RANGE:
            parts.append(f"{_letter(value[0])}-{_letter(value[1])}")
        elif code is op.LITERAL:
            parts.append(_letter(value))
        else:
            raise KeyError(code)
    return f"[{'^' if inverted else ''}{''.join(parts)}]"


def _letter(code: int) -> str:
    letter = chr(code)
    return letter if letter.isalnum() else f"\\u{{{code:x}}}"
