"""People, places, teams and roles, looked up."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.db import alone
from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.people import places
from tracker.errors import N_, AmbiguousError, NotFoundError
from tracker.models import (
    Location,
    Person,
    Revision,
    Role,
    Sop,
    Team,
    login_key,
)
from tracker.sop.ordering import order_key
from tracker.sop.text import clean, fold

Found = TypeVar("Found", Location, Team, Role)


class Named(NamedTuple):
    """A person as a list to choose from needs them."""

    id: int
    name: str


def people(session: Session) -> list[Named]:
    """Everybody who can be given work, by name."""
    query = select(Person.id, Person.name).where(Person.disabled_at.is_(None), Person.imported.is_(False))
    return [Named(*row) for row in session.execute(query.order_by(Person.name_order))]


def accounts(session: Session) -> Sequence[Person]:
    """Every account, also disabled and imported ones."""
    query = select(Person).options(joinedload(Person.location), joinedload(Person.team))
    return session.scalars(
        query.order_by(Person.disabled_at.is_not(None), Person.imported, Person.name_order)
    ).all()


def names(session: Session) -> dict[int, str]:
    """Everybody's name by id, for reading histories."""
    return dict(session.execute(select(Person.id, Person.name)).all())


def locations(session: Session, *, retired: bool = False) -> Sequence[Location]:
    """The locations in use, by name; with `retired`, then those that were given up."""
    query = select(Location).order_by(Location.retired_at.is_not(None), Location.name_order)
    return session.scalars(query if retired else query.where(Location.retired_at.is_(None))).all()


def teams(session: Session, *, retired: bool = False) -> Sequence[Team]:
    """The teams in use, by name; with `retired`, then those that were given up."""
    query = select(Team).options(joinedload(Team.location))
    query = query.order_by(Team.retired_at.is_not(None), Team.name_order)
    return session.scalars(query if retired else query.where(Team.retired_at.is_(None))).all()


def colleagues(session: Session, actor: Actor) -> Sequence[Person]:
    """The people of the actor's team, and those whom they lead, by name."""
    theirs = access.people_led(actor)
    if actor.holder.team_id is not None:
        theirs = or_(theirs, Person.team_id == actor.holder.team_id)
    query = select(Person).where(theirs, Person.disabled_at.is_(None), Person.imported.is_(False))
    whole = (joinedload(Person.location), joinedload(Person.team), selectinload(Person.roles))
    return session.scalars(query.options(*whole).order_by(Person.name_order)).all()


def roles(session: Session) -> list[str]:
    """Every role that somebody has or an SOP in force names, each in one way of writing it."""
    named = {role.name_key: role.name for role in session.scalars(select(Role).order_by(Role.id.desc()))}
    for meta in session.scalars(select(Revision.meta).join(Sop, Sop.in_force_id == Revision.id)):
        for name in meta.roles:
            named.setdefault(fold(name), name)
    return sorted(named.values(), key=order_key)


def by_login_key(session: Session) -> dict[str, Person]:
    """Every account by the key of its login; a key that accounts of long ago share is left out."""
    everybody = accounts(session)
    shared = shared_logins(everybody)
    return {person.login_key: person for person in everybody if person.login not in shared}


def shared_logins(everybody: Sequence[Person]) -> set[str]:
    """The logins of long ago that are the same as another one: each is found by its own spelling alone."""
    count = Counter(person.login_key for person in everybody)
    return {person.login for person in everybody if count[person.login_key] > 1}


def with_login(session: Session, login: str) -> Person | None:
    """The person of that login name, however it is written.

    Accounts from before the key may share one: each is known by its own spelling, and by no other.
    """
    people_of_key = session.scalars(select(Person).where(Person.login_key == login_key(login)).limit(9)).all()
    if len(people_of_key) == 1:
        return people_of_key[0]
    return next((person for person in people_of_key if person.login == same_login(login)), None)


def called(session: Session, text: str) -> Person | None:
    """The person of that login, or else of that name, if nobody else here has it. Raises AmbiguousError."""
    if (person := with_login(session, text)) is not None:
        return person
    here = Person.disabled_at.is_(None), Person.imported.is_(False)
    key = fold(" ".join(text.split()))
    found = session.scalars(select(Person).where(Person.name_key == key, *here).limit(2)).all() if key else []
    if len(found) > 1:
        raise AmbiguousError(
            N_("Several people are called “%(name)s”. Write the login name instead."), name=text[:80]
        )
    return found[0] if found else None


def role_named(session: Session, text: str) -> Role:
    """The role of that name, made if there is none yet: SOPs name roles before anybody has them."""
    name = places.clean_name(text)
    alone(session, "people")
    role = _named(session, Role, name)
    if role is None:
        as_written = {fold(known): known for known in roles(session)}
        role = Role(name=as_written.get(fold(name), name))  # as the SOPs write it, where one does
        session.add(role)
        session.flush()
    return role


def person_named(session: Session, login: str) -> Person:
    """The account of that login, in any case. Raises NotFoundError."""
    person = with_login(session, login)
    if person is None:
        raise NotFoundError(N_("There is no account “%(login)s”. Write a login name."), login=login[:80])
    return person


def location_named(session: Session, name: str | None) -> Location | None:
    """The location of that name, however it is written; None for no name. Raises NotFoundError."""
    if not name:
        return None
    location = _named(session, Location, name)
    if location is None:
        raise NotFoundError(N_("There is no location “%(name)s”."), name=name)
    return location


def team_named(session: Session, name: str | None) -> Team | None:
    """The team of that name, however it is written; None for no name. Raises NotFoundError."""
    if not name:
        return None
    team = _named(session, Team, name)
    if team is None:
        raise NotFoundError(N_("There is no team “%(name)s”."), name=name)
    return team


def place_named(session: Session, name: str) -> Location | None:
    """The location of that name, however it is written, also one that was given up; None if there is none."""
    return _named(session, Location, name)


def _named(session: Session, kind: type[Found], name: str) -> Found | None:
    """What has this name. Several may, from before these were the same: the one written so, or in use."""
    rows = list(session.scalars(select(kind).where(kind.name_key == fold(name)).order_by(kind.id)))
    rows.sort(key=lambda row: (row.name != clean(name), getattr(row, "retired_at", None) is not None))
    return rows[0] if rows else None


def same_login(text: str) -> str:
    """A login as it is stored: as typed, but in small letters of usual width, without what nobody sees."""
    small = unicodedata.normalize("NFKC", clean(text)).lower()
    return unicodedata.normalize("NFC", small).replace("i\u0307", "i")
