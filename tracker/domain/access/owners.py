"""Whom SOPs mean by the name of their owner: somebody's login, or a name of which an admin has said whose."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from tracker.db import kept
from tracker.models import OwnerName, Person, Sop
from tracker.sop.text import fold


def owner_of(session: Session, sop: Sop) -> Person | None:
    """The one person who answers for an SOP, or None if its owner's name is nobody here."""
    if not sop.owner_name:
        return None
    key = fold(sop.owner_name)
    here = Person.login_key == key, Person.disabled_at.is_(None)
    person = session.scalar(select(Person).where(*here).order_by(Person.id).limit(1))
    if person is None:
        named = session.get(OwnerName, key)
        person = named.person if named else None
    return person if person is not None and person.disabled_at is None else None


def owners(session: Session) -> dict[str, Person]:
    """The person whom each possible name in an SOP's `owner:` means, by the folded name."""
    known: dict[str, Person] = kept(session, "owners by name")
    if not known:
        here = select(Person).where(Person.disabled_at.is_(None)).order_by(Person.id.desc())
        named = select(OwnerName.name, Person).join(OwnerName.person).where(Person.disabled_at.is_(None))
        known.update(session.execute(named).all())
        known |= {person.login_key: person for person in session.scalars(here)}
    return known


def names_of(session: Session, person: Person) -> frozenset[str]:
    """Every name, folded, by which an SOP's `owner:` means this person; none if they are disabled.

    Lists ask once for each run, so the answer is kept until the transaction ends or writes.
    """
    if person.disabled_at is not None:
        return frozenset()
    known: dict[int, frozenset[str]] = kept(session, "names of owners")
    if person.id not in known:
        known[person.id] = _names_of(session, person)
    return known[person.id]


def meant(session: Session, person: Person) -> Sequence[Sop]:
    """The SOPs in force whose `owner:` means this person, or did so until they left."""
    others = select(OwnerName.name).where(OwnerName.person_id != person.id)
    names = _names_of(session, person)
    if person.disabled_at is not None:
        names -= set(session.scalars(others))  # given to somebody else since
    query = select(Sop).where(Sop.retired_at.is_(None), Sop.owner_key.in_(names))
    return session.scalars(query.order_by(Sop.title)).all()


def _names_of(session: Session, person: Person) -> frozenset[str]:
    """Every name, folded, that means this person, whether they are here still or not.

    The login of somebody who has left means whoever was named for it since.
    """
    here = Person.disabled_at.is_(None)
    logins = select(Person.login_key).where(here)
    named = select(OwnerName.name).where(OwnerName.person_id == person.id, OwnerName.name.not_in(logins))
    # accounts of long ago may share a key: as in `owner_of`, it means the first of them
    same = select(func.min(Person.id)).where(Person.login_key == person.login_key)
    first = (same.where(here) if person.disabled_at is None else same).scalar_subquery()
    own = select(Person.login_key).where(Person.id == person.id, Person.id == first)
    return frozenset(session.scalars(union_all(own, named)))
