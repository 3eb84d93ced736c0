"""A run in which nothing is left to say ends by itself: its last record closes it.

`progress.is_complete` judges that by the set of records alone, and a phone judges the same. Without a queue
the record closes the run at once; with one its last tick may be taken back for some seconds, so the phone
says when it is over, and what no phone says, a worker does after a while.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor, signed_in
from tracker.domain.runs import lifecycle, loading
from tracker.domain.runs.progress import is_complete
from tracker.models import IS_COMPLETE, Record, Run

WAIT = timedelta(seconds=30)
"""How long after its last record a run is left to its phone: whoever has made it may take it back there."""


def is_over(run: Run) -> bool:
    """Whether a run ends by itself now, as its SOP says and as its steps stand."""
    going_on = run.state == "open" and run.paused_at is None
    return going_on and loading.plan(run).ends_itself and is_complete(loading.states(run))


def end(session: Session, actor: Actor, now: datetime, run: Run, *, at: datetime | None = None) -> bool:
    """Close a run that was loaded with its lock, if it is over; whether that is so. `at` as in `close`.

    Nobody needs to be allowed to close it: the actor has made its last record, and that is what closes it.
    """
    if not is_over(run):
        return False
    lifecycle.finish(session, actor, now, run, loading.states(run), at=at, itself=True)
    return True


def waits(session: Session, now: datetime) -> bool:
    """Whether a run is complete that nobody has closed yet. Cheap: a worker asks again and again."""
    return session.scalar(_LEFT.limit(1)) is not None


def units(session: Session, now: datetime) -> Iterator[Callable[[Session], Any]]:
    """The short writes that end what is complete, each in the name of who has made the last record."""
    for number in session.scalars(_LEFT.order_by(Run.id)).all():
        yield partial(_end_one, now=now, number=number)


_LEFT = select(Run.id).where(IS_COMPLETE, Run.paused_at.is_(None))


def _end_one(session: Session, *, now: datetime, number: int) -> None:
    run = loading.locked(session, number)
    if run is None or not run.records:
        return
    last = max(run.records, key=_came)
    if last.person is not None and last.received_at <= now - WAIT:
        end(session, signed_in(last.person), now, run)


def _came(record: Record) -> tuple[datetime, int]:
    return record.received_at, record.id.int
