"""How much time, memory and output a document may take, and which ones need no watching."""

from __future__ import annotations

import re
from typing import NamedTuple

STEPS = 1_000
"""Steps of a document; more than forty are too many for people, and matching takes the square of them."""

HEADINGS = 1_000
"""Headings of a document: each is an anchor, and a line in the contents of its page."""


class Limits(NamedTuple):
    """What reading one document may take, in seconds of work and in bytes.

    `seconds` and `seconds_a_megabyte` add up. `wait` is how long the answer may take where the machine is
    busy. `memory` is that of the process which reads; `page` that of all the HTML that comes out.
    """

    seconds: float = 4.0
    seconds_a_megabyte: float = 4.0
    wait: float = 120.0
    memory: int = 800_000_000
    page: int = 10_000_000

    def work(self, size: int) -> float:
        """The seconds that a document of this many bytes may take."""
        return self.seconds + self.seconds_a_megabyte * size / 1_000_000


READING = Limits()
"""Ten times what an ordinary document of that size takes."""


class TooMuchError(Exception):
    """There is too much of something in a document: the line where it gets too much, and what to do."""

    def __init__(self, line: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def bound_memory(most: int, process: int = 0) -> None:
    """Let a process, this one if none is named, have so many bytes, and leave no image of them when it dies.

    Without effect on a system that has no such limit; the limits of time hold there too.
    """
    try:
        import resource

        resource.prlimit(process, resource.RLIMIT_AS, (most, most))
        resource.prlimit(process, resource.RLIMIT_CORE, (0, 0))
    except (ImportError, AttributeError, ValueError, OSError):
        return


_LONGEST = 40_000  # of a simple document, in characters
_LINES = 1_200  # in it
_LINE = 1_500  # characters of one of them
_PARAGRAPH = 6_000  # characters between two blank lines
_CELLS = 24  # of a row of a table
_MARKS = 120  # of one kind in a paragraph
_INDENT = 32  # columns
_MARKED = "[]()*_`<>&!\\~={:$^|\"'#@"
_PARAGRAPHS = re.compile(r"\n[ \t\xa0>]*(?=\n)")
_DEEP = re.compile(
    rf"\n(?: {{{_INDENT}}}|[ \t\xa0]*\t{{{_INDENT // 4}}}"
    r"|[ \t\xa0]*(?:>[ \t\xa0]*|(?:[*+-]|\d{1,9}[.)])[ \t\xa0]+){6})"
)
_SPREADING = re.compile(r"^[ \t>]*\*\[", re.M)  # an abbreviation: its meaning is written wherever it stands


def simple(text: str) -> bool:
    """Whether a document is so short and plain that no way of writing it takes long to read.

    Nineteen of twenty are. The bounds are those below which nothing was found that takes a second or
    50 MB (`tests/sop/test_limits.py` tries).
    """
    if len(text) > _LONGEST or text.count("\n") > _LINES or _DEEP.search("\n" + text):
        return False
    if "*[" in text and _SPREADING.search(text):
        return False
    lines = text.split("\n")
    if max(map(len, lines)) > _LINE:
        return False
    if text.count("|") > _CELLS and any(line.count("|") > _CELLS for line in lines):
        return False
    crowded = [mark for mark in _MARKED if text.count(mark) > _MARKS]
    parts = _PARAGRAPHS.split(text) if crowded or len(text) > _PARAGRAPH else []
    return all(
        len(part) <= _PARAGRAPH and all(part.count(mark) <= _MARKS for mark in crowded) for part in parts
    )
