"""The demo's history as the CSV that `holdfast import` reads."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import exp
from pathlib import Path
from random import Random

from tracker.demo import plants
from tracker.demo.days import Job, jobs
from tracker.demo.people import WORKERS
from tracker.demo.tasks import task
from tracker.demo.work import Line, work
from tracker.domain.transfer.history import COLUMNS
from tracker.models import Revision

STRICT_BELOW = 0.015
"""An SOP that tolerates less is one in which less happens."""


def write(file: Path, revisions: Mapping[str, Sequence[Revision]], now: datetime, size: float) -> int:
    """Write the half year before `now`. `revisions`: those of each SOP by its id, the first one first.

    `size` is how large the operation is, 1 for some hundred runs a day. Returns how many runs there are.
    """
    chance = Random(plants.SEED)
    written = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(COLUMNS)
        for run in _runs(chance, revisions, now, size):
            lines.writerows(run)
            written += 1
    return written


def _runs(
    chance: Random, revisions: Mapping[str, Sequence[Revision]], now: datetime, size: float
) -> Iterator[list[Line]]:
    tasks = {one.id: [task(step) for step in one.steps] for every in revisions.values() for one in every}
    paces = {worker.login: exp(chance.gauss(0, 0.1)) for worker in WORKERS}
    count: Counter[str] = Counter()
    for day in jobs(chance, now, plants.DAYS - 1, size):
        free: dict[str, datetime] = {}
        for job in day:
            count[job.sop] += 1
            revision = _in_force(revisions[job.sop], job.at)
            at = max(job.at, free.get(job.person, job.at))
            run = work(
                chance, job, tasks[revision.id],
                ref=f"{job.sop}-{count[job.sop]}", revision=revision.label,
                subject=job.subject or _subject(chance, job, count[job.sop]), at=at, pace=paces[job.person],
                strict=(revision.meta.tolerance or 1) < STRICT_BELOW,
            )  # fmt: skip
            free[job.person] = run.at + timedelta(seconds=chance.uniform(20, 120))
            if run.at < now:
                yield run.lines


def _in_force(revisions: Sequence[Revision], at: datetime) -> Revision:
    """The revision that was in force then; before the first one, that."""
    return next((one for one in reversed(revisions) if one.published_at <= at), revisions[0])


def _subject(chance: Random, job: Job, number: int) -> str:
    """What a run is about, in the way in which people number such things."""
    day = job.at.date().isoformat()
    match job.sop:
        case "pick-pack-ship":
            return str(24_000 + number)
        case "refund" | "exception-order":
            return str(24_000 + number * 5 + chance.randrange(5))
        case "receive-and-inspect":
            return f"R-{7_000 + number}"
        case "cycle-count":
            return f"{chance.choice('ABCDEFGH')}-{chance.randint(1, 24):02}-{chance.randint(1, 6):02}"
        case "receive-inbound":
            return f"PO-{3_100 + chance.randrange(number + 5)}"
        case "purchase-order":
            return f"PO-{3_100 + number}"
        case "stock-mismatch":
            return f"SKU-{chance.randint(1_000, 4_999)}"
    return f"{job.location} {day}"
