"""The records that came late and wait for a lead. Each is kept once and whole, whatever is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor, in_person
from tracker.domain.events import emit
from tracker.domain.records.clocks import Device
from tracker.domain.records.entry import Entry
from tracker.errors import N_, InvalidError, NotFoundError, ThrottledError
from tracker.models import IS_WAITING, LateRecord, Person, Run

MOST_OF_PERSON = 300
"""So many records of one person may wait at once. Nobody brings more from a shift; whoever makes them up
fills no lead's page and no disk."""

MOST_OF_STRANGER = 20
"""So many of them in runs that are nothing to their person: a lead declines these soon."""

USED = N_("This record’s id was used for something else. Reload the page and try again.")


def keep(
    session: Session,
    actor: Actor,
    now: datetime,
    run: Run,
    said: Entry,
    why: str,
    device: Device,
    made_at: datetime,
    digest: str,
    pieces: list[dict[str, Any]],
    *,
    flag: str | None,
    stranger: bool = False,
) -> LateRecord:
    """Keep a record that a lead decides about, with all that it brings, in a run loaded with its lock.

    `stranger`: the run is nothing to its person (`late_rules.is_stranger`). Raises ThrottledError where too
    many of its person's wait already; the page keeps the record meanwhile.
    """
    _must_have_room(session, actor, MOST_OF_STRANGER if stranger else MOST_OF_PERSON)
    row = LateRecord(
        id=said.id,
        run_id=run.id,
        step_key=said.step_key,
        kind=said.kind,
        value=said.value,
        reason=said.reason,
        note=said.note,
        cancels_id=said.cancels,
        pieces=pieces or None,
        person=in_person(actor),
        device_id=device.name,
        device_seq=device.seq,
        device_at=device.at,
        made_at=made_at,
        received_at=now,
        flag=flag,
        digest=digest,
        why=why,
        state="waiting",
    )
    session.add(row)
    run.late_waiting += 1
    emit(
        session,
        actor,
        now,
        kinds.LateWaits(step=said.step_key, record=str(said.id), why=why, by=device.by),
        f"run:{run.id}",
    )
    session.flush()
    return row


def _must_have_room(session: Session, actor: Actor, most: int) -> None:
    theirs = select(func.count()).select_from(LateRecord)
    theirs = theirs.where(IS_WAITING, LateRecord.person_id == actor.holder.id)
    if (session.scalar(theirs) or 0) >= most:
        raise ThrottledError(
            N_("%(n)s of your records wait for a lead already. Ask one to decide, then send this again."),
            n=most,
        )


def repeated(session: Session, record_id: UUID, digest: str) -> LateRecord:
    """The late record that is sent once more. Raises InvalidError where its id was used otherwise."""
    row = session.get_one(LateRecord, record_id)
    if row.digest != digest:
        raise InvalidError(USED)
    return row


def decide(
    run: Run, row: LateRecord, state: str, now: datetime, by: Person | None = None, decision: str = ""
) -> None:
    """Say what became of a record that waited in a run loaded with its lock."""
    row.state, row.decided_at, row.decided_by, row.decision = state, now, by, decision
    run.late_waiting -= 1


def waiting(session: Session, run: Run, *whys: str) -> Sequence[LateRecord]:
    """What waits in a run, for a lead or for these reasons alone, in the order in which it was made."""
    query = select(LateRecord).where(IS_WAITING, LateRecord.run_id == run.id)
    if whys:
        query = query.where(LateRecord.why.in_(whys))
    return session.scalars(_whole(query).execution_options(populate_existing=True)).all()


def of_run(session: Session, run: Run) -> Sequence[LateRecord]:
    """All that has waited in a run, whatever became of it."""
    return session.scalars(_whole(select(LateRecord).where(LateRecord.run_id == run.id))).all()


def one(session: Session, run: Run, record_id: UUID) -> LateRecord:
    """A late record of a run. Raises NotFoundError."""
    found = session.scalar(select(LateRecord).where(LateRecord.id == record_id, LateRecord.run_id == run.id))
    if found is None:
        raise NotFoundError(N_("There is no such record in this run."))
    return found


def counted(session: Session, actor: Actor) -> tuple[int, int]:
    """How many wait for a lead within their reach, and in how many runs; their own wait for others."""
    query = select(func.count(), func.count(LateRecord.run_id.distinct())).select_from(LateRecord)
    query = query.join(Run, Run.id == LateRecord.run_id).where(_decided_by(actor))
    records, runs = session.execute(query).one()
    return records, runs


def by_run(
    session: Session, actor: Actor, *, most: int, after: int = 0
) -> Mapping[Run, Sequence[LateRecord]]:
    """The runs within a lead's reach in which something waits, first come first, with what waits."""
    first = func.min(LateRecord.received_at)
    runs = select(LateRecord.run_id).join(Run, Run.id == LateRecord.run_id)
    runs = runs.where(_decided_by(actor)).group_by(LateRecord.run_id)
    numbers = session.scalars(runs.order_by(first, LateRecord.run_id).limit(most).offset(after)).all()
    named = (joinedload(Run.sop), joinedload(Run.location), joinedload(Run.revision))
    found = {run.id: run for run in session.scalars(select(Run).where(Run.id.in_(numbers)).options(*named))}
    rows: dict[Run, list[LateRecord]] = {found[number]: [] for number in numbers if number in found}
    query = select(LateRecord).where(IS_WAITING, LateRecord.run_id.in_(numbers))
    for row in session.scalars(_whole(query)):
        rows[found[row.run_id]].append(row)
    return rows


def _decided_by(actor: Actor) -> ColumnElement[bool]:
    return and_(IS_WAITING, LateRecord.person_id != actor.id, access.reachable(actor))


def _whole(query: Any) -> Any:
    query = query.options(joinedload(LateRecord.person), joinedload(LateRecord.decided_by))
    return query.order_by(LateRecord.made_at, LateRecord.device_seq, LateRecord.id)
