"""The jobs of the workers: what each does, and how often.

A worker runs as a process of its own, beside `serve` or as `holdfast work`; any number may. The loop that
does the jobs is in `loop`, the rows that say how each stands are written in `claims`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from tracker.domain.dispatch import batches
from tracker.domain.runs import endings
from tracker.domain.signals import ceiling, flags, key_people, shortening
from tracker.domain.weakpoints import refresh
from tracker.worker import counting, ending, opening, sweeping

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Turn:
    """What a job is given: a session that has read nothing, the time, and what is set when it is to end."""

    app: Flask
    session: Session
    now: datetime
    stop: threading.Event


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again, by one worker at a time, at the earliest every `seconds`.

    `work` reads without a lock, writes in short turns of its own, and costs next to nothing where nothing
    has changed; it returns what is to be told on the terminal, if anything. `waits` says, without a lock,
    whether there is anything to do. `durable` work has its commits on the disk before it goes on. A job that
    no worker has ever done is due `first` seconds after it is first seen.
    """

    name: str
    seconds: float
    work: Callable[[Turn], str | None]
    waits: Callable[[Session, datetime], bool] | None = None
    durable: bool = False
    first: float = 0


def _figures(work: Callable[[Session, datetime], None]) -> Callable[[Turn], None]:
    return lambda turn: work(turn.session, turn.now)


PROMPT = (
    Job(
        "lists",
        0,
        lambda turn: opening.open_waiting(turn.session, turn.stop),
        waits=batches.waiting,
        durable=True,
    ),
)
"""What somebody waits for. It is done in a thread of its own, so that no slow job keeps it waiting."""

STEADY = (
    Job("endings", 10, lambda turn: ending.end(turn.session, turn.now), waits=endings.waits, durable=True),
    Job("fold", 10, _figures(counting.fold)),
    Job("findings", 10, _figures(refresh.refresh)),
    Job("floors", 30, _figures(flags.refresh)),
    Job("ceiling", 60, _figures(ceiling.refresh)),
    Job("habits", 60, _figures(flags.refresh_others)),
    Job("key people", 60, _figures(key_people.refresh)),
    Job("shortening", 60, _figures(shortening.refresh)),
)
"""In the order in which they are done: what the fold adds is seen by the others."""

DAILY = (Job("sweep", DAY_SECONDS, lambda turn: sweeping.daily(turn.app), durable=True, first=600),)
"""What may take long, as where evidence is elsewhere; in a thread of its own, so that counting goes on."""

JOBS = PROMPT + STEADY + DAILY


def following(job: Job, now: datetime) -> datetime:
    """When a job that is begun now is due again."""
    return now + timedelta(seconds=job.seconds)
