"""Whom the names in `owner:` mean: names that no account has are given a person once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.access.owners import owners
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.errors import N_, NotFoundError
from tracker.models import OwnerName, Person, Sop
from tracker.sop.ordering import order_key
from tracker.sop.text import fold


def name_owner(session: Session, actor: Actor, now: datetime, owner_name: str, person: Person) -> None:
    """Say whom an SOP's `owner:` means where that is nobody's login. Admins may."""
    access.require(actor, "owner.name")
    key = fold(owner_name.strip())
    if not session.scalar(select(Sop.id).where(Sop.owner_key == key).limit(1)):
        raise NotFoundError(N_("No SOP names “%(name)s” as its owner."), name=owner_name)
    session.merge(OwnerName(name=key, person_id=person.id))
    emit(session, actor, now, kinds.OwnerNamed(name=key), f"person:{person.id}")
    session.flush()


def owner_names(session: Session) -> list[str]:
    """Every name that an SOP's `owner:` may have here, in small letters."""
    logins = select(Person.login).where(Person.disabled_at.is_(None))
    named = select(OwnerName.name).join(OwnerName.person).where(Person.disabled_at.is_(None))
    return sorted({*session.scalars(logins), *session.scalars(named)}, key=order_key)


def unknown_owners(session: Session) -> list[str]:
    """Owner names in SOPs in force that mean nobody here; the admin is asked about them."""
    in_force = select(Sop.owner_name).where(Sop.retired_at.is_(None), Sop.owner_name.is_not(None))
    known = owners(session)
    unknown = {str(name) for name in session.scalars(in_force.distinct()) if name and fold(name) not in known}
    return sorted(unknown, key=order_key)
