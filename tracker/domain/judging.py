"""The standing of many runs at once: after they were moved, and of those from before rows had a standing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.domain.runs import lifecycle
from tracker.models import IS_OPEN, Run

BATCH = 20
"""Runs that one unit takes: some milliseconds under the lock."""


def judge(session: Session, numbers: Sequence[int]) -> None:
    """Read runs anew, with their locks, and keep their standing."""
    query = (
        select(Run)
        .where(Run.id.in_(numbers))
        .order_by(Run.id)
        .options(
            joinedload(Run.revision),
            selectinload(Run.records),
            selectinload(Run.overrides),
            selectinload(Run.sign_offs),
        )
        .with_for_update(of=Run)
        .execution_options(populate_existing=True)
    )
    for run in session.scalars(query):
        lifecycle.keep_standing(session, run)


def units(session: Session) -> Iterator[Callable[[Session], Any]]:
    """The short writes that judge the open runs that nobody has judged yet."""
    left = session.scalars(select(Run.id).where(IS_OPEN, Run.unsigned.is_(None)).order_by(Run.id)).all()
    for start in range(0, len(left), BATCH):
        yield partial(judge, numbers=left[start : start + BATCH])
