"""The worker: adds up beside the requests what has been done, and keeps what is slow to compute.

It runs as a process of its own, beside `serve` or as `holdfast work`; any number may. Everything that it
writes can be computed again, so its commits need not wait for the disk.
"""

from __future__ import annotations

import gc
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.db import db, snapshot, write_in_chunks, writing
from tracker.domain.facts import counts, folding, rebuilding
from tracker.domain.facts.contributions import Closed
from tracker.domain.facts.rebuilding import Difference
from tracker.domain.signals import ceiling, flags, key_people, shortening
from tracker.domain.weakpoints import refresh
from tracker.models import Figure

LOOK_SECONDS = 5
"""Between two looks for what is due."""

WRITE_SECONDS = 0.01
"""What a part of a fold takes to write; a tick on the floor may wait for it."""

PAUSE_SECONDS = 0.005
"""Between two parts of a fold, for whoever waits to write."""

Shown = Callable[[Iterable[Closed], int], Iterable[Closed]]


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again, by one worker at a time, at the earliest every `seconds`.

    `work` is given the session and the time; it reads without a lock, writes in short turns of its own, and
    costs next to nothing where nothing has changed.
    """

    name: str
    seconds: int
    work: Callable[[Session, datetime], None]


def fold(session: Session, now: datetime) -> None:
    """Fold every closed run that is not folded yet."""
    zone = _settings().zone
    kept, right = folding.kept_zones(session), folding.zones_now(session, zone)
    if right.keys() - kept.keys():
        with writing() as write:
            folding.keep_zones(write, now, right | kept)
    if any(right.get(place, was) != was for place, was in kept.items()):
        rebuild(zone)
    job = folding.Fold(judge=flags.judge)
    while part := job.read(session):
        with writing() as write:
            began = time.perf_counter()
            job.write(write, now, part)
        job.pace(time.perf_counter() - began, WRITE_SECONDS)
        time.sleep(PAUSE_SECONDS)
    with writing() as write:
        write.merge(Figure(name=counts.FOLDED, at=now, data={}))


JOBS = [
    Job("fold", 10, fold),
    Job("findings", 10, refresh.refresh),
    Job("floors", 30, flags.refresh),
    Job("ceiling", 60, ceiling.refresh),
    Job("habits", 60, flags.refresh_others),
    Job("key people", 60, key_people.refresh),
    Job("shortening", 60, shortening.refresh),
]
"""In the order in which they are done: what the fold adds is seen by the others."""


def keep_working(app: Flask, stop: threading.Event) -> None:
    """Do what is due, once at least, until `stop`."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _hurry)
            db.engine.dispose()
    gc.freeze()
    gc.disable()  # amid the counting it would look through all that is being counted, for half of the time
    while True:
        look(app)
        gc.collect()
        if stop.wait(LOOK_SECONDS):
            return


def look(app: Flask, jobs: Sequence[Job] = JOBS) -> None:
    """Do once what is due and nobody does. What goes wrong is told, and tried again when it is due again."""
    for job in jobs:
        try:
            with app.app_context():
                if _claimed(job, datetime.now(UTC)):
                    job.work(db.session(), datetime.now(UTC))
        except Exception:  # the others go on
            app.logger.exception("the worker: %s", job.name)


def rebuild(zone: str, shown: Shown = lambda found, length: found) -> list[Difference]:
    """Add all facts up anew and put right what differs; what that was. `shown` may show how far it is."""
    worker = f"{os.getpid()}-{secrets.token_hex(4)}"
    with writing() as session:
        rebuilding.begin(session, datetime.now(UTC), worker, zone)
    with snapshot() as session:
        length = rebuilding.runs(session)
        found = rebuilding.differences(session, shown(rebuilding.folded(session), length))
    write_in_chunks(rebuilding.units(worker, found))
    return found


def _claimed(job: Job, now: datetime) -> bool:
    """Whether the job is due and this worker's: it is claimed by putting forward when it was last begun."""
    name = f"job: {job.name}"
    try:
        last = db.session.scalar(select(Figure.at).where(Figure.name == name))
    finally:
        db.session.rollback()
    if last is not None and last > now - timedelta(seconds=job.seconds):
        return False
    try:
        with writing() as session:
            if last is None:
                session.add(Figure(name=name, at=now, data={}))
                return True
            mine = update(Figure).where(Figure.name == name, Figure.at == last).values(at=now)
            return session.connection().execute(mine).rowcount == 1
    except IntegrityError:  # another worker was first
        return False


def _hurry(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


def _settings() -> Settings:
    settings: Settings = current_app.config["HOLDFAST"]
    return settings
