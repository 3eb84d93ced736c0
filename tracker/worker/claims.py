"""Who does a job, and how it went: the rows that all workers share.

A worker claims a job by changing its row only if nobody has changed it since. It then says every few seconds
that it is still at it; whoever is silent for `SILENT` has been killed, and another takes the job.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import Update, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.db import writing
from tracker.models import JobState

SILENT = timedelta(seconds=20)
"""After so long without a word from its worker, a job is another's to take."""

WORD_SECONDS = 5
"""Between two signs of life of a worker that does a job."""

LONGEST_SECONDS = 3600
"""A worker that is at one job for longer hangs, and says no more that it is alive."""


def rows(session: Session) -> dict[str, JobState]:
    """How each job stands, by its name: a look that takes no lock."""
    try:
        return {row.name: row for row in session.scalars(select(JobState))}
    finally:
        session.rollback()


def due(rows: Mapping[str, JobState], now: datetime, first: Mapping[str, datetime]) -> set[str]:
    """The names of the jobs that are due and that nobody does.

    `now` is a moment after the look at the `rows`: by an earlier one, what another worker wrote down
    meanwhile would not be due yet. A job that has no row yet gets one; `first` has when it is due for the
    first time.
    """
    for name in first.keys() - rows.keys():
        # another worker may insert the row at the same time
        with suppress(IntegrityError), writing() as write:
            write.add(JobState(name=name, next_at=first[name]))
    return {name for name, at in first.items() if _is_due(rows.get(name), at, now)}


def claim(name: str, worker: str, now: datetime, following: datetime) -> bool:
    """Claim a job that is due for `worker`; False if it is not due, or another worker was first.

    `following`: when it is due again.
    """
    values = {"claimed_by": worker, "alive_at": now, "begun_at": now, "next_at": following}
    free = and_(JobState.claimed_by.is_(None), JobState.next_at <= now)
    wanted = update(JobState).where(JobState.name == name, or_(free, JobState.alive_at < now - SILENT))
    with writing() as session:
        return _changed(session, wanted.values(values))


def end(name: str, worker: str, now: datetime, error: str) -> bool:
    """Note that `worker` has ended the job, with its error if any; returns whether that differs from last
    time.

    Nothing happens if another worker has the job by now.
    """
    with writing() as session:
        before = session.scalar(select(JobState.error).where(JobState.name == name))
        values = {"claimed_by": None, "alive_at": None, "ended_at": now, "error": error}
        return _changed(session, _theirs(name, worker).values(values)) and before != error


def give_back(name: str, worker: str, now: datetime) -> None:
    """Make the job due at once, because `worker` has to end amid it: another goes on."""
    with writing() as session:
        _changed(session, _theirs(name, worker).values(claimed_by=None, alive_at=None, next_at=now))


@contextmanager
def kept_alive(app: Flask, name: str, worker: str) -> Iterator[None]:
    """Say every few seconds that `worker` is still at the job."""
    over = threading.Event()
    thread = threading.Thread(target=_keep_alive, args=(app, name, worker, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _keep_alive(app: Flask, name: str, worker: str, over: threading.Event) -> None:
    for _ in range(LONGEST_SECONDS // WORD_SECONDS):
        if over.wait(WORD_SECONDS):
            return
        try:
            with app.app_context(), writing() as session:
                _changed(session, _theirs(name, worker).values(alive_at=datetime.now(UTC)))
        except Exception:  # the next sign of life may get through
            app.logger.exception("the worker: a sign of life")


def _is_due(row: JobState | None, first: datetime, now: datetime) -> bool:
    if row is None:
        return first <= now
    return row.next_at <= now if row.alive_at is None else row.alive_at < now - SILENT


def _theirs(name: str, worker: str) -> Update:
    return update(JobState).where(JobState.name == name, JobState.claimed_by == worker)


def _changed(session: Session, change: Update) -> bool:
    return session.connection().execute(change).rowcount == 1
