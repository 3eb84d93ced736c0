"""TOML as front matter may use it, within the limits that YAML has: plain values, not too many of them."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import yaml

from tracker.sop.matter import DEEPEST, LONGEST, LONGEST_NUMBER, MOST, MatterError
from tracker.sop.told import told

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_LONG_NUMBER = re.compile(rf"(?<![\w\"'])[+-]?[\d_.]{{{LONGEST_NUMBER + 1},}}")


class Toml(str):
    """The text of a front matter that stands between two lines of three plus signs."""


def load(text: Toml) -> dict[str, Any]:
    """The values of `text` by name. Raises MatterError for what can’t be read, or too much."""
    if len(text) > LONGEST:
        hint = told("Move what is long into the text below.")
        raise MatterError(told("it is longer than %(longest)s characters", longest=LONGEST), hint, None)
    if number := _LONG_NUMBER.search(text):
        line = text.count("\n", 0, number.start())
        raise MatterError(
            told("this number is too long"), told("Put it in quotes if it is text."), _mark(line)
        )
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) - 1 if place and place[1] else text.count("\n")
        what = _PLACE.sub("", str(error)) or "it is not TOML"
        raise MatterError(what, told('Write “name = "value"”, with texts in quotes.'), _mark(line)) from error
    except (ValueError, RecursionError, OverflowError) as error:
        raise MatterError(told("it is not TOML"), told('Write “name = "value"”.'), None) from error
    if _count(values, 1) > MOST:
        raise MatterError(
            told("it has more than %(most)s names and values", most=MOST), told("Move data elsewhere."), None
        )
    return values


def _mark(line: int) -> yaml.Mark:
    return yaml.Mark("", 0, line, 0, None, 0)


def _count(value: Any, depth: int) -> int:
    """How many names and values there are in a value. Raises MatterError where it is nested too deep."""
    if not isinstance(value, dict | list):
        return 1
    if depth > DEEPEST:
        hint = told("Write lists without lists inside.")
        raise MatterError(told("it is nested more than %(deepest)s levels deep", deepest=DEEPEST), hint, None)
    inside = value.values() if isinstance(value, dict) else value
    return len(value) + sum(_count(one, depth + 1) for one in inside)
