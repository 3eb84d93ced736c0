"""Forms that were sent a moment ago: a second press of a button on a slow line is the same form once more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.models import SentForm

LASTS = timedelta(minutes=2)
"""So long after the first press a form that comes again is a second press of it."""

GIVEN_UP = timedelta(seconds=60)
"""A form without an answer after so long was lost with the process that worked on it."""


def claim(session: Session, now: datetime, digest: str) -> bool:
    """Begin to work on a form; False if it came a moment ago already. Writes no event."""
    alone(session, "sent forms")
    session.execute(delete(SentForm).where(SentForm.at <= now - LASTS))
    row = session.get(SentForm, digest, populate_existing=True)
    if row is not None and (row.target is not None or row.at > now - GIVEN_UP):
        return False
    session.merge(SentForm(digest=digest, at=now, target=None))
    session.flush()
    return True


def answered(session: Session, digest: str, target: str) -> None:
    """Note where the answer to a form leads."""
    row = session.get(SentForm, digest, populate_existing=True)
    if row is not None:
        row.target = target


def refused(session: Session, digest: str) -> None:
    """Forget a form that was refused: sent again, it is tried again."""
    session.execute(delete(SentForm).where(SentForm.digest == digest))


def target(session: Session, digest: str) -> str | None:
    """Where the answer to a form leads; None while it is being worked on. Raises LookupError: refused."""
    row = session.get(SentForm, digest, populate_existing=True)
    if row is None:
        raise LookupError(digest)
    return row.target
