"""What was entered at a step, as its input types it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from tracker.domain import numbers
from tracker.errors import N_, InvalidError
from tracker.models import Step
from tracker.sop import examples, patterns
from tracker.sop.text import fold

LONGEST_TEXT = 2000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def plain(step: Step, text: str) -> str:
    """What was entered without the space around it; a scanner may also send control characters.

    The lines of a text end as they are kept everywhere, however a browser ends them.
    """
    return (_CONTROL.sub("", text) if step.input == "scan" else "\n".join(text.splitlines())).strip()


def typed_value(step: Step, text: str, zone: str = "") -> tuple[Any, str]:
    """The value as the step's input types it, and how it misses its limits ("" if it does not).

    Raises InvalidError for a value of the wrong kind, and for a number that may be two: the place (`zone`,
    IANA) says which of them is named first (`numbers.number`).
    """
    text = plain(step, text)
    if step.input == "number":
        return _number(step, text, zone)
    if step.input == "choice":
        options = list(step.attributes.get("options", ()))
        chosen = text if text in options else next((o for o in options if fold(o) == fold(text)), None)
        if chosen is None:
            raise InvalidError(N_("Choose one of: %(options)s."), options=", ".join(options))
        return chosen, ""
    if step.input == "date":
        try:
            return date.fromisoformat(text).isoformat(), ""
        except ValueError:
            raise InvalidError(N_("Enter a date such as 2026-03-31.")) from None
    if step.input in ("text", "scan"):
        pattern = step.attributes.get("pattern")
        if not text:
            raise InvalidError(N_("Enter what the step asks for."))
        if pattern and not patterns.matches(pattern, text):
            raise _of_another_form(text, pattern)
        return checked_text(text), ""
    if step.input == "signature" and text:  # the name that was typed instead of a drawing
        return checked_text(text), ""
    return None, ""


def _of_another_form(text: str, pattern: str) -> InvalidError:
    """What is said to people, who are never shown the pattern itself."""
    if like := examples.example(pattern):
        return InvalidError(
            N_("“%(text)s” does not look like what this step asks for. It should look like %(example)s."),
            text=text[:80],
            example=like,
        )
    return InvalidError(N_("“%(text)s” does not look like what this step asks for."), text=text[:80])


def _number(step: Step, text: str, zone: str) -> tuple[Any, str]:
    unit = step.attributes.get("unit", "")
    given = numbers.number(text, zone)
    if given is None:
        raise InvalidError(N_("Enter a number, digits only %(unit)s."), unit=f"({unit})" if unit else "")
    value = float(given)
    low, high = step.attributes.get("min"), step.attributes.get("max")
    shown = f"{numbers.written(value)} {unit}".strip()
    if low is not None and value < low:
        return value, f"{shown} (min {numbers.written(low)})"
    if high is not None and value > high:
        return value, f"{shown} (max {numbers.written(high)})"
    return value, ""


def checked_text(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidError(N_("Keep the text below %(n)s characters."), n=LONGEST_TEXT)
    return text
