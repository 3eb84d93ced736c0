"""Ceremonies: a browser's short way between two pages of showing who its person is."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from tracker.db import stays
from tracker.domain.entrance import tokens
from tracker.models import Ceremony, Person

LASTS = timedelta(minutes=5)
MOST_OF_STRANGERS = 1000
TRIES = 5


def begin(session: Session, now: datetime, person: Person | None) -> tuple[str, Ceremony]:
    """Begin a ceremony; returns the token for the browser's cookie.

    Without `person` it is a sign-in by passkey.
    """
    session.execute(delete(Ceremony).where(Ceremony.ends_at <= now))
    if person is None:
        _make_room(session)
    token = tokens.new()
    begun = Ceremony(
        digest=tokens.digest(token), person_id=person.id if person else None,
        challenge=secrets.token_bytes(64), ends_at=now + LASTS,
    )  # fmt: skip
    session.add(begun)
    session.flush()
    return token, begun


def find(session: Session, now: datetime, token: object) -> Ceremony | None:
    """The ceremony of this token, or None if it is over or its person may not sign in."""
    if not isinstance(token, str):
        return None
    query = select(Ceremony).where(Ceremony.digest == tokens.digest(token), Ceremony.ends_at > now)
    query = query.options(joinedload(Ceremony.person)).execution_options(populate_existing=True)
    ceremony = session.scalar(query)
    if ceremony is None or ceremony.missed >= TRIES:
        return None
    stays(session, ceremony)
    return ceremony if ceremony.person is None or ceremony.person.disabled_at is None else None


def count_miss(session: Session, ceremony: Ceremony) -> None:
    """Count a wrong try; after five of them the password is asked again."""
    current = session.get(Ceremony, ceremony.digest, populate_existing=True, with_for_update=True)
    if current is not None:
        current.missed += 1


def end(session: Session, ceremony: Ceremony) -> bool:
    """Use the ceremony up; False if another request has done so already."""
    query = delete(Ceremony).where(Ceremony.digest == ceremony.digest).returning(Ceremony.digest)
    return session.scalar(query) is not None


def _make_room(session: Session) -> None:
    """Delete the oldest ceremonies without a person: strangers can begin as many as they like."""
    theirs = Ceremony.person_id.is_(None)
    count = session.scalar(select(func.count()).select_from(Ceremony).where(theirs)) or 0
    if count >= MOST_OF_STRANGERS:
        oldest = select(Ceremony.digest).where(theirs).order_by(Ceremony.ends_at).limit(count // 2)
        session.execute(delete(Ceremony).where(Ceremony.digest.in_(oldest)))
