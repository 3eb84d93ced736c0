"""Forms that came when their person was signed out: kept for a day, shown to that person and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.domain.entrance import tokens
from tracker.models import KeptForm, Person

LASTS = timedelta(days=1)
MOST = 10
"""Forms that are kept of one person; the oldest make room."""

LARGEST = 2_000_000
"""Characters of a form that is kept; a larger one is a list, whose file its person has."""


def keep(
    session: Session,
    now: datetime,
    person_id: int,
    *,
    path: str,
    page: str,
    fields: Sequence[tuple[str, str]],
    asked: Sequence[str],
) -> str | None:
    """Keep a form for its person; the token for its address. None where it can't be kept.

    It is no change of state, so there is no event.
    """
    person = session.get(Person, person_id)
    size = sum(map(len, (path, page, *asked, *(part for pair in fields for part in pair))))
    if person is None or person.disabled_at is not None or size > LARGEST:
        return None
    theirs = select(KeptForm.digest).where(KeptForm.person_id == person_id)
    old = theirs.order_by(KeptForm.kept_at.desc()).offset(MOST - 1)
    session.execute(delete(KeptForm).where(KeptForm.digest.in_(session.scalars(old).all())))
    token = tokens.new()
    session.add(
        KeptForm(
            digest=tokens.digest(token), person_id=person_id, path=path, page=page,
            fields=[list(pair) for pair in fields], asked=sorted(set(asked)), kept_at=now,
        )
    )  # fmt: skip
    session.flush()
    return token


def find(session: Session, now: datetime, person: Person, token: str) -> KeptForm | None:
    """The form of this token, if it is this person's and not over its time."""
    form = session.get(KeptForm, tokens.digest(token))
    good = form is not None and form.person_id == person.id and form.kept_at > now - LASTS
    return form if good else None


def forget(session: Session, person: Person, token: str) -> None:
    """Forget the person's form, which was sent or is not wanted any more."""
    theirs = KeptForm.digest == tokens.digest(token), KeptForm.person_id == person.id
    session.execute(delete(KeptForm).where(*theirs))


def sweep(session: Session, now: datetime) -> None:
    """Forget the forms that are over their time."""
    session.execute(delete(KeptForm).where(KeptForm.kept_at <= now - LASTS))
