"""Adding all facts up anew from the outcomes, to see whether any differs, and putting right what does.

Both sides are read as they were at one moment, and what is wrong is a difference, which is added later: runs
may be folded and amended all the while. Of two who do this at once, the one that came first gives way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.db import Base, alone
from tracker.domain.facts import contributions, folding
from tracker.domain.facts.contributions import ClosedRun, Orders, Sums
from tracker.errors import N_, ConflictError
from tracker.models import Figure, Run

NAME = "rebuild"
AT_ONCE = 500
"""Runs that are read, and rows that are written, at a time."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of facts whose counts are not what the outcomes add up to: as they should be, as they are."""

    table: type[Base]
    key: tuple[Any, ...]
    right: tuple[int, ...]
    found: tuple[int, ...]

    def __str__(self) -> str:
        columns = zip(folding.COUNTS[self.table], self.right, self.found, strict=True)
        wrong_columns = ", ".join(
            f"{name} {kept}, not {right}" for name, right, kept in columns if right != kept
        )
        return f"{self.table.__tablename__} {' · '.join(map(str, self.key))}: {wrong_columns}"


def begin(session: Session, now: datetime, worker: str, zone: str) -> None:
    """Begin a rebuild by `worker`: today's zones count from now on, and any other rebuild gives way."""
    folding.keep_zones(session, now, folding.zones_now(session, zone))
    session.merge(Figure(name=NAME, at=now, data={"worker": worker}))


def runs(session: Session) -> int:
    """How many folded runs a rebuild has to read."""
    return session.scalar(select(func.count()).select_from(Run).where(Run.folded)) or 0


def folded_runs(session: Session) -> Iterator[ClosedRun]:
    """Every run that is folded, with what it adds to the facts."""
    orders, after = Orders(), 0
    query = select(Run.id).where(Run.folded).order_by(Run.id).limit(AT_ONCE)
    while numbers := session.scalars(query.where(Run.id > after)).all():
        after = numbers[-1]
        yield from contributions.closed_runs(session, numbers, orders)


def differences(session: Session, runs_folded: Iterable[ClosedRun]) -> list[Difference]:
    """Every row that is not what the runs (`folded_runs`) add up to. The session is a `db.snapshot`."""
    clocks = {place: ZoneInfo(name) for place, name in folding.kept_zones(session).items()}
    right = contributions.sums(runs_folded, clocks)
    return [difference for table in folding.KEYS for difference in _differences(session, table, right)]


def _differences(session: Session, table: type[Base], sums: Sums) -> Iterator[Difference]:
    wanted = folding.rows_of(sums, table)
    key, counts = folding.KEYS[table], folding.COUNTS[table]
    nothing = (0,) * len(counts)
    columns = [getattr(table, name) for name in key + counts]
    for row in session.execute(select(*columns).execution_options(yield_per=AT_ONCE)):
        place, there = tuple(row[: len(key)]), tuple(row[len(key) :])
        right = tuple(wanted.pop(place, nothing))
        if right != there:
            yield Difference(table, place, right, there)
    for place, missing in wanted.items():
        if any(missing):
            yield Difference(table, place, tuple(missing), nothing)


def units(worker: str, wrong: Sequence[Difference]) -> Iterator[Callable[[Session], Any]]:
    """The short writes that put differences right. Each raises ConflictError if another rebuilds by now."""
    for start in range(0, len(wrong), AT_ONCE):
        yield partial(_put_right, worker=worker, wrong=wrong[start : start + AT_ONCE])


def _put_right(session: Session, worker: str, wrong: Sequence[Difference]) -> None:
    alone(session, "facts")
    if (session.scalar(select(Figure.data).where(Figure.name == NAME)) or {}).get("worker") != worker:
        raise ConflictError(N_("Another rebuild of the facts has begun and goes on with it."))
    change = Sums()
    for difference in wrong:
        more = [right - there for right, there in zip(difference.right, difference.found, strict=True)]
        folding.rows_of(change, difference.table)[difference.key] = more
    folding.put(session, change)
