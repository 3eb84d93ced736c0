"""Attribute lists in braces, `{#key .critical input=number}`, and what each attribute may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import process

from tracker.sop import patterns
from tracker.sop.durations import seconds
from tracker.sop.logic import ConditionError, parse
from tracker.sop.model import INPUTS
from tracker.sop.told import told

FLAGS = ("critical", "optional", "verify", "keep-location")
NAMES = ("input", "unit", "min", "max", "options", "pattern", "takes", "at-least", "when", "role", "activity",
         "meaning", "match")  # fmt: skip

_QUOTED = "\"[^\"]*\"|'[^']*'|“[^”“]*”|„[^“”]*[“”]|”[^”]*”|‘[^’]*’|«[^»]*»"
_HELD = _QUOTED.replace("[^", r"[^\n").replace(
    "*", "{0,400}"
)  # a quoted value, on one line, may hold braces: pattern="[A-Z]{2}"
_BRACES = re.compile(rf"(?:^|\s)\{{((?>(?<==)(?:{_HELD})|[^{{}}\n]){{1,1000}}+)\}}(?=[ \t]*$)", re.M)
_TOKEN = re.compile(
    rf"\s*(?:#([^\s#.=\"']\S*)|\.([A-Za-z][\w-]*)|([A-Za-z][\w-]*)=({_QUOTED}|[^\s\"“”'‘]*))(?=\s|$)"
)
_KEY = re.compile(r"[^\W_][\w.-]{0,63}")
_WRITE = {
    "min": told("a number, for example min=20"),
    "max": told("a number, for example max=30000"),
    "takes": told("a time, for example takes=20s or takes=5m"),
    "at-least": told("a time, for example at-least=10s"),
    "match": told("match=subject: what is entered must be what the run is about"),
}


@dataclass(slots=True)
class Attributes:
    """What the braces of one step say. `faults` are (message, what to write instead)."""

    key: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


def split(text: str) -> tuple[str, str | None]:
    """`text` without its attribute list, and the list; None where there is none.

    Only braces at the end of a line that are nothing but `#key`, `.class` and `name=value` count, so that
    `{version}` and other places for values survive.
    """
    for braces in reversed(list(_BRACES.finditer(text)) if "}" in text else []):
        if _is_list(braces[1]):
            return (text[: braces.start()] + text[braces.end() :]).rstrip(), braces[1]
    return text, None


def _is_list(inner: str) -> bool:
    at = 0
    while token := _TOKEN.match(inner, at):
        at = token.end()
    return at > 0 and not inner[at:].strip()


def read(inner: str) -> Attributes:
    """The attributes written in `inner` (without the braces), checked and typed."""
    attributes = Attributes()
    for token in _TOKEN.finditer(inner):
        key, flag, name, value = token.groups()
        if key:
            _key(attributes, key)
        elif flag:
            _flag(attributes, flag)
        else:
            _value(attributes, name, _unquote(value))
    _consistent(attributes)
    return attributes


def _unquote(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] in "\"'“„”‘«" else value


def _key(attributes: Attributes, key: str) -> None:
    if _KEY.fullmatch(key):
        attributes.key = key
    else:
        attributes.faults.append(
            (f"“#{key}” is not a key.", "Use letters, digits, “-”, “_” and “.”, at most 64.")
        )


def _flag(attributes: Attributes, flag: str) -> None:
    if flag.lower() in FLAGS:
        attributes.values[flag.lower()] = True
    else:
        attributes.faults.append(
            (f"Unknown attribute “.{flag}”.", _nearest(flag, [f".{known}" for known in FLAGS]))
        )


def _value(attributes: Attributes, name: str, value: str) -> None:
    name = name.lower()
    if name not in NAMES:
        attributes.faults.append((f"Unknown attribute “{name}”.", _nearest(name, list(NAMES))))
        return
    try:
        attributes.values[name] = _typed(name, value)
    except (ConditionError, patterns.PatternError) as error:
        attributes.faults.append((error.args[0], error.hint))
    except ValueError:
        hint = (
            told("Write %(write)s.", write=_WRITE[name])
            if name in _WRITE
            else told("Write one of: %(names)s.", names=", ".join(INPUTS))
        )
        if name in ("options", "unit", "role", "when", "activity", "pattern", "meaning"):
            hint = told('Write a value after “%(name)s=”, for example %(name)s="…".', name=name)
        attributes.faults.append((f"“{name}={value}” can't be used.", hint))


def _typed(name: str, value: str) -> Any:
    if name in ("min", "max"):
        number = float(value)
        if number != number or abs(number) == float("inf"):
            raise ValueError(value)
        return number
    if name in ("takes", "at-least"):
        return seconds(value)
    if name == "options":
        options = tuple(part.strip() for part in value.split(",") if part.strip())
        if not options:
            raise ValueError(value)
        return options
    if name == "pattern":
        patterns.check(value)
    if name == "when" and value.strip():
        parse(value)
    if name == "match" and value != "subject":
        raise ValueError(value)
    if not value.strip() or (name == "input" and value not in INPUTS):
        raise ValueError(value)
    return value


def _consistent(attributes: Attributes) -> None:
    values = attributes.values
    kind = values.get("input", "check")
    if "min" in values and "max" in values and values["min"] > values["max"]:
        attributes.faults.append(("min is greater than max.", "Swap the two."))
    if kind == "choice" and "options" not in values and not any("options" in f[0] for f in attributes.faults):
        attributes.faults.append(("input=choice has no options.", 'Add options="first, second".'))
    if "options" in values and kind != "choice":
        attributes.faults.append(
            (f"options do not go with input={kind}.", "Write input=choice or remove the options.")
        )
    for name in ("min", "max"):
        if name in values and kind != "number":
            attributes.faults.append(
                (f"{name} does not go with input={kind}.", f"Write input=number or remove {name}.")
            )
    for name in ("pattern", "match"):
        if name in values and kind not in ("text", "scan"):
            attributes.faults.append(
                (f"{name} does not go with input={kind}.", "Write input=text or input=scan.")
            )
    if "keep-location" in values and kind != "photo":
        attributes.faults.append(
            (f"keep-location does not go with input={kind}.", "Write input=photo or remove it.")
        )
    if "meaning" in values and "verify" not in values:
        attributes.faults.append(("meaning is what a signature says, and nobody signs.", "Add .verify."))


def _nearest(name: str, known: list[str]) -> str:
    near = process.extractOne(name, known, score_cutoff=65)
    return f"Did you mean “{near[0]}”?" if near else f"Known: {', '.join(known)}."


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON can hold them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
