"""What came late and was kept by itself: nothing is to be decided, but a lead is told of it once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, String, cast, exists, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.models import Event, Record, Run

LATELY = timedelta(days=14)
"""What nobody has looked at for so long is told no more; the run's history keeps it."""

FLAGS = ("late", "handed", "paused", "blocked", "gone", "condition")
"""Those of records that count although something had happened to their run meanwhile."""

_IS_TOLD = Record.flag.is_not(None) & or_(
    *((literal(" ") + Record.flag + literal(" ")).contains(f" {flag} ") for flag in FLAGS)
)


def unseen(session: Session, actor: Actor, now: datetime) -> list[tuple[Run, list[Record]]]:
    """The runs within a lead's reach with what came late from others, until somebody has seen it."""
    query = (
        select(Record, Run)
        .join(Run, Run.id == Record.run_id)
        .where(_IS_TOLD, Record.received_at > now - LATELY, access.reachable(actor), ~_seen())
        .where(Record.person_id.is_distinct_from(actor.id))
        .options(joinedload(Record.person), joinedload(Run.sop))
        .order_by(Record.run_id, Record.received_at, Record.id)
    )
    found = session.execute(query).all()
    return [(run, [record for record, _ in rows]) for run, rows in groupby(found, lambda row: row[1])]


def of_run(session: Session, actor: Actor, now: datetime, run: Run) -> Sequence[Record]:
    """The same of one run; nothing for whoever does not lead there."""
    if not access.may(actor, "record.accept", run):
        return []
    query = (
        select(Record)
        .where(_IS_TOLD, Record.run_id == run.id, Record.received_at > now - LATELY, ~_seen())
        .where(Record.person_id.is_distinct_from(actor.id))
        .options(joinedload(Record.person))
        .order_by(Record.received_at, Record.id)
    )
    return session.scalars(query).all()


def see(session: Session, actor: Actor, now: datetime, run: Run) -> None:
    """A lead has seen all that has come so far into a run, loaded with its lock. Raises ForbiddenError."""
    access.require(actor, "record.accept", run)
    if of_run(session, actor, now, run):
        emit(session, actor, now, kinds.LateSeen(), f"run:{run.id}")
        session.flush()


def _seen() -> ColumnElement[bool]:
    subject = literal("run:") + cast(Record.run_id, String)
    return exists().where(
        Event.subject == subject, Event.kind == kinds.LateSeen.kind, Event.at >= Record.received_at
    )
