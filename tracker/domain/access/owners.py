"""Whom SOPs mean by the name of their owner: somebody's login, or a name of which an admin has said whose."""

from __future__ import annotations

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tracker.models import OwnerName, Person, Sop

_NAMES, _SPELLINGS = "names of owners", "spellings of owners"


def owner_of(session: Session, sop: Sop) -> Person | None:
    """The one person who answers for an SOP, or None if its owner's name is nobody here."""
    if not sop.owner_name:
        return None
    person = session.scalar(select(Person).where(Person.login == sop.owner_name.lower()))
    if person is None:
        named = session.get(OwnerName, sop.owner_name.lower())
        person = named.person if named else None
    return person if person is not None and person.disabled_at is None else None


def owners(session: Session) -> dict[str, Person]:
    """Whom every name that an SOP's `owner:` may have here means, by the name in small letters."""
    here = select(Person).where(Person.disabled_at.is_(None))
    named = select(OwnerName.name, Person).join(OwnerName.person).where(Person.disabled_at.is_(None))
    logins = {person.login: person for person in session.scalars(here)}
    return dict(session.execute(named).all()) | logins


def names_of(session: Session, person: Person) -> frozenset[str]:
    """Every name, in small letters, by which an SOP's `owner:` means this person; none if they are disabled.

    A list of runs asks for it with each of them, so it is kept until the transaction ends or writes.
    """
    if person.disabled_at is not None:
        return frozenset()
    kept: dict[int, frozenset[str]] = session.info.setdefault(_NAMES, {})
    if person.id not in kept:
        logins = select(Person.login)
        named = select(OwnerName.name).where(OwnerName.person_id == person.id, OwnerName.name.not_in(logins))
        kept[person.id] = frozenset({person.login, *session.scalars(named)})
    return kept[person.id]


def spellings(session: Session, person: Person) -> list[str]:
    """Every owner's name in SOPs that means this person, as it is written there: the other way round."""
    kept: dict[int, list[str]] = session.info.setdefault(_SPELLINGS, {})
    if person.id not in kept:
        names = names_of(session, person)
        written = session.scalars(select(Sop.owner_name).where(Sop.owner_name.is_not(None)).distinct())
        kept[person.id] = sorted(name for name in written if name and name.lower() in names)
    return kept[person.id]


@event.listens_for(Session, "after_transaction_end")
@event.listens_for(Session, "after_flush")
def _forget(session: Session, _: object) -> None:
    for name in (_NAMES, _SPELLINGS):
        session.info.pop(name, None)
