"""Accounts: who there is, and how they show who they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import access, security_log
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import SYSTEM, Actor
from tracker.domain.entrance import passwords, sessions
from tracker.domain.entrance.passwords import PasswordHash
from tracker.domain.events import emit
from tracker.domain.people import directory, lookalikes, places
from tracker.errors import N_, ConflictError, ForbiddenError, InvalidError
from tracker.models import LEVELS, Location, PasswordLink, Person, Team, login_key
from tracker.sop.ordering import order_key
from tracker.sop.text import clean

FIRST_LASTS = timedelta(days=7)
"""A password that somebody else knows ends after so long, unless its person has changed it."""


def any_account(session: Session) -> bool:
    """Whether somebody can sign in yet; if not, the first visit makes the first account."""
    return bool(session.scalar(select(func.count()).where(Person.password_hash.is_not(None)).limit(1)))


def check_login(text: str) -> str:
    """A login name as it is stored: lower case. Raises InvalidError."""
    login = directory.same_login(text)
    if not re.fullmatch(r"[\w][\w.@+-]{1,63}", login):
        raise InvalidError(
            N_("“%(login)s” can’t be a login name. Use 2 to 64 letters, digits, . - _ @."), login=text
        )
    return login


def new_password(password: str, login: str, words: Iterable[str] = ()) -> PasswordHash:
    """A password that was checked, as it is stored; `words` are more that it must not be made of.

    Slow on purpose: call it before `writing`. Raises InvalidError.
    """
    return passwords.new(password, [directory.same_login(login), *words])


def authenticate(session: Session, login: str, password: str) -> Person | None:
    """The person of the login, if the password is theirs, else None. Takes as long where there is nobody."""
    person = directory.with_login(session, login)
    return person if is_password_of(person, password) else None


def is_password_of(person: Person | None, password: str) -> bool:
    """Whether the password is theirs, and they may sign in. Takes as long where there is nobody."""
    known = person if person is not None and person.disabled_at is None else None
    return passwords.verify(known.password_hash if known else None, password)


def store_anew(session: Session, person: Person, stored: str, fresh: PasswordHash) -> None:
    """Store the same password as hashed by newer settings, unless it was changed meanwhile.

    Writes no event.
    """
    theirs = Person.id == person.id, Person.password_hash == stored
    session.execute(update(Person).where(*theirs).values(password_hash=fresh))


def add(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    login: str,
    name: str,
    password: PasswordHash | None,
    level: str = "staff",
    location: Location | None = None,
    team: Team | None = None,
    roles: Iterable[str] = (),
    areas: Iterable[str] = (),
    everywhere: bool = False,
    email: str = "",
    own: bool = False,
) -> Person:
    """Add an account. Admins may; anybody may add the first one, which then is an admin's.

    The password is a first one, which its person must change within 7 days, unless it is their `own`.
    `areas` are those whose SOPs a lead or owner answers for; with `everywhere` they reach all that there is.
    Raises ForbiddenError, InvalidError, and ConflictError for a login that is taken.
    """
    access.require(actor, "people.manage")
    _must_be_level(level)
    login = _free_login(session, login)
    person = Person(
        login=login,
        name=clean(name) or login,
        email=check_email(email),
        password_hash=password,
        password_set_at=now if password else None,
        first_until=now + FIRST_LASTS if password and not own else None,
        access=level,
        location_id=location.id if location else None,
        team_id=team.id if team else None,
        created_at=now,
        roles=[directory.role_named(session, text) for text in roles],
        areas=_names(areas),
        everywhere=everywhere,
    )
    session.add(person)
    session.flush()
    _tell_added(session, actor, now, person)
    return person


def _must_be_level(level: str) -> None:
    """Raise InvalidError unless there is such an access level."""
    if level not in LEVELS:
        raise InvalidError(N_("There is no access level “%(level)s”."), level=level)


def _free_login(session: Session, text: str) -> str:
    """The login as it is stored; nobody else adds one until this transaction ends.

    Raises InvalidError, or ConflictError for a login that is taken.
    """
    login = check_login(text)
    alone(session, "people")
    if session.scalar(select(Person.id).where(Person.login_key == login_key(login)).limit(1)):
        raise ConflictError(N_("The login name “%(login)s” is taken."), login=login)
    if other := lookalikes.alike(session, login):
        raise ConflictError(
            N_("“%(login)s” looks like the login name “%(other)s”, in other letters. Choose another one."),
            login=login,
            other=other,
        )
    return login


def _tell_added(session: Session, actor: Actor, now: datetime, person: Person) -> None:
    """Write the event of a new account, and its line in the security log."""
    added = kinds.PersonAdded(
        access=person.access, location=person.location_id, areas=person.areas, everywhere=person.everywhere
    )
    emit(session, actor, now, added, f"person:{person.id}")
    what = _access_of(session, person)
    security_log.write(session, now, security_log.ACCOUNT_ADDED, person=person, actor=actor, **what)


def change(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    *,
    name: str,
    level: str,
    location: Location | None,
    team: Team | None,
    roles: Iterable[str],
    areas: Iterable[str],
    everywhere: bool,
    email: str | None = None,
    password: PasswordHash | None = None,
    disabled: bool = False,
) -> Person:
    """Change an account. Admins may. Disabling it, or a new password, ends its sessions and its PIN.

    The new password is a first one again. One's own is changed by `set_password`.
    """
    access.require(actor, "people.manage")
    _must_be_level(level)
    if person.id == actor.id:
        _must_keep_own_access(level, password, disabled)
    # read the row again under the lock: another admin may just have changed it
    session.refresh(person, with_for_update=True)
    before, was_disabled = _access_of(session, person), person.disabled_at is not None
    if email is not None:
        _set_email(session, actor, now, person, check_email(email))
    if password or disabled:
        _shut(session, actor, now, person, password, disabled)
    person.name = clean(name) or person.name
    person.access = level
    person.location_id = location.id if location else None
    person.team_id = team.id if team else None
    person.roles = [directory.role_named(session, text) for text in roles]
    person.areas, person.everywhere = _names(areas), everywhere
    person.disabled_at = (person.disabled_at or now) if disabled else None
    changed = kinds.PersonChanged(
        name=person.name, access=level, location=person.location_id, team=person.team_id,
        roles=[role.name for role in person.roles], areas=person.areas, everywhere=everywhere,
        password=bool(password), disabled=disabled,
    )  # fmt: skip
    emit(session, actor, now, changed, f"person:{person.id}")
    session.flush()
    _tell(session, actor, now, person, before, was_disabled, bool(password))
    return person


def _must_keep_own_access(level: str, password: PasswordHash | None, disabled: bool) -> None:
    """Raise ConflictError where admins would lock themselves out, or give themselves a first password."""
    if disabled or level != "admin":
        raise ConflictError(N_("You can’t take away your own access. Another admin can."))
    if password:
        raise ConflictError(N_("Change your own password on your account page."))


def _shut(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    password: PasswordHash | None,
    disabled: bool,
) -> None:
    """End sessions, links and PIN of the person; set `password`, if any, as a first password."""
    if password:
        person.password_hash, person.password_set_at = password, now
        person.first_until = now + FIRST_LASTS
        person.imported = False  # from now on they can sign in
    person.pin_hash = None
    session.execute(delete(PasswordLink).where(PasswordLink.person_id == person.id))
    sessions.end_all(session, actor, now, person, sessions.DISABLED if disabled else sessions.PASSWORD)


def set_password(
    session: Session, actor: Actor, now: datetime, person: Person, password: PasswordHash, *, how: str
) -> None:
    """Give the person a password of their own: `how` is "own" (changed by themselves) or "link".

    Ends their links and their sessions, but for the one in which they change it; by a link their PIN too.
    Raises ConflictError if somebody else has changed it since it was asked for.
    """
    knew = person.password_hash
    session.refresh(person, ["password_hash", "first_until", "disabled_at", "pin_hash"], with_for_update=True)
    if how == "own" and (person.password_hash != knew or person.disabled_at is not None):
        raise ConflictError(N_("Somebody else has changed your password just now. Sign in again."))
    person.password_hash, person.password_set_at, person.first_until = password, now, None
    person.imported = False
    if how != "own":
        person.pin_hash = None
    session.execute(delete(PasswordLink).where(PasswordLink.person_id == person.id))
    token = person.token if how == "own" else ""
    sessions.end_all(session, actor, now, person, sessions.PASSWORD, but=token)
    emit(session, actor, now, kinds.PasswordChanged(how=how), f"person:{person.id}")
    security_log.write(session, now, security_log.PASSWORD_CHANGED, person=person, actor=actor, how=how)
    session.flush()


def set_email(session: Session, actor: Actor, now: datetime, person: Person, email: str) -> None:
    """Set one's own address, to which a link goes. The edge has just asked for the password."""
    checked = check_email(email)
    session.refresh(person, ["email"], with_for_update=True)
    if _set_email(session, actor, now, person, checked):
        emit(session, actor, now, kinds.EmailChanged(), f"person:{person.id}")
        session.flush()


def _set_email(session: Session, actor: Actor, now: datetime, person: Person, email: str | None) -> bool:
    """Set the address, and log the change; returns whether it is another address than before."""
    if email == person.email:
        return False
    person.email = email
    security_log.write(session, now, security_log.EMAIL_CHANGED, person=person, actor=actor)
    return True


def check_email(text: str) -> str | None:
    """An address as it is kept, or None for none. Raises InvalidError."""
    email = text.strip()
    if email and not re.fullmatch(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,189}", email):
        raise InvalidError(N_("“%(email)s” is no e-mail address."), email=email[:80])
    return email or None


def first_is_over(person: Person, now: datetime) -> bool:
    """Whether the person's first password has ended: somebody else gave it, and it was not changed in
    time."""
    return person.first_until is not None and person.first_until <= now


def _tell(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    before: dict[str, Any],
    was_disabled: bool,
    password: bool,
) -> None:
    """Write to the security log what a change means for what the account may do."""
    after, is_disabled = _access_of(session, person), person.disabled_at is not None
    about: dict[str, Any] = {"person": person, "actor": actor}
    if password:
        security_log.write(session, now, security_log.PASSWORD_CHANGED, **about)
    if is_disabled != was_disabled:
        kind = security_log.ACCOUNT_DISABLED if is_disabled else security_log.ACCOUNT_ENABLED
        security_log.write(session, now, kind, **about)
    if changed := [name for name in after if after[name] != before[name]]:
        security_log.write(
            session, now, security_log.ACCESS_CHANGED, **about,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip


def _access_of(session: Session, person: Person) -> dict[str, Any]:
    """Everything that decides what the account may do and reach, as values for the security log."""
    location = session.get(Location, person.location_id) if person.location_id else None
    team = session.get(Team, person.team_id) if person.team_id else None
    return {
        "access": person.access, "location": location and location.name, "team": team and team.name,
        "roles": sorted(role.name for role in person.roles), "areas": list(person.areas),
        "everywhere": person.everywhere,
    }  # fmt: skip


def set_up(
    session: Session,
    now: datetime,
    *,
    login: str,
    name: str,
    password: PasswordHash,
    place: str,
    zone: str,
) -> Person:
    """The first visit: the first account, an admin's, and the first location.

    Raises ForbiddenError once anybody can sign in, also for the later of two who come at once.
    """
    alone(session, "people")
    if any_account(session):
        raise ForbiddenError(N_("This installation already has an account. Sign in instead."))
    location = places.add_location(session, SYSTEM, now, name=place, zone=zone)
    return add(
        session, SYSTEM, now,
        login=login, name=name, password=password, level="admin", location=location, own=True,
    )  # fmt: skip


def _names(texts: Iterable[str]) -> list[str]:
    return sorted({places.clean_name(text) for text in texts}, key=order_key)
