"""A history as CSV: one line for each step of each run."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.people import directory
from tracker.domain.transfer.history.job import LABEL, FinishedRun, Import, Line, moment
from tracker.domain.transfer.sheets import encoding, reading
from tracker.domain.transfer.sheets.columns import Days, Numbers
from tracker.errors import N_, HoldfastError, InvalidError
from tracker.models import OUTCOMES, Revision, Step

REQUIRED = ("run", "sop", "step", "outcome", "device_at")

LONGEST = 200
"""Characters that a name may have by which runs, steps and places are found."""

_NAMES = ("run", "sop", "revision", "location", "step")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


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
    started_at: str
    closed_at: str


COLUMNS = Row._fields
_MEANINGS = {reading.plain_name(name): name for name in COLUMNS}
UNDONE = "undone"
"""The outcome of what was recorded and taken back: a download tells of it, and it counts for nothing."""

_OUTCOMES = {**{outcome: outcome for outcome in (*OUTCOMES, UNDONE)}, "n/a": "na"}


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

    As spreadsheets of some countries write it: other marks between the cells, days and numbers the other way
    round. What only other lines of the same column can settle is looked at a second time.
    """

    def __init__(self, job: Import, session: Session) -> None:
        self._job = job
        self._zones = _Zones(session, job.zone)
        steps = select(Revision.sop_id, Step.key, Step.attributes).join(Step).order_by(Revision.id)
        self._inputs = {(sop_id, key): given.get("input") for sop_id, key, given in session.execute(steps)}
        self._sops = {sop_id for sop_id, _ in self._inputs}
        self._times, self._days, self._numbers = Days(), Days(), Numbers()
        self._scattered = False

    def check(self) -> None:
        self._look()
        if self._times.doubtful or self._days.doubtful or self._numbers.doubtful:
            self._job.begin_again()
            self._look()

    def runs(self) -> Iterator[FinishedRun]:
        rows: Iterable[Row] = (row for _, row, _ in self._rows() if row.outcome != UNDONE)
        for _, group in groupby(_gathered(rows) if self._scattered else rows, itemgetter(1, 0)):
            yield self._run(list(group))

    def _look(self) -> None:
        """Check each line, count runs, and learn how days and numbers are written."""
        job, runs = self._job, set()
        run, last = 0, None
        for line, row, problem in self._rows():
            job.lines += 1
            try:
                if problem:
                    raise problem
                at = self._right(row)
            except (ValueError, HoldfastError) as error:
                job.refuse(line, str(error))
            else:
                job.begins(row.sop, row.revision or LABEL, at)
            if (row.sop, row.run) != last and row.outcome != UNDONE:
                last = (row.sop, row.run)
                run = hash(last)  # a million runs' names would not fit in; two of one hash do no harm
                self._scattered = self._scattered or run in runs
                runs.add(run)
        job.runs = len(runs)

    def _run(self, rows: list[Row]) -> FinishedRun:
        first = rows[0]
        lines = [self._line(row) for row in rows]
        began, closed = self._span(first)
        times = [line.at for line in lines]
        times += [at for at in (began, closed) if at]
        return FinishedRun(
            first.sop,
            first.run,
            first.revision or LABEL,
            first.subject,
            first.location,
            lines,
            first.actor,
            first.actor,
            began or min(times),
            closed or max(times),
        )

    def _span(self, row: Row) -> tuple[datetime | None, datetime | None]:
        """When the run of a line began and was closed, None where it doesn't say. Raises ValueError."""
        began, closed = (
            self._moment(row, text) if text else None for text in (row.started_at, row.closed_at)
        )
        if began and closed and closed < began:
            raise ValueError(
                f"the run is closed at “{row.closed_at}”, before it began at “{row.started_at}”. Mend one."
            )
        return began, closed

    def _line(self, row: Row) -> Line:
        at = self._moment(row, row.device_at)
        return Line(row.step, row.outcome, _on_a_line(row.reason), self._value(row), row.actor, at)

    def _right(self, row: Row) -> datetime:
        """The time of a line. Raises ValueError: what is wrong with the line, and what to write instead."""
        for name in REQUIRED:
            if not getattr(row, name):
                raise ValueError(f"the column “{name}” is empty.")
        _must_be_text(row)
        if "/" in row.sop or {row.sop, row.step} & {".", ".."}:
            raise ValueError(f"“{row.sop}” or “{row.step}” can’t stand in an address. Write it with “-”.")
        if row.outcome not in OUTCOMES and row.outcome != UNDONE:
            raise ValueError(f"the outcome “{row.outcome}” is none of {', '.join(OUTCOMES)}.")
        if not self._job.create and (row.sop, row.step) not in self._inputs:
            if row.sop not in self._sops:
                raise ValueError(f"there is no SOP “{row.sop}”. Publish it first, or import with --create.")
            raise ValueError(
                f"the SOP “{row.sop}” has no step “{row.step}”. Mend the key, or import with --create."
            )
        if row.value:
            self._note_value(row)
            self._value(row)
        return min(at for at in (self._moment(row, row.device_at), *self._span(row)) if at)

    def _moment(self, row: Row, text: str) -> datetime:
        """When it was, by the clocks of the row's place. Raises ValueError, InvalidError."""
        zone = self._zones[row.location]
        try:
            return moment(text, zone)
        except ValueError:
            self._times.note(text)
        try:
            return moment(self._times.plain(text), zone)
        except ValueError:
            raise ValueError(f"“{text}” is no time. Write one like 2026-03-31T14:05:00+02:00.") from None

    def _note_value(self, row: Row) -> None:
        kind = self._inputs.get((row.sop, row.step))
        if kind == "number":
            self._numbers.note(row.value)
        elif kind == "date":
            self._days.note(row.value)

    def _value(self, row: Row) -> Any:
        """What was entered, as the step's input types it; what is none of its kind stays as it is written.

        Raises InvalidError for a number or a day that may be two.
        """
        kind = self._inputs.get((row.sop, row.step)) if row.value else None
        if kind == "number" and (number := self._numbers.read(row.value)) is not None:
            return float(number)
        return self._days.plain(row.value) if kind == "date" else row.value

    def _rows(self) -> Iterator[tuple[int, Row, HoldfastError | None]]:
        """Each line with its number, and why it can't be read. Raises InvalidError."""
        path = self._job.path
        try:
            with encoding.open_text(path) as file:
                head = reading.head_of(reading.lines_of(file), _MEANINGS)
                _must_have(head.names, path.name)
                if file.encoding == encoding.WINDOWS and not self._job.notes:
                    self._job.notes.append("The file is not in UTF-8: its letters were read as Windows-1252.")
                pick = head.picker(COLUMNS)
                file.seek(0)
                for record in reading.records(reading.lines_of(file), head):
                    row = Row._make(map(reading.plain, pick(record.fields)))
                    outcome = _OUTCOMES.get(row.outcome.casefold())
                    yield record.line, row._replace(outcome=outcome) if outcome else row, record.problem
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


def _on_a_line(reason: str) -> str:
    """A reason as it is kept wherever it comes from: reports look runs up by it."""
    return " ".join(reason.split())


def _must_have(head: tuple[str, ...], file: str) -> None:
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
