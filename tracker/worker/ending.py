"""Ending runs in which nothing is left to say and that nobody has closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.db import write_in_chunks
from tracker.domain.runs import endings


def end(session: Session, now: datetime) -> None:
    """End what has been complete for a while."""
    units = list(endings.units(session, now))
    session.rollback()
    write_in_chunks(units)
