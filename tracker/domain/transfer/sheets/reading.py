"""The columns and the records of a table with commas, semicolons or tabs between, one record at a time."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, TextIO

from tracker.domain.transfer import cells
from tracker.errors import N_, HoldfastError, InvalidError

LONGEST_RECORD = 100
"""Lines that a quoted field may run over; after that its quotation mark was never closed."""

LONGEST_LINE = 1_000_000
LONGEST_HEADER = 10_000

DELIMITERS = (",", ";", "\t")
_SEP = re.compile(r'\ufeff?"?sep=(.?)"?[,;\t]*\s*', re.IGNORECASE)
"""The line by which spreadsheets are told what stands between the cells."""

OPEN_QUOTE = N_("A quotation mark is not closed. Write it twice, or delete it.")
_AFTER_QUOTE = N_("Text follows a quotation mark. Write one that belongs to the text twice.")
_LONG_FIELD = N_("A cell is longer than %(most)s characters. Shorten it, or close a quotation mark.")
_MORE = N_("The line has more fields than columns. Put what has the delimiter in it into quotes.")


@dataclass(frozen=True, slots=True)
class Head:
    """The names of the columns as they are written, and what each means ("" for others).

    `line` is where they stand: 0 if the table has none. `skipped`: lines before the first record.
    """

    delimiter: str = ","
    names: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    line: int = 0
    skipped: int = 0

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns that mean nothing here."""
        return tuple(cell for cell, name in zip(self.written, self.names, strict=True) if cell and not name)

    def picker(self, columns: tuple[str, ...]) -> Callable[[list[str]], tuple[str, ...]]:
        """What gives the cells of those columns, in that order, of a record; "" for what it does not have."""
        width = len(self.names)
        pick = itemgetter(*(self.names.index(name) if name in self.names else width for name in columns))
        short = [""] * (width + 1)
        return lambda fields: pick(fields[:width] + short[min(len(fields), width) :])


class Record(NamedTuple):
    """One record: the line where it begins, as written, its cells, and why it can't be read."""

    line: int
    text: str
    fields: list[str]
    problem: HoldfastError | None = None


def lines_of(file: TextIO) -> Iterator[str]:
    """The lines of a file, none of which may be without end. Raises InvalidError."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise InvalidError(
                N_("Line %(line)s is longer than %(most)s characters. Is this a table?"),
                line=number,
                most=LONGEST_LINE,
            )
        yield line


def head_of(lines: Iterable[str], meanings: Mapping[str, str]) -> Head:
    """The columns that the first lines of a table name. Raises InvalidError where two mean the same.

    `meanings`: what a name in small letters, without spaces or marks, means. What stands between the cells is
    what the table tells, or that by which most names are understood. Without such a name there is no head.
    """
    told, skipped = "", 0
    for number, line in enumerate(lines, 1):
        if number == skipped + 1 and (match := _SEP.fullmatch(line)):
            told, skipped = match[1] or told, number
        elif not line.strip():
            skipped = number
        else:
            return _head(line, number, told, meanings, skipped)
    return Head(skipped=skipped)


def _head(line: str, number: int, told: str, meanings: Mapping[str, str], skipped: int) -> Head:
    if len(line) > LONGEST_HEADER:  # names no columns, and takes seconds to look at
        return Head(skipped=skipped)
    tries = [_tried(line, number, mark, meanings) for mark in ((told,) if told else DELIMITERS)]
    best = max(tries, key=lambda head: (sum(map(bool, head.names)), len(head.names)))
    if not any(best.names):
        return Head(best.delimiter, written=(), skipped=skipped)
    if twice := next((name for name in best.names if name and best.names.count(name) > 1), None):
        raise InvalidError(N_("Two columns mean %(column)s. Rename or delete one of them."), column=twice)
    return best


def _tried(line: str, number: int, delimiter: str, meanings: Mapping[str, str]) -> Head:
    try:
        row = next(csv.reader([line.strip("\ufeff\r\n")], delimiter=delimiter), [])
    except csv.Error:
        row = [line]
    written = tuple(cell.strip() for cell in row)
    names = tuple(meanings.get(plain_name(cell), "") for cell in written)
    return Head(delimiter, names, written, number, number)


def plain_name(name: str) -> str:
    """The name of a column without what people write differently: "Device At" is device_at."""
    return re.sub(r"[\W_]", "", name).lower()


def records(lines: Iterable[str], head: Head) -> Iterator[Record]:
    """The records after the head, one at a time. Rows of nothing, as Excel writes at the end, are left out.

    A quotation mark that is never closed spoils its own line alone.
    """
    waiting: deque[str] = deque()
    source, number, width, delimiter = iter(lines), 0, len(head.names), head.delimiter
    for _ in range(head.skipped):
        next(source, None)
        number += 1
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        number += 1
        if '"' not in line:
            record, more = _unquoted(line.rstrip("\r\n"), number, delimiter), 0
        else:
            record, more = _quoted(line, number, source, waiting, delimiter)
        if record.problem or any(map(str.strip, record.fields)):
            extra = (
                not record.problem
                and len(record.fields) > width
                and any(map(str.strip, record.fields[width:]))
            )
            yield record._replace(problem=InvalidError(_MORE)) if extra else record
        number += more


def _unquoted(text: str, number: int, delimiter: str) -> Record:
    """The record of a line without quotation marks. A cell of it may be as long as one within them."""
    fields, most = text.split(delimiter), csv.field_size_limit()
    if len(text) > most and max(map(len, fields)) > most:
        return Record(number, text, [], InvalidError(_LONG_FIELD, most=most))
    return Record(number, text, fields)


def _quoted(
    line: str, number: int, source: Iterator[str], waiting: deque[str], delimiter: str
) -> tuple[Record, int]:
    """The record that begins in a line with a quotation mark, and how many more lines it has.

    Lines that were looked at in vain go back to `waiting`.
    """
    part = [line]
    while True:
        try:
            fields = next(csv.reader(part, delimiter=delimiter, strict=True), [])
            return Record(number, "".join(part).rstrip("\r\n"), fields), len(part) - 1
        except csv.Error as error:
            if "unexpected end" not in str(error) or not _lengthened(part, source, waiting):
                waiting.extendleft(reversed(part[1:]))
                return Record(number, line.rstrip("\r\n"), [], _why(error)), 0


def _lengthened(part: list[str], source: Iterator[str], waiting: deque[str]) -> bool:
    """Add the lines up to the next one with a quotation mark. False where the record would be too long."""
    while len(part) < LONGEST_RECORD:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return False
        part.append(line)
        if '"' in line:
            return True
    return False


def _why(error: csv.Error) -> InvalidError:
    if "field limit" in str(error):
        return InvalidError(_LONG_FIELD, most=csv.field_size_limit())
    return InvalidError(OPEN_QUOTE if "unexpected end" in str(error) else _AFTER_QUOTE)


def plain(cell: str) -> str:
    """A cell without space around it, and without what a program put before it so that no formula runs."""
    return cells.restore(cell.strip())
