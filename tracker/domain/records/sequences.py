"""The numbers that a device gives its records: what never came is a gap, what can't be right is flagged.

A device counts the records that it makes. With each record its last one is looked up; only where the number
is not the next one, more is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, func, select, true, update
from sqlalchemy.orm import Session, joinedload

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.records.clocks import PROMPT, Device
from tracker.models import IS_MISSING, LateRecord, NotedEntry, Record, Run, SequenceGap
from tracker.rows import Rows, flushed

KEPT = timedelta(days=31)
"""How long a gap is told of: after that nothing waits on the device any more."""


class Known(NamedTuple):
    """What is known as a record comes in: whether one of its id came late before, and its device's last one.

    `late`: that came late, too, so that others may have been made after it.
    """

    kept: bool
    seq: int | None
    late: bool | None


_LAST = (
    select(Record.device_seq, Record.made_at.is_not(None).label("late"))
    .where(Record.device_id == bindparam("device"), Record.device_seq.is_not(None))
    .order_by(Record.received_at.desc(), Record.device_seq.desc())
    .limit(1)
    .subquery()
)
_KNOWN = exists().where(LateRecord.id == bindparam("id")), _LAST.c.device_seq, _LAST.c.late
_OF_RUN = Run.id == bindparam("run")
_ALONE = select(*_KNOWN).select_from(Run).outerjoin(_LAST, true()).where(_OF_RUN)
_RUNS = Rows(Run)
_LOCKED = (
    select(*_RUNS.columns, *_KNOWN)
    .select_from(Run)
    .outerjoin(_LAST, true())
    .where(_OF_RUN)
    .with_for_update(of=Run)
)


def lock(session: Session, run_id: int, record_id: UUID, device: Device) -> tuple[Run, Known] | None:
    """Lock a run, and read with it what there is to know of a record before it is judged.

    In one query: every tick waits for it. None where there is no such run.
    """
    row = flushed(session).execute(_LOCKED, _given(run_id, record_id, device)).first()
    return (_RUNS.object(session, row, anew=True), Known(*row[len(_RUNS) :])) if row else None


def known(session: Session, run: Run, record_id: UUID, device: Device) -> Known:
    """What there is to know of a record before it is judged."""
    return Known(*session.execute(_ALONE, _given(run.id, record_id, device)).one())


def _given(run_id: int, record_id: UUID, device: Device) -> dict[str, Any]:
    return {"run": run_id, "id": record_id, "device": device.name if device.seq is not None else None}


def note(
    session: Session, actor: Actor, now: datetime, run: Run, device: Device, made_at: datetime, before: Known
) -> str | None:
    """Note the number of a record that is about to be kept; "sequence" if it can't be right, else None.

    `made_at`: when it was made by the server's time. A number that was left out before fills its gap. One
    that is used already, or lower than that of a record made before it, is flagged.
    """
    name, seq = device.name, device.seq
    if name is None or seq is None or (seq == (before.seq or 0) + 1 and not before.late):
        return None
    since = now - KEPT
    if session.scalar(select(exists().where(*_around(name, seq)))):
        if _used(session, name, seq, since):
            return "sequence"
        if not _refused(session, name, (seq - 1, seq + 1)):  # else it has come before
            _fill(session, name, seq)
        return None
    last = max(_lasts(session, name, since), default=None)
    if last is None or seq == last[1] + 1:
        return None
    if seq > last[1] + 1:
        _open(session, actor, run, name, last, (made_at, seq))
        return None
    backwards = made_at > last[0] + PROMPT or _used(session, name, seq, since)
    return "sequence" if backwards else None


def has_come(session: Session, device: Device) -> None:
    """A record was refused: nobody counts it, but it has come, and its number is missing no more."""
    if device.name is not None and device.seq is not None:
        _fill(session, device.name, device.seq)


def missing(
    session: Session, actor: Actor, now: datetime, *, run: Run | None = None, most: int = 20
) -> Sequence[SequenceGap]:
    """The gaps beside records of runs that a lead reaches, or of one run, newest first."""
    query = select(SequenceGap).join(Run, Run.id == SequenceGap.run_id)
    query = query.where(IS_MISSING, SequenceGap.before_at > now - KEPT, access.reachable(actor))
    if run is not None:
        query = query.where(SequenceGap.run_id == run.id)
    query = query.options(joinedload(SequenceGap.person)).order_by(SequenceGap.before_at.desc())
    return session.scalars(query.limit(most)).all()


Numbered = tuple[datetime, int]
"""When a record was made, and its number."""


def _lasts(session: Session, name: str, since: datetime) -> list[Numbered]:
    """The last records of a device, by when they were made: that which counts, and that which waits."""
    made = func.coalesce(Record.made_at, Record.received_at)
    own = Record.device_id == name, Record.device_seq.is_not(None)
    direct = session.scalar(select(func.max(Record.received_at)).where(*own, Record.made_at.is_(None)))
    counted = select(made, Record.device_seq).where(*own, Record.received_at >= (direct or since))
    waiting = select(LateRecord.made_at, LateRecord.device_seq).where(
        LateRecord.device_id == name, LateRecord.device_seq.is_not(None), LateRecord.received_at >= since
    )
    found = (
        session.execute(counted.order_by(made.desc(), Record.device_seq.desc()).limit(1)).first(),
        session.execute(
            waiting.order_by(LateRecord.made_at.desc(), LateRecord.device_seq.desc()).limit(1)
        ).first(),
    )
    return [(at, seq) for at, seq in (row for row in found if row) if seq is not None]


def _open(session: Session, actor: Actor, run: Run, name: str, after: Numbered, before: Numbered) -> None:
    """Note that a device has left numbers out, other than those of records that were refused."""
    left_out = before[1] - after[1] - 1 - _refused(session, name, (after[1], before[1]))
    if left_out <= 0:
        return
    gap = SequenceGap(device_id=name, missing=left_out, run_id=run.id, person_id=actor.id)
    gap.after_at, gap.after_seq = after
    gap.before_at, gap.before_seq = before
    session.add(gap)


def _fill(session: Session, name: str, seq: int) -> None:
    gap = update(SequenceGap).where(*_around(name, seq))
    session.execute(gap.values(missing=SequenceGap.missing - 1))


def _refused(session: Session, name: str, between: tuple[int, int]) -> int:
    """How many numbers between these two are those of records of the device that were refused once."""
    numbers = select(func.count(NotedEntry.device_seq.distinct())).where(
        NotedEntry.device_id == name, NotedEntry.kind == "record",
        NotedEntry.device_seq > between[0], NotedEntry.device_seq < between[1],
    )  # fmt: skip
    return session.scalar(numbers) or 0


def _around(name: str, seq: int) -> tuple[ColumnElement[bool], ...]:
    """The condition for the gap of the device that the number is one of."""
    inside = SequenceGap.after_seq < seq, SequenceGap.before_seq > seq
    return (SequenceGap.device_id == name, *inside, SequenceGap.missing > 0)


def _used(session: Session, name: str, seq: int, since: datetime) -> bool:
    """Whether another record of the device has the number."""
    for table in (Record, LateRecord):
        same = table.device_id == name, table.device_seq == seq, table.received_at >= since
        if session.scalar(select(exists().where(*same))):
            return True
    return False
