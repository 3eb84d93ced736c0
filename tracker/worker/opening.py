"""Opening lists of runs beside the requests: one at a time, in short writes, gone on with after a restart."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from tracker.db import db, write_in_chunks, writing
from tracker.domain.dispatch import batches

LOOK_SECONDS = 0.5
"""How long a list that somebody wants opened waits at most, while none is being opened."""

REST_SECONDS = 0.02
"""Rest between two writes, longer than a write takes: the floor comes first. 10 000 lines take a minute."""

Unit = Callable[[Session], Any]


def open_waiting(session: Session, stop: threading.Event) -> None:
    """Open every list that waits, until `stop`; what is left is gone on with by whoever looks next."""
    worker = new_worker()
    while not stop.is_set() and (batch_id := _claimed(session, worker)):
        open_list(batch_id, worker, lambda units: _until(stop, units))


def open_list(
    batch_id: int, worker: str, shown: Callable[[Iterable[Unit]], Iterable[Unit]] = lambda units: units
) -> None:
    """Open what is left of a list that `worker` has claimed; does nothing if another has it by then.

    `shown` is given the writes of each part, and may show them or end them.
    """
    try:
        for part in batches.parts(db.session(), _clock, batch_id, worker):
            write_in_chunks(shown(part), REST_SECONDS)
    except batches.LostError:
        return
    finally:
        with writing() as session:
            batches.release(session, batch_id, worker)


def new_worker() -> str:
    """A name that no other process, and no earlier one, has."""
    return f"{os.getpid()}-{secrets.token_hex(4)}"


def _claimed(session: Session, worker: str) -> int | None:
    try:
        if not batches.waiting(session, _clock()):
            return None
    finally:
        session.rollback()
    with writing() as write:
        return batches.claim(write, _clock(), worker)


def _until(stop: threading.Event, units: Iterable[Unit]) -> Iterator[Unit]:
    for unit in units:
        if stop.is_set():
            raise batches.LostError
        yield unit


def _clock() -> datetime:
    return datetime.now(UTC)
