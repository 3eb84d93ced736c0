"""The front matter of a document, read into Meta: YAML between lines of hyphens, TOML between plus signs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import yaml

from tracker.sop import matter, toml
from tracker.sop.durations import seconds
from tracker.sop.model import Meta, Problem
from tracker.sop.told import told
from tracker.sop.toml import Toml

_ENDS = {"---": ("---", "..."), "+++": ("+++",)}
_NAMED = {"---": re.compile(r"[\w-]+:(\s|$)"), "+++": re.compile(r"[\w\"'.-]+\s*=")}
_ID = re.compile(r"[^\W_][\w.-]{0,127}")
KEYS = ("id", "title", "area", "owner", "subject", "roles", "tags", "due", "review", "takes", "schedule",
        "tolerance", "steps", "retired", "description", "language", "lint", "verify", "meaning",
        "keep-evidence", "also", "close")  # fmt: skip


def split(source: str) -> tuple[str, int]:
    """The front matter without its fences, and how many lines it takes with them; "" and 0 if none.

    One in TOML is of the type Toml, by which `read` knows it.
    """
    lines = source.split("\n", 1000)
    ends = _ENDS.get(lines[0].rstrip(), ())
    for i, line in enumerate(lines[1:] if ends else (), 1):
        if line.rstrip() in ends:
            text = "\n".join(lines[1:i])
            return (Toml(text) if "+++" in ends else text), i + 1
    return "", 0


def unclosed(source: str) -> bool:
    """Whether a front matter seems to begin on the first line and never ends."""
    first = source.split("\n", 2)
    named = _NAMED.get(first[0].rstrip())
    return bool(named and len(first) > 1 and named.match(first[1]))


def read(text: str, path: str) -> tuple[Meta, list[Problem]]:
    """What the front matter says, and what is wrong with it. Never raises for bad content."""
    try:
        data = toml.load(text) if isinstance(text, Toml) else matter.load(text)
    except yaml.YAMLError as error:
        return Meta(), [_unreadable(error, path)]
    if data is None:
        return Meta(), []
    if not isinstance(data, dict):
        message = told("The front matter is not a list of “name: value” lines.")
        hint = told("Write for example “owner: warehouse-lead”.")
        return Meta(), [Problem(path, 2, "front-matter", message, hint, True)]
    return _meta(data, text, path)


def _unreadable(error: yaml.YAMLError, path: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 2 if mark else 2
    what = getattr(error, "problem", None) or "it is not YAML"
    hint = getattr(
        error, "hint", "Write “name: value”, and put a value with a colon, quote or bracket in quotes."
    )
    return Problem(
        path, line, "front-matter", told("The front matter can't be read: %(what)s.", what=what), hint, True
    )


def _meta(data: dict[Any, Any], text: str, path: str) -> tuple[Meta, list[Problem]]:
    known: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    problems = []
    for name, value in data.items():
        if name not in KEYS:
            extra[str(name)] = value
        elif value is not None:
            try:
                known[name.replace("-", "_")] = _READ[name](value)
            except (ValueError, TypeError, OverflowError):
                problems.append(_wrong(path, text, name, value))
    return Meta(**known, extra=extra), problems


def _wrong(path: str, text: str, name: str, value: Any) -> Problem:
    return Problem(path, line_of(text, name), "front-matter",
                   told("“%(name)s: %(value)s” can't be used.", name=name, value=_short(value)),
                   told("Write %(write)s.", write=_WRITE[name]), True)  # fmt: skip


def line_of(text: str, name: str) -> int:
    """The 1-based source line on which the front matter gives `name`."""
    for i, line in enumerate(text.split("\n"), 2):
        if re.match(rf"[\"']?{re.escape(name)}[\"']?\s*[:=]", line):
            return i
    return 2


def _short(value: Any) -> str:
    shown = str(value)
    return shown if len(shown) <= 40 else shown[:39] + "…"


def _text(value: Any) -> str:
    if isinstance(value, bool | list | dict | date) or not str(value).strip():
        raise ValueError(value)
    return str(value).strip()


def _id(value: Any) -> str:
    if not _ID.fullmatch(_text(value)):
        raise ValueError(value)
    return _text(value)


def _names(value: Any) -> tuple[str, ...]:
    values = value.split(",") if isinstance(value, str) else value
    if not isinstance(values, list):
        raise ValueError(value)
    return tuple(dict.fromkeys(_text(item) for item in values))


def _days(value: Any) -> int:
    days, rest = divmod(seconds(value), 86400)
    if rest or not days:
        raise ValueError(value)
    return days


def _share(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError(value)
    percent = isinstance(value, str) and value.strip().endswith("%")
    share = float(str(value).strip().rstrip("%")) / (100 if percent else 1)
    if not 0 <= share <= 1:
        raise ValueError(value)
    return share


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _signer(value: Any) -> str | None:
    """A role, or "" for any second person; None for nobody."""
    if isinstance(value, bool):
        return "" if value else None
    if "," in _text(value):
        raise ValueError(value)
    return _text(value)


def _closing(value: Any) -> str:
    if value != "by-hand":
        raise ValueError(value)
    return "by-hand"


def _steps(value: Any) -> str:
    return "none" if value is False else _text(value)


def _reasons(value: Any) -> dict[str, str]:
    """Rules that are switched off, each with its reason; "" where none is given."""
    if isinstance(value, str | list):
        return dict.fromkeys(_names(value), "")
    if not isinstance(value, dict) or any(isinstance(reason, dict | list) for reason in value.values()):
        raise ValueError(value)
    return {str(name): str(reason or "").strip() for name, reason in value.items()}


_READ: dict[str, Callable[[Any], Any]] = {
    "id": _id, "title": _text, "area": _text, "owner": _text, "subject": _text, "roles": _names,
    "tags": _names, "due": seconds, "review": _days, "takes": seconds, "schedule": _text, "tolerance": _share,
    "steps": _steps, "retired": _flag, "description": _text,
    "lint": _reasons,
    "language": _text, "verify": _signer, "meaning": _text, "keep-evidence": _days,
    "also": _names, "close": _closing,
}  # fmt: skip
_WRITE = {
    "id": told("letters, digits, “-”, “_” and “.”, for example “id: pick-pack-ship”"),
    "title": told("one line of text; put it in quotes if it holds a colon"),
    "area": told("one name, for example “area: Returns”"),
    "owner": told("one person, for example “owner: maria”"),
    "subject": told("one word, for example “subject: order”"),
    "roles": told("a list, for example “roles: [picker, packer]”"),
    "tags": told("a list, for example “tags: [peak]”"),
    "due": told("a time, for example “due: 4h” or “due: 2d”"),
    "review": told("a number of days, for example “review: 90d”"),
    "takes": told("a time, for example “takes: 15m”"),
    "schedule": told('when, in quotes, for example “schedule: "every weekday at 08:30"”'),
    "tolerance": told("a share, for example “tolerance: 2%”"),
    "steps": told('the heading of the steps, for example “steps: "Procedure"”, or “steps: none”'),
    "retired": told("true or false"),
    "description": told("one line of text; put it in quotes if it holds a colon"),
    "language": told("a language code, for example “language: en”"),
    "keep-evidence": told("a number of days, for example “keep-evidence: 90d”"),
    "verify": told(
        "the role that signs each run, for example “verify: quality”, or “yes” for any second person"
    ),
    "also": told("a list of other words for it, for example “also: [RMA, barcode]”"),
    "close": "“close: by-hand”, or leave it out: then the last step closes a run that nobody signs",
    "meaning": told("what is said by signing a run, for example “meaning: The order is complete.”"),
    "lint": told(
        'rules with the reason why they are off, for example “lint: {long-step: "a text to read out"}”'
    ),
}
