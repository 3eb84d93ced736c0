"""A history as CSV: one line for each step of each run."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.people import directory
from tracker.domain.transfer import cells
from tracker.domain.transfer.history.job import LABEL, FinishedRun, Import, Line, moment
from tracker.errors import N_, InvalidError
from tracker.models import OUTCOMES, Revision, Step

REQUIRED = ("run", "sop", "step", "outcome", "device_at")

LONGEST = 200
"""Characters that a name may have by which runs, steps and places are found."""

_NAMES = ("run", "sop", "revision", "location", "step")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DELIMITERS = ",;\t"

_LOST_QUOTE = N_(
    "%(file)s:%(line)s: a field is longer than %(most)s characters. Most likely a quotation mark "
    '(") before it is never closed: close it, or shorten the text.'
)
_OPEN_QUOTE = N_(
    '%(file)s:%(line)s: a quotation mark (") here, or in a line before, has no partner: close the field with '
    'one, and write one that belongs to the text twice ("").'
)


class Row(NamedTuple):
    """One line, as written."""

    run: str
    sop: str
    revision: str
    subject: str
    location: str
    step: str
    outcome: str
    reason: str
    value: str
    actor: str
    device_at: str


COLUMNS = Row._fields


class _Zones(dict[str, str]):
    """The zone of each location by its name, each looked up once; that of the installation for a new one."""

    def __init__(self, session: Session, zone: str) -> None:
        super().__init__()
        self._session, self._zone = session, zone

    def __missing__(self, name: str) -> str:
        place = directory.place_named(self._session, name)
        return self.setdefault(name, place.zone if place else self._zone)


class Table:
    """A CSV file in these columns, in any order. The lines of a run may lie anywhere in it.

    As spreadsheets of some countries write it, semicolons or tabs may stand for the commas.
    """

    def __init__(self, job: Import, session: Session) -> None:
        self._job = job
        self._zones = _Zones(session, job.zone)
        steps = session.execute(select(Revision.sop_id, Step.key).join(Step))
        self._steps = {(sop_id, key) for sop_id, key in steps}
        self._sops = {sop_id for sop_id, _ in self._steps}
        self._scattered = False

    def check(self) -> None:
        job, runs = self._job, set()
        run, last = 0, None
        for line, row in self._rows():
            job.lines += 1
            try:
                at = self._right(row)
            except ValueError as error:
                job.refuse(line, str(error))
            else:
                job.begins(row.sop, row.revision or LABEL, at)
            if (row.sop, row.run) != last:
                last = (row.sop, row.run)
                run = hash(last)  # a million runs' names would not fit in; two of one hash do no harm
                self._scattered = self._scattered or run in runs
                runs.add(run)
        job.runs = len(runs)

    def runs(self) -> Iterator[FinishedRun]:
        rows: Iterable[Row] = (row for _, row in self._rows())
        for _, group in groupby(_gathered(rows) if self._scattered else rows, itemgetter(1, 0)):
            yield self._run(list(group))

    def _run(self, rows: list[Row]) -> FinishedRun:
        first = rows[0]
        zone = self._zones[first.location]
        lines = [
            Line(
                row.step,
                row.outcome,
                _on_a_line(row.reason),
                row.value,
                row.actor,
                moment(row.device_at, zone),
            )
            for row in rows
        ]
        times = [line.at for line in lines]
        return FinishedRun(
            first.sop,
            first.run,
            first.revision or LABEL,
            first.subject,
            first.location,
            lines,
            first.actor,
            first.actor,
            min(times),
            max(times),
        )

    def _right(self, row: Row) -> datetime:
        """The time of a line. Raises ValueError: what is wrong with the line, and what to write instead."""
        for name in REQUIRED:
            if not getattr(row, name):
                raise ValueError(f"the column “{name}” is empty.")
        _must_be_text(row)
        if "/" in row.sop or {row.sop, row.step} & {".", ".."}:
            raise ValueError(f"“{row.sop}” or “{row.step}” can’t stand in an address. Write it with “-”.")
        if row.outcome not in OUTCOMES:
            raise ValueError(f"the outcome “{row.outcome}” is none of {', '.join(OUTCOMES)}.")
        if not self._job.create and (row.sop, row.step) not in self._steps:
            if row.sop not in self._sops:
                raise ValueError(f"there is no SOP “{row.sop}”. Publish it first, or import with --create.")
            raise ValueError(
                f"the SOP “{row.sop}” has no step “{row.step}”. Mend the key, or import with --create."
            )
        try:
            return moment(row.device_at, self._zones[row.location])
        except ValueError:
            raise ValueError(
                f"“{row.device_at}” is no time. Write one like 2026-03-31T14:05:00+02:00."
            ) from None

    def _rows(self) -> Iterator[tuple[int, Row]]:
        """Each line with its number. Raises InvalidError."""
        path, reader = self._job.path, None
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                delimiter = _delimiter(file.readline(csv.field_size_limit()))
                file.seek(0)
                reader = csv.reader(file, delimiter=delimiter, strict=True)
                head = [name.strip().lower() for name in next(reader, [])]
                _must_have(head, path.name)
                pick = itemgetter(*(head.index(name) if name in head else len(head) for name in COLUMNS))
                short = [""] * (len(head) + 1)
                for row in reader:
                    if row:
                        texts = pick(row[: len(head)] + short[min(len(row), len(head)) :])
                        yield reader.line_num, Row._make(cells.restore(text.strip()) for text in texts)
        except UnicodeDecodeError as error:
            raise InvalidError(
                N_("%(file)s is not UTF-8. Save it as “CSV UTF-8”."), file=path.name
            ) from error
        except csv.Error as error:
            line, most = reader.line_num if reader else 1, csv.field_size_limit()
            if "field limit" in str(error):
                raise InvalidError(_LOST_QUOTE, file=path.name, line=line, most=most) from error
            if str(error).endswith(("unexpected end of data", "expected after '\"'")):
                raise InvalidError(_OPEN_QUOTE, file=path.name, line=line) from error
            raise InvalidError(
                N_("%(file)s:%(line)s: this can’t be read as CSV: %(why)s."),
                file=path.name,
                line=line,
                why=error,
            ) from error
        except OSError as error:
            raise InvalidError(N_("Can’t read %(file)s: %(why)s."), file=path, why=error.strerror) from error


def _must_be_text(row: Row) -> None:
    """Raise ValueError for characters that no database keeps, or finds again."""
    text = "".join(row)
    if len(text) <= LONGEST and text.isprintable():
        return  # nearly all lines, and quickly
    if "\0" in text:
        raise ValueError("a NUL character stands in this line. Export the file again, as text.")
    for name in _NAMES:
        given = getattr(row, name)
        if _CONTROL.search(given):
            raise ValueError(f"the column “{name}” holds a line break or another control character.")
        if len(given) > LONGEST:
            raise ValueError(f"the column “{name}” holds more than {LONGEST} characters. Shorten the name.")


def _delimiter(head: str) -> str:
    """The delimiter that stands most often between the names of the columns."""
    return max(_DELIMITERS, key=head.count)


def _on_a_line(reason: str) -> str:
    """A reason as it is kept wherever it comes from: reports look runs up by it."""
    return " ".join(reason.split())


def _must_have(head: list[str], file: str) -> None:
    missing = [name for name in REQUIRED if name not in head]
    if missing:
        raise InvalidError(
            N_("%(file)s has no column %(missing)s. The columns are: %(columns)s."),
            file=file,
            missing=", ".join(missing),
            columns=", ".join(COLUMNS),
        )


def _gathered(rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows with those of each run together, in the order in which runs begin.

    They are sorted on the disk, in a database without a name that is gone with its connection.
    """
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    with closing(sqlite3.connect("")) as database:
        database.execute(f"CREATE TABLE lines ({columns})")
        database.executemany(f"INSERT INTO lines VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        first = "min(rowid) OVER (PARTITION BY sop, run)"
        yield from map(Row._make, database.execute(f"SELECT {columns} FROM lines ORDER BY {first}, rowid"))
