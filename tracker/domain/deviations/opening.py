"""Deviations: what did not go as the SOP says, each with one owner."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain import event_kinds as kinds
from tracker.domain.access import owners
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.models import Deviation, Person, Record, Run


def open_for(session: Session, actor: Actor, now: datetime, run: Run, record: Record, kind: str) -> Deviation:
    """Open the deviation of a record. `kind`: failed, limits or skipped-critical."""
    owner = answers_for(session, run)
    deviation = Deviation(
        run_id=run.id,
        step_key=record.step_key,
        record_id=record.id,
        kind=kind,
        reason=record.reason,
        owner_id=owner.id if owner else None,
        opened_at=now,
    )
    session.add(deviation)
    session.flush()
    emit(
        session,
        actor,
        now,
        kinds.DeviationOpened(deviation=deviation.id, step=record.step_key, what=kind),
        f"run:{run.id}",
    )
    return deviation


def withdraw(session: Session, actor: Actor, now: datetime, run: Run, record_id: UUID) -> None:
    """Withdraw a record's deviation, because the record was taken back. The history keeps both."""
    query = select(Deviation).where(
        Deviation.run_id == run.id, Deviation.record_id == record_id, Deviation.state == "open"
    )
    for deviation in session.scalars(query):
        deviation.state = "withdrawn"
        emit(
            session,
            actor,
            now,
            kinds.DeviationWithdrawn(deviation=deviation.id, step=deviation.step_key),
            f"run:{run.id}",
        )
    session.flush()


def answers_for(session: Session, run: Run) -> Person | None:
    """The SOP's owner or, if nobody here has that name, the longest-standing admin: each deviation has an
    owner."""
    return owners.owner_of(session, run.sop) or session.scalar(
        select(Person)
        .where(Person.access == "admin", Person.disabled_at.is_(None))
        .order_by(Person.id)
        .limit(1)
    )
