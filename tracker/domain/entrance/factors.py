"""Second factors: who has one, who must have one, and what the security log says of them.

An authenticator app and passkeys are factors; recovery codes replace them once each and are none alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from tracker.domain import access, security_log
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.models import LEVELS, Event, Passkey, Person, RecoveryCode, Totp

TOLD_FOR = timedelta(days=30)
_KINDS = {"added": kinds.FactorAdded, "removed": kinds.FactorRemoved, "used": kinds.FactorUsed}


def has(session: Session, person: Person) -> bool:
    """Whether a second factor is asked of the person after the password."""
    app = exists().where(Totp.person_id == person.id, Totp.confirmed_at.is_not(None))
    return bool(session.scalar(select(app | exists().where(Passkey.person_id == person.id))))


def is_required(person: Person, lowest: str) -> bool:
    """Whether the installation asks one of the person's level; `lowest` is its setting, "" for nobody."""
    return bool(lowest) and LEVELS.index(person.access) >= LEVELS.index(lowest)


def most_by_pin(lowest: str) -> str:
    """The level that a PIN gives at most: a lead's, unless leads must show more than a PIN is."""
    return "staff" if lowest in ("staff", "lead") else "lead"


def lose(session: Session, actor: Actor, now: datetime, person: Person) -> None:
    """Take all factors of somebody away who has lost them; they read on their account page that it was done.

    Admins may, and the command line. Their password is asked as before. Raises ForbiddenError.
    """
    access.require(actor, "people.manage")
    for kind in (Totp, Passkey, RecoveryCode):
        session.execute(delete(kind).where(kind.person_id == person.id))
    tell(session, actor, now, person, "removed", "all")


def lost_on(session: Session, person: Person, now: datetime) -> Event | None:
    """When somebody else lately took the person's factors away; None if nobody did."""
    query = select(Event).where(
        Event.subject == f"person:{person.id}",
        Event.kind == kinds.FactorRemoved.kind,
        Event.at > now - TOLD_FOR,
    )
    events_of_person = session.scalars(query.order_by(Event.id.desc())).all()
    return next((event for event in events_of_person if event.data.get("factor") == "all"), None)


def tell(
    session: Session, actor: Actor, now: datetime, person: Person, done: str, factor: str, **more: Any
) -> None:
    """Write down what was done with a factor: "added", "removed" or "used"."""
    emit(session, actor, now, _KINDS[done](factor=factor, **more), f"person:{person.id}")
    security_log.write(
        session, now, security_log.FACTOR_CHANGED, person=person, actor=actor, done=done, factor=factor
    )
    session.flush()
