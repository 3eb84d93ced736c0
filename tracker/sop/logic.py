"""The language of conditions, `box = L and not (weigh < 500 or photo answered)`: read, judged, put in words.

What a step answers is a tuple of values: what was entered ("yes" where there is nothing to enter), and
the words done, skipped and failed. A step that nobody has touched answers None, and what asks it can't
be judged yet, unless the rest decides (Kleene's three-valued logic).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tracker.sop.text import fold
from tracker.sop.told import told

Value = str | float
Answers = Mapping[str, tuple[Value, ...] | None]

YES = "yes"
WORDS = ("done", "skipped", "failed")
DEEPEST = 20  # brackets and nots within each other: nobody reads more, and hostile input stays cheap

_QUOTED = "\"[^\"]*\"|'[^']*'|“[^”“]*”|„[^“”]*[“”]|‘[^’]*’|«[^»]*»"
_MARKS = '\\s()=<>!≠≤≥"“”„«»'
_WORD = f"[^{_MARKS}'‘’][^{_MARKS}]*"
_TOKEN = re.compile(rf"\s*(?:({_QUOTED})|(<=|>=|!=|<>|==|[=<>≠≤≥])|([()])|({_WORD}))")
_SAME = {"==": "=", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">="}
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?")
_EXAMPLE = "Write for example “box = L”, “weigh > 500” or “photo answered”, joined with and, or, not."


class ConditionError(ValueError):
    """A condition that can't be read. `hint` says what to write instead."""

    def __init__(self, message: str, hint: str = _EXAMPLE) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Compare:
    """`key op value`; "answered" is `key = done`."""

    key: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class Both:
    """Several conditions joined by one word, "and" or "or"."""

    word: str
    parts: tuple[Condition, ...]


Condition = Compare | Not | Both


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """The condition that `text` writes. Raises ConditionError."""
    reader = _Reader(text, list(_tokens(text)))
    condition = reader.either(0)
    if reader.left:
        raise ConditionError(
            told("“%(left)s” is not expected here in “%(text)s”.", left=reader.left[0][1], text=text)
        )
    return condition


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """(kind, text) with the kinds quoted, op, bracket, word and the three words and, or, not."""
    at = 0
    while text[at:].strip():
        token = _TOKEN.match(text, at)
        if token is None:
            wrong = text[at:].strip()[0]
            hint = told("Close the quotes.") if wrong in "\"'“„‘«" else _EXAMPLE
            raise ConditionError(
                told("“%(wrong)s” can’t be read in the condition “%(text)s”.", wrong=wrong, text=text), hint
            )
        quoted, op, bracket, word = token.groups()
        if quoted is not None:
            yield "quoted", quoted[1:-1]
        elif word and word.lower() in ("and", "or", "not"):
            yield word.lower(), word
        else:
            yield ("op", _SAME.get(op, op)) if op else ("bracket", bracket) if bracket else ("word", word)
        at = token.end()


class _Reader:
    """Reads a condition from left to right; `left` are the tokens still to come."""

    def __init__(self, text: str, tokens: list[tuple[str, str]]) -> None:
        self.text = text
        self.left = tokens

    def either(self, depth: int) -> Condition:
        return self._joined("or", lambda: self._joined("and", lambda: self.one(depth)))

    def _joined(self, word: str, read: Callable[[], Condition]) -> Condition:
        parts = [read()]
        while self._next(word):
            parts.append(read())
        return parts[0] if len(parts) == 1 else Both(word, tuple(parts))

    def one(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise ConditionError(
                told("The condition is nested too deeply."), told("Split the step, or ask for less.")
            )
        if self._next("not"):
            return Not(self.one(depth + 1))
        if self._next("bracket", "("):
            condition = self.either(depth + 1)
            if not self._next("bracket", ")"):
                raise ConditionError(
                    told("A bracket is open in “%(text)s”.", text=self.text), told("Write the missing “)”.")
                )
            return condition
        return self._comparison()

    def _comparison(self) -> Condition:
        key = self._next("word")
        if key is None:
            at = f"before “{self.left[0][1]}”" if self.left else "at the end"
            raise ConditionError(
                told(
                    "The key of a step is missing %(at)s of the condition “%(text)s”.", at=at, text=self.text
                )
            )
        op = self._next("op")
        if op is None:
            if (word := self._next("word")) and word.lower() == "answered":
                return Compare(key, "=", "done")
            hint = told("Write “%(key)s = yes”, or “%(key)s answered”.", key=key)
            raise ConditionError(
                told("“%(key)s” is compared with nothing in “%(text)s”.", key=key, text=self.text), hint
            )
        return Compare(key, op, self._value(key, op))

    def _value(self, key: str, op: str) -> str:
        value = self._next("quoted")
        if value is None:
            words = []
            while (word := self._next("word")) is not None:
                words.append(word)
            value = " ".join(words)
        if not value.strip():
            raise ConditionError(
                told("After “%(key)s %(op)s” a value is missing.", key=key, op=op),
                told("Write “%(key)s %(op)s '…'”.", key=key, op=op),
            )
        if op in ("<", "<=", ">", ">=") and amount(value) is None:
            hint = told(
                "Write a number without its unit, or a day such as 2026-03-31, or “%(key)s = %(value)s”.",
                key=key,
                value=value,
            )
            raise ConditionError(
                told("“%(value)s” is neither more nor less than anything.", value=value), hint
            )
        return value.strip()

    def _next(self, kind: str, text: str | None = None) -> str | None:
        """The next token's text, taken, if it is of this kind."""
        if not self.left or self.left[0][0] != kind or text not in (None, self.left[0][1]):
            return None
        return self.left.pop(0)[1]


def comparisons(condition: Condition) -> Iterator[Compare]:
    """Every comparison in a condition, in the order of writing."""
    if isinstance(condition, Compare):
        yield condition
    elif isinstance(condition, Not):
        yield from comparisons(condition.part)
    else:
        for part in condition.parts:
            yield from comparisons(part)


def keys(condition: Condition) -> tuple[str, ...]:
    """The keys of the steps that a condition asks, each once."""
    return tuple(dict.fromkeys(one.key for one in comparisons(condition)))


def holds(condition: Condition, answers: Answers) -> bool | None:
    """Whether a condition holds; None while that depends on a step that nobody has touched.

    >>> holds(parse("box = l and weigh > 500"), {"box": ("L", "done"), "weigh": (750.0, "done")})
    True
    >>> holds(parse("box = S or photo answered"), {"box": ("L", "done")}) is None
    True
    """
    if isinstance(condition, Compare):
        answer = answers.get(condition.key)
        return None if answer is None else _compared(answer, condition.op, condition.value)
    if isinstance(condition, Not):
        inner = holds(condition.part, answers)
        return None if inner is None else not inner
    results = [holds(part, answers) for part in condition.parts]
    decisive = condition.word == "or"
    return decisive if decisive in results else None if None in results else not decisive


def _compared(answer: tuple[Value, ...], op: str, value: str) -> bool:
    if op in ("=", "!="):
        return any(_equal(given, value) for given in answer) is (op == "=")
    return any(_ordered(given, op, value) for given in answer)


def _equal(given: Value, value: str) -> bool:
    """Numbers as numbers, everything else whatever its case."""
    if isinstance(given, str):
        return fold(given) == fold(value)
    return amount(value) == given


def _ordered(given: Value, op: str, value: str) -> bool:
    one, other = amount(given), amount(value)
    if isinstance(one, float) and isinstance(other, float):
        return _more(one, op, other)
    if isinstance(one, date) and isinstance(other, date):
        return _more(one.toordinal(), op, other.toordinal())
    return False


def _more(one: float, op: str, other: float) -> bool:
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[op]


def amount(value: Value) -> float | date | None:
    """What can be more or less: a number (with point or comma) or a day; None for anything else."""
    if not isinstance(value, str):
        return float(value)
    value = value.strip()
    if _NUMBER.fullmatch(value):
        return float(value.replace(",", "."))
    try:
        return date.fromisoformat(value) if "-" in value else None
    except ValueError:
        return None
