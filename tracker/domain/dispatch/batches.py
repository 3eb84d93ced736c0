"""Opening a run for each line of a list: looked at first, then opened in short writes that can be resumed.

A list has a key, and each of its runs a reference that is made from the key: however often it is sent, and
wherever the work was cut off, no line opens a second run.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, cast

from sqlalchemy import CursorResult, Update, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor, signed_in
from tracker.domain.dispatch import lines as dispatch_lines
from tracker.domain.dispatch import lists
from tracker.domain.dispatch.lines import ALREADY, Row
from tracker.domain.dispatch.lists import Line, Sheet
from tracker.domain.events import emit
from tracker.domain.library import catalogue
from tracker.domain.runs import one_open_run, subjects
from tracker.domain.runs import rules as runs_rules
from tracker.errors import N_, ConflictError, HoldfastError, NotFoundError
from tracker.models import Batch, Event, Location, Person, Run, Sop, Team

AT_ONCE = 10
"""Lines that one short write opens."""

SILENT = timedelta(seconds=20)
"""Whoever opens a list and says nothing for so long has ended; another one goes on."""

_RUNS = insert(Run.__table__).returning(Run.__table__.c.id, Run.__table__.c.ref)  # type: ignore[arg-type]
_EVENTS = insert(Event.__table__)  # type: ignore[arg-type]


class LostError(Exception):
    """Another process opens this list by now, or it is done."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What opening a list would do, as things stand."""

    sheet: Sheet
    good: Sequence[Row]
    wrong: Sequence[tuple[Line, HoldfastError]]
    again: Sequence[Row]  # about what an open run is about already
    closed: int  # subjects of the good ones with a run that is closed

    @property
    def lines(self) -> int:
        return len(self.sheet.lines)


def prepare(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    sop_id: str,
    text: str,
    name: str = "",
    assignee: Person | None = None,
    team: Team | None = None,
    role: str | None = None,
    location: Location | None = None,
    due: datetime | None = None,
    zone: str = "UTC",
) -> Batch:
    """Keep a list to be looked at; the same one again is the same. Nothing is opened yet. Leads may.

    What is given here holds for every line that does not say otherwise; `zone` is for runs without a place.
    Raises NotFoundError, ConflictError (SOP), ForbiddenError (location), InvalidError (list, due time).
    """
    access.require(actor, "run.assign")
    revision = catalogue.in_force(session, sop_id)
    text = lists.tidy(text)
    sheet = lists.read(text)
    if due is not None:
        runs_rules.ahead(due, now)
    own = actor.person.location if actor.person else None
    place = location or (assignee and assignee.location) or (team and team.location) or own
    _require_at(actor, revision.sop, place.id if place else None)
    given = (sop_id, assignee and assignee.id, team and team.id, role, place and place.id)
    batch = Batch(
        key=_digest(*given, due and due.isoformat(), text),
        sop_id=revision.sop_id,
        name=name[:200],
        content=zlib.compress(text.encode()),
        assignee_id=assignee.id if assignee else None,
        team_id=team.id if team else None,
        role=role or None,
        location_id=place.id if place else None,
        due_at=due,
        zone=place.zone if place else zone,
        lines=len(sheet.lines),
        by_id=actor.holder.id,
        made_at=now,
    )
    return _kept(session, actor, now, batch)


def repeat(session: Session, actor: Actor, now: datetime, batch: Batch) -> Batch:
    """The same list once more, to be looked at: its subjects come up again. Twice is the same."""
    _require(actor, batch)
    if batch.state != "done":
        raise ConflictError(N_("This list is not done yet."))
    copied = ("sop_id", "name", "content", "assignee_id", "team_id", "role", "location_id", "zone", "lines")
    more = {column: getattr(batch, column) for column in copied}
    return _kept(
        session, actor, now, Batch(key=_digest(batch.key), by_id=actor.holder.id, made_at=now, **more)
    )


def _kept(session: Session, actor: Actor, now: datetime, batch: Batch) -> Batch:
    alone(session, f"batch:{batch.key}")
    if (same := session.scalar(select(Batch).where(Batch.key == batch.key))) is not None:
        return same
    session.add(batch)
    session.flush()
    emit(session, actor, now, kinds.BatchKept(sop=batch.sop_id, lines=batch.lines), f"batch:{batch.id}")
    return batch


def load(session: Session, actor: Actor, batch_id: int) -> Batch:
    """A list of the person's own, or of a place where they lead. Raises NotFoundError, ForbiddenError."""
    batch = session.get(Batch, batch_id, populate_existing=True)
    if batch is None:
        raise NotFoundError(N_("There is no list %(id)s."), id=batch_id)
    _require(actor, batch)
    return batch


def preview(session: Session, actor: Actor, now: datetime, batch: Batch) -> Preview:
    """What opening the list would do now, for a list that nobody has opened yet."""
    sheet = dispatch_lines.sheet_of(batch)
    good, wrong, again, closed = [], [], [], 0
    for part in dispatch_lines.in_parts(dispatch_lines.judged(session, actor, now, batch, sheet)):
        rows = [found for found in part if isinstance(found, Row)]
        there = dispatch_lines.states_of(session, batch, rows)
        opens = {row.subject_key for row in rows if "open" in there.get(row.subject_key, ())}
        good += [row for row in rows if row.subject_key not in opens]
        again += [row for row in rows if row.subject_key in opens]
        closed += sum("done" in states and key not in opens for key, states in there.items())
        wrong += [found for found in part if not isinstance(found, Row)]
    return Preview(sheet, good, wrong, again, closed)


def begin(session: Session, actor: Actor, now: datetime, batch: Batch, *, anyway: bool = False) -> None:
    """Let the list be opened, by whoever claims it; `anyway` also what an open run is about already.

    Twice is once. The runs are opened in the name of whoever has begun it.
    """
    _require(actor, batch)
    catalogue.in_force(session, batch.sop_id)
    values = {"state": "opening", "anyway": anyway, "by_id": actor.holder.id, "opened_at": now}
    if _changed(session, update(Batch).where(Batch.id == batch.id, Batch.state == "draft").values(values)):
        emit(session, actor, now, kinds.BatchBegun(anyway=anyway), f"batch:{batch.id}")
    session.flush()


def claim(session: Session, now: datetime, worker: str, batch_id: int | None = None) -> int | None:
    """The number of a list that is to be opened and that nobody opens; it is `worker`'s from now on."""
    free = or_(Batch.claimed_at.is_(None), Batch.claimed_at < now - SILENT)
    wanted = and_(Batch.state == "opening", free, Batch.id == batch_id if batch_id else Batch.id > 0)
    found = session.scalar(select(Batch.id).where(wanted).order_by(Batch.opened_at).limit(1))
    if found is None:
        return None
    mine = update(Batch).where(Batch.id == found, wanted).values(claimed_by=worker, claimed_at=now)
    return found if _changed(session, mine) else None


def waiting(session: Session, now: datetime) -> bool:
    """Whether a list waits to be opened: a look that takes no lock."""
    free = or_(Batch.claimed_at.is_(None), Batch.claimed_at < now - SILENT)
    return session.scalar(select(Batch.id).where(Batch.state == "opening", free).limit(1)) is not None


def release(session: Session, batch_id: int, worker: str) -> None:
    """Let another one go on at once with a list that `worker` has claimed."""
    mine = update(Batch).where(Batch.id == batch_id, Batch.claimed_by == worker)
    session.execute(mine.values(claimed_by=None, claimed_at=None))


def parts(
    session: Session, clock: Callable[[], datetime], batch_id: int, worker: str
) -> Iterator[list[Callable[[Session], Any]]]:
    """The short writes that open what is left of a list, judged a part at a time, between the writes.

    Each write is whole: its runs, their events, and how far the list is. Raises LostError in a write where
    another has the list by now.
    """
    batch = session.get_one(Batch, batch_id, populate_existing=True)
    actor = signed_in(session.get_one(Person, batch.by_id, populate_existing=True))
    job, handled = _Worker(batch, actor, worker, clock), batch.handled
    left = islice(
        dispatch_lines.judged(session, actor, clock(), batch, dispatch_lines.sheet_of(batch)), handled, None
    )
    for part in dispatch_lines.in_parts(left):
        writes: list[Callable[[Session], Any]] = []
        for start in range(0, len(part), AT_ONCE):
            some = part[start : start + AT_ONCE]
            writes.append(partial(job.open, some=some, handled=handled))
            handled += len(some)
        yield writes
    yield [job.end]


def unopened(
    session: Session, actor: Actor, now: datetime, batch: Batch
) -> Iterator[tuple[Line, HoldfastError]]:
    """The lines of a list that have no run, and why, as things stand."""
    for part in dispatch_lines.in_parts(
        dispatch_lines.judged(session, actor, now, batch, dispatch_lines.sheet_of(batch))
    ):
        rows = [found for found in part if isinstance(found, Row)]
        done = dispatch_lines.refs_of(session, batch, rows)
        there = (
            set()
            if batch.state == "done" and batch.anyway
            else dispatch_lines.open_already(session, batch, rows)
        )
        for found in part:
            if not isinstance(found, Row):
                yield found
            elif found.ref not in done and (batch.state == "done" or found.subject_key in there):
                yield found.line, ConflictError(ALREADY)


@dataclass(frozen=True, slots=True)
class _Worker:
    """Who opens a list, in whose name, and by which clock."""

    batch: Batch
    actor: Actor
    name: str
    clock: Callable[[], datetime]

    def open(self, session: Session, some: Sequence[Row | tuple[Line, HoldfastError]], handled: int) -> None:
        """Open the runs of some lines, the next ones after `handled`. Raises LostError."""
        alone(session, f"batch:{self.batch.key}")
        one_open_run.alone_with(session, self.batch.sop_id)
        now, rows = self.clock(), [found for found in some if isinstance(found, Row)]
        done = dispatch_lines.refs_of(session, self.batch, rows)
        there = set() if self.batch.anyway else dispatch_lines.open_already(session, self.batch, rows)
        fresh = [row for row in rows if row.ref not in done and row.subject_key not in there]
        counts = {
            "opened": Batch.opened + len(fresh),
            "passed_over": Batch.passed_over + len(rows) - len(fresh),
            "wrong": Batch.wrong + len(some) - len(rows),
        }
        mine = self._mine().where(Batch.handled == handled)
        if not _changed(session, mine.values(handled=handled + len(some), claimed_at=now, **counts)):
            raise LostError
        _insert(session, self.actor, now, fresh)
        for kind in {row.kind for row in rows if row.aliases}:
            names = {row.subject: row.aliases for row in rows if row.kind == kind and row.aliases}
            subjects.add_aliases(session, self.actor, now, kind, names)

    def end(self, session: Session) -> None:
        """All lines are behind us."""
        now = self.clock()
        if not _changed(session, self._mine().values(state="done", ended_at=now, claimed_by=None)):
            raise LostError
        batch = session.get_one(Batch, self.batch.id, populate_existing=True)
        done = kinds.BatchDone(opened=batch.opened, passed_over=batch.passed_over, wrong=batch.wrong)
        emit(session, self.actor, now, done, f"batch:{batch.id}")

    def _mine(self) -> Update:
        mine = (Batch.id == self.batch.id, Batch.state == "opening", Batch.claimed_by == self.name)
        return update(Batch).where(*mine)


def _insert(session: Session, actor: Actor, now: datetime, rows: Sequence[Row]) -> None:
    """The runs of many lines and their events, past the unit of work."""
    if not rows:
        return
    columns = [row.columns | {"started_at": now} for row in rows]
    connection = session.connection()
    numbers = {ref: number for number, ref in connection.execute(_RUNS, columns)}
    connection.execute(
        _EVENTS,
        [
            {"at": now, "kind": kinds.RunStarted.kind, "subject": f"run:{numbers[row.ref]}",
             "person_id": actor.id, "data": row.told.data()}
            for row in rows
        ],
    )  # fmt: skip


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _changed(session: Session, change: Update) -> bool:
    """Whether a compare-and-swap has found its row as it should be."""
    done = session.execute(change, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], done).rowcount == 1


def _require(actor: Actor, batch: Batch) -> None:
    access.require(actor, "run.assign")
    if batch.by_id != actor.id:
        _require_at(actor, batch.sop, batch.location_id)


def _require_at(actor: Actor, sop: Sop, location_id: int | None) -> None:
    """Raise ForbiddenError unless the person may open runs of the SOP there."""
    access.require(actor, "run.assign", Run(location_id=location_id, sop=sop))
