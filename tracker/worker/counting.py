"""Folding and rebuilding the facts, beside the requests.

Everything that is written here can be computed again, so its commits need not wait for the disk.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from flask import current_app
from sqlalchemy.orm import Session

from tracker.config import Settings
from tracker.db import snapshot, write_in_chunks, writing
from tracker.domain.facts import counts, folding, rebuilding
from tracker.domain.facts.contributions import ClosedRun
from tracker.domain.facts.rebuilding import Difference
from tracker.domain.signals import flags
from tracker.models import Figure

WRITE_SECONDS = 0.01
"""What a part of a fold takes to write; a tick on the floor may wait for it."""

PAUSE_SECONDS = 0.005
"""Between two parts of a fold, for whoever waits to write."""

Shown = Callable[[Iterable[ClosedRun], int], Iterable[ClosedRun]]


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


def rebuild(zone: str, shown: Shown = lambda wrong, length: wrong) -> list[Difference]:
    """Add all facts up anew and put right what differs; what that was. `shown` may show how far it is."""
    worker = f"{os.getpid()}-{secrets.token_hex(4)}"
    with writing() as session:
        rebuilding.begin(session, datetime.now(UTC), worker, zone)
    with snapshot() as session:
        length = rebuilding.runs(session)
        wrong = rebuilding.differences(session, shown(rebuilding.folded_runs(session), length))
    write_in_chunks(rebuilding.units(worker, wrong))
    return wrong


def _settings() -> Settings:
    settings: Settings = current_app.config["HOLDFAST"]
    return settings
