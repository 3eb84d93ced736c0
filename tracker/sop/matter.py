"""YAML as front matter may use it: plain values that cost about as much memory as they take to write."""

from __future__ import annotations

from typing import Any

import yaml

from tracker.sop.told import told

LONGEST = 20_000
"""Characters of a front matter; one with every key and a long description has a thousand."""

DEEPEST = 6
"""Lists and mappings inside one another, the front matter itself included."""

MOST = 1_000
"""Names and values of a front matter."""

LONGEST_NUMBER = 40
"""Characters of a number; Python takes the square of the time for more."""

_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class MatterError(yaml.MarkedYAMLError):
    """What a front matter may not hold, its place, and in `hint` what to write instead."""

    def __init__(self, message: str, hint: str, mark: Any) -> None:
        super().__init__(None, None, message, mark)
        self.hint = hint


class _Loader(_Safe):  # type: ignore[misc]
    """A value that can't be one, such as the 40th of May, is an error at its place."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        number = node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
        if number and len(node.value) > LONGEST_NUMBER:
            raise MatterError(
                told("this number is too long"), told("Put it in quotes if it is text."), node.start_mark
            )
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            hint = told("Put it in quotes if it is text.")
            raise MatterError(
                told("this is no value (%(error)s)", error=error), hint, node.start_mark
            ) from error


def load(text: str) -> Any:
    """The value that `text` stands for; None for an empty one.

    Raises yaml.YAMLError for what is no YAML, and MatterError, which is one, for what can blow up: aliases
    and merge keys, tags, deep nesting, too much of anything. A name that is given twice is an error too.
    """
    if len(text) > LONGEST:
        raise MatterError(
            told("it is longer than %(longest)s characters", longest=LONGEST),
            told("Move what is long into the text below."),
            None,
        )
    nesting: list[_Level] = []
    for count, event in enumerate(yaml.parse(text, Loader=_Safe)):
        if count > 2 * MOST:
            raise MatterError(
                told("it has more than %(most)s names and values", most=MOST),
                told("Move data elsewhere."),
                None,
            )
        _check(event, nesting)
    return yaml.load(text, Loader=_Loader)  # a safe loader: it makes plain values only


class _Level:
    """A list or a mapping that is being read; in a mapping every other node is a name."""

    def __init__(self, mapping: bool) -> None:
        self.mapping = mapping
        self.at_name = mapping
        self.names: set[str] = set()


def _check(event: Any, nesting: list[_Level]) -> None:
    """Raise MatterError for an event that may not be there; `nesting` is kept up to date."""
    if isinstance(event, yaml.CollectionEndEvent):
        nesting.pop()
        return
    if not isinstance(event, yaml.NodeEvent):
        return
    _check_marks(event)
    within = nesting[-1] if nesting else None
    if within and within.mapping:
        if within.at_name:
            _check_name(event, within.names)
        within.at_name = not within.at_name
    if isinstance(event, yaml.CollectionStartEvent):
        nesting.append(_Level(isinstance(event, yaml.MappingStartEvent)))
        if len(nesting) > DEEPEST:
            message = told("it is nested more than %(deepest)s levels deep", deepest=DEEPEST)
            raise MatterError(message, told("Write lists without lists inside."), event.start_mark)


def _check_marks(event: Any) -> None:
    quote = "Put a text that begins with {} in quotes."
    if isinstance(event, yaml.AliasEvent):
        message = told("“*%(anchor)s” stands for a value from elsewhere", anchor=event.anchor)
        raise MatterError(
            message, told("Write the value itself. %(what)s", what=quote.format("“*”")), event.start_mark
        )
    if event.anchor is not None:
        message = told("“&%(anchor)s” is a mark for other places to use this value", anchor=event.anchor)
        raise MatterError(message, told("Leave it out. %(what)s", what=quote.format("“&”")), event.start_mark)
    if event.tag is not None:
        raise MatterError(
            told("“%(tag)s” is a tag", tag=event.tag),
            told("Leave it out. %(what)s", what=quote.format("“!”")),
            event.start_mark,
        )


def _check_name(event: Any, names: set[str]) -> None:
    if not isinstance(event, yaml.ScalarEvent):
        hint = told("Write “name: value”, and put a value with brackets in quotes.")
        raise MatterError(told("a list can't be a name"), hint, event.start_mark)
    if event.value == "<<" and not event.style:
        hint = told("Write these lines out where they belong.")
        raise MatterError(told("“<<” takes lines over from elsewhere"), hint, event.start_mark)
    if event.value in names:
        raise MatterError(
            told("“%(value)s” is given twice", value=event.value[:40]),
            told("Keep one of them."),
            event.start_mark,
        )
    names.add(event.value)
