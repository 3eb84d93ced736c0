"""Writing down and reading what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.event_kinds import Kind
from tracker.models import Event, Record, Run

FOLLOWS = (kinds.DeviationOpened.kind, kinds.DeviationWithdrawn.kind, kinds.RunClosed.kind)


def emit(session: Session, actor: Actor, now: datetime, kind: Kind, subject: str) -> Event:
    """Add the one event of a change of state; it is committed with the change or not at all.

    `subject` names the thing, such as "run:7". Raises ValueError where the kind is not about such a thing.
    """
    if subject.partition(":")[0] != kind.about:
        raise ValueError(f"{kind.kind} is about a {kind.about}, not about {subject}")
    event = Event(at=now, kind=kind.kind, subject=subject, person_id=actor.id, data=kind.data())
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


def last(session: Session, subject: str) -> Event | None:
    """The latest event of a thing ("person:7"), with who did it."""
    query = select(Event).where(Event.subject == subject).options(joinedload(Event.person))
    return session.scalars(query.order_by(Event.id.desc()).limit(1)).first()


def since(session: Session, subject: str, began: datetime, person: int | None) -> Sequence[Event]:
    """What a person has done to a thing ("run:7") from a moment on, in its order."""
    query = select(Event).where(Event.subject == subject, Event.at >= began, Event.person_id == person)
    return session.scalars(query.order_by(Event.id)).all()


def _place(entry: Event | Record) -> tuple[datetime, bool]:
    """The sort key of an entry: what a record has led to comes after the record of the same moment."""
    return when(entry), isinstance(entry, Event) and entry.kind in FOLLOWS


def when(entry: Event | Record) -> datetime:
    return entry.at if isinstance(entry, Event) else entry.happened_at
