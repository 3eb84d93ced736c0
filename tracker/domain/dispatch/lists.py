"""Reading a list of subjects: pasted, or a CSV as spreadsheets save it. Decides nothing about its lines."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tracker.domain.transfer import cells
from tracker.errors import N_, HoldfastError, InvalidError

MOST = 100_000
LONGEST_RECORD = 20
"""Lines that a quoted field may run over; after that its quotation mark was never closed."""

LONGEST_HEADER = 10_000

COLUMNS = ("subject", "kind", "aliases", "location", "assignee", "team", "role", "due")

_ALSO = {
    "order": "subject", "ordernumber": "subject", "orderno": "subject", "number": "subject", "ref": "subject",
    "reference": "subject", "subjects": "subject", "name": "subject", "type": "kind", "alias": "aliases",
    "place": "location", "site": "location", "login": "assignee", "person": "assignee", "who": "assignee",
    "dueat": "due", "duedate": "due", "deadline": "due",
}  # fmt: skip
_DELIMITERS = (",", ";", "\t")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is written: its number as an editor counts, its fields, and why it can't be read."""

    number: int
    text: str
    fields: dict[str, str] = field(default_factory=dict)
    problem: HoldfastError | None = None

    def __getitem__(self, column: str) -> str:
        return self.fields.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list: its lines, the columns that were understood and those that were not.

    Without columns, the whole of each line is a subject.
    """

    lines: Sequence[Line]
    columns: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16, with or without its mark, or in Windows-1252.

    Raises InvalidError for a file that is no text, saying what to do.
    """
    if data.startswith(b"PK\x03\x04"):
        raise InvalidError(
            N_("This is a workbook, not a list. Save it as CSV in your spreadsheet and choose that.")
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
    elif data[:1000].count(0) > len(data[:1000]) // 5:  # fewer are no UTF-16, but rubbish
        text = data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if "\0" in text or text[:1000].count("\ufffd") > 10:
        raise InvalidError(
            N_("This file can’t be read as text. Save the list as CSV (UTF-8) and choose that.")
        )
    return text


def tidy(text: str) -> str:
    """The list without what is not to be seen: pasted or sent as a file, it is the same list."""
    lines = [line.rstrip() for line in _NEWLINE.split(text.lstrip("\ufeff"))]
    return "\n".join(lines).rstrip("\n")


def read(text: str) -> Sheet:
    """The lines of a list; empty ones are left out.

    Names of columns in the first line may be in any case and order, with any of , ; or a tab between.
    Raises InvalidError for a list that is empty, too long, or names columns but no subject.
    """
    lines = _NEWLINE.split(text)
    if not text.strip():
        raise InvalidError(N_("The list is empty. Paste one subject on each line, or choose a CSV file."))
    if len(lines) > MOST + 1:
        raise InvalidError(
            N_("The list has %(n)s lines; at most %(most)s go at once. Split it and send part after part."),
            n=len(lines),
            most=MOST,
        )
    first = next(place for place, line in enumerate(lines) if line.strip())
    short = (
        len(lines[first]) <= LONGEST_HEADER
    )  # what is longer names no columns, and takes seconds to look at
    delimiter, names = _header(lines[first]) if short else (",", [])
    if not any(names):
        return Sheet([_plain(place, line) for place, line in enumerate(lines, 1) if line.strip()])
    written = _cells(lines[first], delimiter)
    if "subject" not in names:
        raise InvalidError(
            N_("No column is called subject. The columns are: %(columns)s."), columns=", ".join(written)[:200]
        )
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise InvalidError(N_("Two columns mean %(column)s. Rename or delete one of them."), column=twice)
    unused = tuple(cell for cell, name in zip(written, names, strict=True) if not name and cell)
    return Sheet(
        list(_records(lines, first + 1, delimiter, names)), tuple(name for name in names if name), unused
    )


def _header(line: str) -> tuple[str, list[str]]:
    """The delimiter under which most names of columns are understood, and what they mean ("" for others)."""
    tries = [(delimiter, [_meaning(cell) for cell in _cells(line, delimiter)]) for delimiter in _DELIMITERS]
    return max(tries, key=lambda found: sum(map(bool, found[1])))


def _meaning(cell: str) -> str:
    name = re.sub(r"[\W_]", "", cell).lower()
    return name if name in COLUMNS else _ALSO.get(name, "")


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return [line]


def _plain(number: int, line: str) -> Line:
    """A line of a list without columns: all of it is the subject."""
    text = line.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('""', '"')
    return _judged(Line(number, line, {"subject": cells.restore(text)}))


def _records(lines: list[str], at: int, delimiter: str, names: list[str]) -> Iterator[Line]:
    while at < len(lines):
        fields, many = _record(lines, at, delimiter)
        text = "\n".join(lines[at : at + many])
        if fields is None:
            yield Line(
                at + 1,
                text,
                problem=InvalidError(N_("A quotation mark is not closed. Write it twice, or delete it.")),
            )
        elif any(field.strip() for field in fields):
            given = zip(names, fields, strict=False)
            found = {name: cells.restore(field.strip()) for name, field in given if name}
            yield _judged(
                Line(at + 1, text, found), extra=len(fields) > len(names) and any(fields[len(names) :])
            )
        at += many


def _record(lines: list[str], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The fields of the record that begins in a line, and how many lines it has; None if no quote ends it."""
    for many in range(1, LONGEST_RECORD + 1):
        try:
            part = [line + "\n" for line in lines[at : at + many]]
            return next(csv.reader(part, delimiter=delimiter, strict=True), []), many
        except csv.Error as error:
            if "unexpected end" not in str(error):
                break
    return None, 1


def _judged(line: Line, extra: bool = False) -> Line:
    """The line, with what keeps it from being read."""
    if any(_UNREADABLE.search(value) for value in line.fields.values()):
        problem = InvalidError(N_("There is a sign in it that can’t be read. Type the line anew."))
    elif extra:
        problem = InvalidError(
            N_("The line has more fields than columns. Put what has the delimiter in it into quotes.")
        )
    else:
        return line
    return Line(line.number, line.text, line.fields, problem)
