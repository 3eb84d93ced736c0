"""Writing down and reading what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.domain.actor import Actor
from tracker.models import Event, Record, Run

FOLLOWS = ("deviation.opened", "deviation.withdrawn")


def emit(session: Session, actor: Actor, now: datetime, kind: str, subject: str, **data: Any) -> Event:
    """Add the one event of a change of state; it is committed with the change or not at all."""
    event = Event(at=now, kind=kind, subject=subject, person_id=actor.id, data=data)
    session.add(event)
    return event


def history(session: Session, run: Run) -> list[Event | Record]:
    """Everything that happened in a run, oldest first; what a record led to comes after it."""
    events = session.scalars(
        select(Event).where(Event.subject == f"run:{run.id}").options(joinedload(Event.person))
    ).all()
    records = session.scalars(
        select(Record).where(Record.run_id == run.id).options(joinedload(Record.person))
    ).all()
    return sorted([*events, *records], key=_place)


def _place(entry: Event | Record) -> tuple[datetime, bool]:
    """A deviation comes after the record that opened or withdrew it, which has the same moment."""
    return when(entry), isinstance(entry, Event) and entry.kind in FOLLOWS


def when(entry: Event | Record) -> datetime:
    return entry.at if isinstance(entry, Event) else entry.received_at
