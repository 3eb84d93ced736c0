"""Folding closed runs into the facts, each exactly once, and putting right what amendments change.

A part is read and added up without a lock and then written in one short transaction, which marks its runs as
folded. A run that was amended in between has a record more than was read; one that somebody else folds is
locked or marked; a place whose zone has changed has other days. In each case the part is left for the next
look.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, func, select, update
from sqlalchemy.orm import Session

from tracker.db import Base, alone
from tracker.domain.facts import contributions
from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts.contributions import ClosedRun, Orders, Sums
from tracker.models import (
    IS_UNFOLDED,
    OUTCOMES,
    Figure,
    Location,
    PersonDay,
    Record,
    Run,
    RunDay,
    StepDay,
    StepMonth,
)

Judge = Callable[[Session, datetime, Sequence[ClosedRun]], None]
"""A function that judges runs as they are folded, in the same transaction: it sees each run once."""

AT_ONCE = 4000
"""Runs that are read at a time."""

FEWEST, MOST = 25, 500
"""Runs in a part."""

KEYS: dict[type[Base], tuple[str, ...]] = {
    StepDay: ("sop_id", "day", "step_key", "revision_id"),
    StepMonth: ("by", "sop_id", "month", "step_key", "which"),
    RunDay: ("day", "sop_id", "location_id"),
    PersonDay: ("day", "sop_id", "location_id", "person_id"),
}
COUNTS: dict[type[Base], tuple[str, ...]] = {
    StepDay: ("recovered", *OUTCOMES),
    StepMonth: OUTCOMES,
    RunDay: ("runs", "failed", "conformity"),
    PersonDay: ("runs",),
}
"""The columns of the facts, in the order of `contributions.Sums`."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some runs as they were read, and what they add up to."""

    runs: Sequence[ClosedRun]
    sums: Sums


@dataclass(slots=True)
class Fold:
    """One look through the closed runs that are not folded yet. `most`: how many a part has.

    They are read in the order in which they lie, and written SOP by SOP: those of one add to the same rows.
    """

    judge: Judge | None = None
    most: int = 20
    runs: int = 0
    outcomes: int = 0
    _after: int = 0
    _orders: Orders = field(default_factory=Orders)
    _clocks: Mapping[int, ZoneInfo] = field(default_factory=dict)
    _read: dict[str, list[ClosedRun]] = field(default_factory=dict)

    def read(self, session: Session) -> Part | None:
        """The next part, or None after the last. Call `keep_zones` before the first."""
        if not self._read:
            self._read_more(session)
        if not self._read:
            return None
        sop_id, runs = self._read.popitem()
        some, rest = runs[: self.most], runs[self.most :]
        if rest:
            self._read[sop_id] = rest
        return Part(some, contributions.sums(some, self._clocks))

    def _read_more(self, session: Session) -> None:
        self._clocks = self._clocks or {place: ZoneInfo(name) for place, name in kept_zones(session).items()}
        waiting = select(Run.id).where(IS_UNFOLDED, Run.id > self._after).order_by(Run.id).limit(AT_ONCE)
        numbers = session.scalars(waiting).all()
        if not numbers:
            return
        self._after = numbers[-1]
        for run in contributions.closed_runs(session, numbers, self._orders):
            # runs of a new location wait until its zone is kept (`keep_zones`)
            if run.location_id in self._clocks:
                self._read.setdefault(run.sop_id, []).append(run)

    def write(self, session: Session, now: datetime, part: Part) -> bool:
        """Fold a part, unless somebody else is at it or has changed a run of it meanwhile."""
        runs = {"numbers": [run.id for run in part.runs]}
        if len(session.scalars(_MINE, runs).all()) < len(part.runs):
            return False
        if session.scalar(_RECORDS, runs) != sum(run.records for run in part.runs):
            return False
        if not self._are_kept(session, {run.location_id for run in part.runs}):
            return False
        put(session, part.sums)
        session.execute(_FOLDED, runs, execution_options={"synchronize_session": False})
        if self.judge:
            self.judge(session, now, part.runs)
        self.runs += len(part.runs)
        self.outcomes += sum(len(run.endings) for run in part.runs)
        return True

    def _are_kept(self, session: Session, places: Collection[int]) -> bool:
        """Whether these locations still have the zones with which the part was read: a rebuild may have
        begun."""
        alone(session, "facts")
        zones = kept_zones(session)
        return all(zones.get(place) == self._clocks[place].key for place in places)

    def pace(self, seconds: float, wanted: float) -> None:
        """Size the next part so that writing it takes `wanted` seconds; this one took `seconds`."""
        factor = min(2.0, max(0.3, wanted / seconds))
        self.most = round(min(MOST, max(FEWEST, self.most * factor)))


_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_MINE = select(Run.id).where(Run.id.in_(_NUMBERS), IS_UNFOLDED).with_for_update(skip_locked=True)
_RECORDS = select(func.count()).select_from(Record).where(Record.run_id.in_(_NUMBERS))
_FOLDED = update(Run).where(Run.id.in_(_NUMBERS)).values(folded=True)


def swap(session: Session, before: ClosedRun, after: ClosedRun) -> None:
    """Replace what a folded run contributes, in the transaction that changes it."""
    alone(session, "facts")  # lock before the zones are read: a rebuild that begins later sees what this adds
    clock, change = facts_counts.zones(session)[before.location_id], Sums()
    change.add(before, clock, -1)
    change.add(after, clock)
    put(session, change)


def put(session: Session, sums: Sums) -> None:
    """Add sums to the facts."""
    alone(session, "facts")  # in one order, or two who write the same rows would wait for each other
    connection = session.connection()
    for table in KEYS:
        wheres = [
            (*(part.isoformat() if isinstance(part, date) else part for part in key), *row)
            for key, row in rows_of(sums, table).items()
            if any(row)
        ]
        if wheres:
            connection.exec_driver_sql(_adding(table, connection.dialect.paramstyle), wheres)


def rows_of(sums: Sums, table: type[Base]) -> dict[Any, list[int]]:
    """The rows that sums add to a table, by their keys."""
    rows: dict[type[Base], dict[Any, list[int]]] = {
        StepDay: sums.steps,
        StepMonth: sums.months,
        RunDay: sums.runs,
        PersonDay: sums.people,
    }
    return rows[table]


@cache
def _adding(table: type[Base], paramstyle: str) -> str:
    """The statement that adds to a row by its key, or inserts it. SQLAlchemy's own takes twice as long."""
    name, key, counts = table.__tablename__, KEYS[table], COUNTS[table]
    mark = "?" if paramstyle == "qmark" else "%s"
    return (
        f"INSERT INTO {name} ({', '.join(key + counts)}) VALUES ({', '.join([mark] * len(key + counts))}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET "
        + ", ".join(f"{column} = {name}.{column} + excluded.{column}" for column in counts)
    )


def kept_zones(session: Session) -> dict[int, str]:
    """The zone by which the facts tell the days of each location, and of 0, runs without one."""
    zones = session.scalar(select(Figure.data).where(Figure.name == facts_counts.ZONES)) or {}
    return {int(place): zone for place, zone in zones.items()}


def zones_now(session: Session, zone: str) -> dict[int, str]:
    """The zones as they are now; `zone` is the installation's."""
    return {0: zone, **dict(session.execute(select(Location.id, Location.zone)).all())}


def keep_zones(session: Session, now: datetime, zones: Mapping[int, str]) -> None:
    """Keep the zones by which the facts tell days from now on; what was folded by other zones must be
    rebuilt."""
    alone(session, "facts")
    session.merge(
        Figure(name=facts_counts.ZONES, at=now, data={str(place): zone for place, zone in zones.items()})
    )
