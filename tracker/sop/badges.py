"""What a step asks for beyond a tick, in words: the same on the site and in a run.

`say` fills in and translates a text; where none is given the words are English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tracker.sop.logic import Compare, Condition, Not, parse

Say = Callable[..., str]
LONGEST = 60  # characters of a step's text within a condition


def N_(text: str) -> str:
    """Mark `text` for translation; who shows it translates it."""
    return text


ONE_AND_A_HALF = N_("1.5")
"""Its translation shows which mark stands before the decimals."""

_INPUTS = {
    "number": N_("Number"),
    "text": N_("Text"),
    "choice": N_("Choose"),
    "photo": N_("Photo"),
    "file": N_("File"),
    "scan": N_("Scan"),
    "signature": N_("Signature"),
    "date": N_("Date"),
}
_COMPARED = {
    "=": N_("“%(step)s” is %(value)s"),
    "!=": N_("“%(step)s” is not %(value)s"),
    "<": N_("“%(step)s” is below %(value)s"),
    "<=": N_("“%(step)s” is at most %(value)s"),
    ">": N_("“%(step)s” is above %(value)s"),
    ">=": N_("“%(step)s” is at least %(value)s"),
}
_HAPPENED = {
    "done": (N_("“%(step)s” is done"), N_("“%(step)s” is not done")),
    "skipped": (N_("“%(step)s” was skipped"), N_("“%(step)s” was not skipped")),
    "failed": (N_("“%(step)s” failed"), N_("“%(step)s” did not fail")),
}


def english(text: str, /, **details: Any) -> str:
    """The text itself, filled in."""
    return text % details


def badges(
    given: Mapping[str, Any], titles: Mapping[str, str], say: Say = english
) -> Iterator[tuple[str, str]]:
    """(kind, words) for all that a step with the attributes `given` asks; `titles` are texts by key."""
    if given.get("critical"):
        yield "critical", say(N_("Critical"))
    if given.get("optional"):
        yield "optional", say(N_("Optional"))
    if given.get("when"):
        yield "when", only_if(given["when"], titles, say)
    if given.get("input") in _INPUTS:
        kind = given["input"]
        yield kind, " ".join(filter(None, [say(_INPUTS[kind]), limits(given, say)]))
    role = given.get("role")
    if given.get("verify"):
        signs = say(N_("A second person signs (%(role)s)"), role=role) if role else None
        yield "verify", signs or say(N_("A second person signs"))
    elif role:
        yield "role", say(N_("By %(role)s"), role=role)
    if given.get("takes"):
        yield "takes", duration(given["takes"], say)
    if given.get("at-least"):
        yield "at-least", say(N_("At least %(time)s"), time=duration(given["at-least"], say))
    if given.get("activity"):
        yield "activity", say(N_("Activity: %(name)s"), name=given["activity"])


_BLOCKS = "p|ol|ul|dl|div|details|blockquote|pre|table|section|figure|hr"
_WORDS = re.compile(rf"\s*<p\b.*?</p>|.*?(?=<(?:{_BLOCKS})\b)|.*", re.DOTALL)


def after_words(html: str) -> int:
    """Where in a step's HTML its own words end and what belongs to them begins: the badges' place.

    >>> after_words("Weigh <em>it</em><ul><li>twice</li></ul>"), after_words("<p>Weigh it</p><p>Twice.</p>")
    (17, 15)
    """
    match = _WORDS.match(html)
    return match.end() if match else len(html)


def only_if(when: str, titles: Mapping[str, str], say: Say = english) -> str:
    """A condition as a person reads it.

    >>> only_if("box = L or weigh answered", {"box": "Choose the box."})
    'Only if “Choose the box” is L or “weigh” is done'
    """
    return say(N_("Only if %(condition)s"), condition=_words(parse(when), titles, say))


def _words(condition: Condition, titles: Mapping[str, str], say: Say) -> str:
    if isinstance(condition, Compare):
        return _comparison(condition, titles, say)
    if isinstance(condition, Not):
        part = condition.part
        if isinstance(part, Compare) and part.op == "=":
            return _comparison(Compare(part.key, "!=", part.value), titles, say)
        return say(N_("not: (%(condition)s)"), condition=_words(part, titles, say))
    parts = []
    for part in condition.parts:
        words = _words(part, titles, say)
        mixed = not isinstance(part, Compare | Not) and condition.word == "and"
        parts.append(f"({words})" if mixed else words)
    return say(N_(" and ") if condition.word == "and" else N_(" or ")).join(parts)


def _comparison(one: Compare, titles: Mapping[str, str], say: Say) -> str:
    step = titles.get(one.key, one.key).rstrip(" .:")
    step = step if len(step) <= LONGEST else step[:LONGEST].rsplit(" ", 1)[0] + " …"
    if one.op in ("=", "!=") and one.value.casefold() in _HAPPENED:
        words = _HAPPENED[one.value.casefold()][one.op == "!="]
        return say(words, step=step)
    return say(_COMPARED[one.op], step=step, value=one.value)


def limits(given: Mapping[str, Any], say: Say = english) -> str:
    """`20 – 30 000 g`, `at most 5 °C`, `yes / no`, `that is what the run is about`, or ""."""
    if given.get("options"):
        return " / ".join(given["options"])
    if given.get("match"):
        return say(N_("that is what the run is about"))
    low, high, unit = given.get("min"), given.get("max"), given.get("unit", "")
    if low is not None and low == high:
        span = say(N_("exactly %(n)s"), n=number(low, say))
    elif low is not None and high is not None:
        span = f"{number(low, say)} – {number(high, say)}"
    elif low is not None:
        span = say(N_("at least %(n)s"), n=number(low, say))
    elif high is not None:
        span = say(N_("at most %(n)s"), n=number(high, say))
    else:
        return say(N_("in %(unit)s"), unit=unit) if unit else ""
    return f"{span} {unit}".strip()


def number(value: float, say: Say = english) -> str:
    """`30000.5` as `30 000.5`, with a narrow space that does not break, and the language's decimal mark."""
    mark = say(ONE_AND_A_HALF)[1]
    return f"{value:,.10g}".replace(",", "\u202f").replace(".", mark)


def duration(seconds: int, say: Say = english) -> str:
    """`20 s`, `6 min`, `1 h 30 min`, `2 days`: rounded to what a person plans with."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if minutes >= 2880:
        return say(N_("%(n)s days"), n=round(minutes / 1440))
    return " ".join(filter(None, [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]))
