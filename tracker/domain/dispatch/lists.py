"""Reading a list of subjects: pasted, or a CSV as spreadsheets save it. Decides nothing about its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tracker.domain.transfer.sheets import reading
from tracker.domain.transfer.sheets.columns import Days
from tracker.errors import N_, HoldfastError, InvalidError

MOST = 100_000
COLUMNS = ("subject", "kind", "aliases", "location", "assignee", "team", "role", "due")

_ALSO = {
    "order": "subject", "ordernumber": "subject", "orderno": "subject", "number": "subject", "ref": "subject",
    "reference": "subject", "subjects": "subject", "name": "subject", "type": "kind", "alias": "aliases",
    "place": "location", "site": "location", "login": "assignee", "person": "assignee", "who": "assignee",
    "dueat": "due", "duedate": "due", "deadline": "due",
}  # fmt: skip
_MEANINGS = {**{name: name for name in COLUMNS}, **_ALSO}
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


def tidy(text: str) -> str:
    """The list without what is not to be seen: pasted or sent as a file, it is the same list."""
    lines = [line.rstrip() for line in _NEWLINE.split(text.lstrip("\ufeff"))]
    return "\n".join(lines).rstrip("\n")


def read(text: str) -> Sheet:
    """The lines of a list; empty ones are left out.

    Names of columns in the first line may be in any case and order, with any of , ; or a tab between. Days in
    the column `due` may be written any way round that other lines of it settle.
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
    head = reading.head_of(lines, _MEANINGS)
    if not head.names:
        rest = enumerate(lines[head.skipped :], head.skipped + 1)
        return Sheet([_plain(place, line) for place, line in rest if line.strip()])
    if "subject" not in head.names:
        raise InvalidError(
            N_("No column is called subject. The columns are: %(columns)s."),
            columns=", ".join(head.written)[:200],
        )
    with_ends = (line + "\n" for line in lines)
    found = [_judged(record, head) for record in reading.records(with_ends, head)]
    columns = tuple(name for name in head.names if name)
    return Sheet(_dated(found) if "due" in columns else found, columns, head.unused)


def _plain(number: int, line: str) -> Line:
    """A line of a list without columns: all of it is the subject."""
    text = line.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('""', '"')
    return _readable(Line(number, line, {"subject": reading.plain(text)}))


def _judged(record: reading.Record, head: reading.Head) -> Line:
    """The line of a record, with what keeps it from being read."""
    given = zip(head.names, record.fields, strict=False)
    fields = {name: reading.plain(cell) for name, cell in given if name}
    line = _readable(Line(record.line, record.text, fields))
    return replace(line, problem=line.problem or record.problem)


def _readable(line: Line) -> Line:
    if any(_UNREADABLE.search(value) for value in line.fields.values()):
        return replace(
            line, problem=InvalidError(N_("There is a sign in it that can’t be read. Type the line anew."))
        )
    return line


def _dated(lines: list[Line]) -> list[Line]:
    """The same lines with their days as the whole column is written; one that may be two is a problem."""
    days = Days()
    for line in lines:
        days.note(line["due"])
    return [_with_day(line, days) if line["due"] and line.problem is None else line for line in lines]


def _with_day(line: Line, days: Days) -> Line:
    try:
        return replace(line, fields={**line.fields, "due": days.plain(line["due"])})
    except InvalidError as problem:
        return replace(line, problem=problem)
