"""Finished runs from elsewhere: a table of outcomes, or an event log, becomes runs, records and outcomes.

What is read twice is never held: first everything is checked and counted, then runs are written, each whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from tracker.domain.transfer.history import logs, tables, writing
from tracker.domain.transfer.history.job import FinishedRun, Import
from tracker.domain.transfer.history.known import Known
from tracker.domain.transfer.history.tables import COLUMNS

__all__ = ["COLUMNS", "Import", "check", "units"]

AT_ONCE = 100
"""Lines that one write takes, if a run has no more: some milliseconds under the lock."""


def check(session: Session, job: Import) -> Import:
    """Read the whole file, find every error with its first line, count runs and lines. Writes nothing.

    Raises InvalidError when the file is none of the kind; errors in lines are in `job.errors`.
    """
    job.source = logs.Log(job, session) if job.is_log else tables.Table(job, session)
    job.source.check()
    return job


def units(job: Import, now: datetime) -> Iterator[Callable[[Session], Any]]:
    """The short writes of an import that `check` has found right, each of some whole runs."""
    known = Known(job, now)
    for group in _groups(job.source.runs() if job.source else iter(())):
        yield partial(writing.write, job=job, known=known, runs=group, now=now)


def _groups(runs: Iterator[FinishedRun]) -> Iterator[list[FinishedRun]]:
    """Runs that are written together, with about AT_ONCE lines."""
    group: list[FinishedRun] = []
    lines = 0
    for run in runs:
        group.append(run)
        lines += len(run.lines)
        if lines >= AT_ONCE:
            yield group
            group, lines = [], 0
    if group:
        yield group
