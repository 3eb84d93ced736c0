"""The one loop of the workers: do what is due and nobody does, again and again."""

from __future__ import annotations

import gc
import os
import secrets
import sys
import threading
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event

from tracker.db import db
from tracker.words.terminal import say
from tracker.worker import claims
from tracker.worker.jobs import DAILY, JOBS, PROMPT, STEADY, Job, Turn, following
from tracker.worker.opening import LOOK_SECONDS

STEADY_SECONDS = 5
"""Between two looks for what is due, where nobody waits for it."""

SWITCH_SECONDS = 0.0005
"""How long counting may keep a list waiting: whoever opens one gives Python's lock up at every statement, and
would wait that long each time to go on."""

END_SECONDS = 5
"""For an interrupted worker to end what it is at."""

Tell = Callable[[str], None]

_durable: ContextVar[bool] = ContextVar("durable", default=False)


def keep_working(
    app: Flask,
    stop: threading.Event,
    tell: Tell,
    prompt: Sequence[Job] = PROMPT,
    steady: Sequence[Job] = STEADY,
    daily: Sequence[Job] = DAILY,
) -> None:
    """Do what is due until `stop`, or until interrupted. `tell` prints messages on the terminal.

    The `prompt` and the `daily` jobs have threads of their own: no slow job keeps another kind waiting.
    """
    apart = ((prompt, LOOK_SECONDS), (daily, STEADY_SECONDS))
    beside = [threading.Thread(target=_keep, args=(app, stop, tell, *given), daemon=True) for given in apart]
    for thread in beside:
        thread.start()
    try:
        _keep(app, stop, tell, steady, STEADY_SECONDS)
    finally:
        stop.set()
        for thread in beside:
            thread.join(END_SECONDS)


def prepare(app: Flask) -> None:
    """Make this process a worker: cheap commits where they need not be durable, no garbage amid counting."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "checkout", _hurry)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    gc.disable()  # amid the counting, collections would take half of the time


def look(
    app: Flask,
    jobs: Sequence[Job] = JOBS,
    stop: threading.Event | None = None,
    tell: Tell = lambda text: None,
) -> int:
    """Do once what is due and nobody does; how many jobs that was.

    What goes wrong is logged, told and kept in the job's row, and tried again when it is due again.
    """
    worker, done = f"{os.getpid()}-{secrets.token_hex(4)}", 0
    jobs = [job for job in jobs if _waits(app, job)]
    if not jobs:
        return 0
    with app.app_context():
        rows = claims.rows(db.session())
        now = datetime.now(UTC)
        first = {job.name: now + timedelta(seconds=job.first) for job in jobs}
        due = claims.due(rows, now, first)
    for job in jobs:
        now = datetime.now(UTC)
        with app.app_context():
            if job.name not in due or not claims.claim(job.name, worker, now, following(job, now)):
                continue
        _do(app, job, worker, stop or threading.Event(), tell)
        done += 1
    return done


def _keep(app: Flask, stop: threading.Event, tell: Tell, jobs: Sequence[Job], seconds: float) -> None:
    pause = 0.0
    while not stop.wait(pause):
        pause = seconds
        try:
            if look(app, jobs, stop, tell):
                gc.collect()
        except Exception:  # no connection to the database; it may come back
            app.logger.exception("the worker")
            pause = STEADY_SECONDS


def _waits(app: Flask, job: Job) -> bool:
    if job.waits is None:
        return True
    with app.app_context():
        return job.waits(db.session(), datetime.now(UTC))


def _do(app: Flask, job: Job, worker: str, stop: threading.Event, tell: Tell) -> None:
    """Do a job that `worker` has claimed, and write down how it went."""
    error = ""
    durable = _durable.set(job.durable)
    try:
        with app.app_context(), claims.kept_alive(app, job.name, worker):
            message = job.work(Turn(app, db.session(), datetime.now(UTC), stop))
        if message:
            tell(message)
    except Exception as problem:  # an error in one job must not end the others
        error = str(problem) or type(problem).__name__
        app.logger.exception("the worker: %s", job.name)
    except BaseException:  # interrupted: this worker is to end
        with app.app_context():
            claims.give_back(job.name, worker, datetime.now(UTC))
        raise
    finally:
        _durable.reset(durable)
    with app.app_context():
        news = claims.end(job.name, worker, datetime.now(UTC), error)
    if error and news:
        words = say("the job “%(name)s” failed and is tried again later: %(why)s", name=job.name, why=error)
        tell(f"error: {words}")


def _hurry(connection: Any, *_: object) -> None:
    """Do not wait for the disk at each commit: a power cut loses only what can be computed again."""
    connection.execute(f"PRAGMA synchronous={'FULL' if _durable.get() else 'NORMAL'}")
