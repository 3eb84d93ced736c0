"""Sessions: who is signed in where, since when and until when.

Each sign-in is a row of its own. Its token is random and stands in the cookie alone; a row that has ended, or
has not been used for long, or has lasted too long is worth nothing, wherever its cookie has been copied to.
What begins and ends here is told in the security log, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.db import alone
from tracker.domain import access, security_log
from tracker.domain.actor import SYSTEM, Actor
from tracker.domain.entrance import tokens
from tracker.errors import N_, ForbiddenError, NotFoundError
from tracker.models import Device, KnownBrowser, Location, LoginSession, Person
from tracker.networks import network
from tracker.rows import Rows, flushed

SIGN_OUT, BY_PERSON, BY_ADMIN, PASSWORD, DISABLED, IDLE, LONGEST, TURN, PIN = ENDS = (
    "sign-out", "person", "admin", "password", "disabled", "idle", "longest", "turn", "pin",
)  # fmt: skip
"""What ended a session; "turn": somebody else has the shared tablet, or it was locked or retired."""

NOTED_EVERY = timedelta(minutes=5)
KEPT = timedelta(days=30)
KEPT_OF_DEVICES = timedelta(days=1)
BROWSER_KEPT = timedelta(days=400)
SWEPT = 500
"""So many are swept at once, so that a tick on the floor waits no longer than for any other write."""

_USED = Rows(  # every request asks for these, and hardly any for the others
    LoginSession, ("id", "person_id", "via", "begun_at", "used_at", "ended_at", "device_id")
)
_PEOPLE, _PLACES = Rows(Person), Rows(Location)
_BY_DIGEST = (
    select(*_USED.columns, *_PEOPLE.columns, *_PLACES.columns)
    .join(Person, Person.id == LoginSession.person_id)
    .outerjoin(Location, Location.id == Person.location_id)
    .where(LoginSession.digest == bindparam("digest"), LoginSession.ended_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Limits:
    """After how long without use, and after how long in all, a session ends."""

    idle: timedelta
    longest: timedelta


def begin(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    browser: str | None = None,
    device: Device | None = None,
) -> str:
    """Sign the actor in, who has shown who they are; the token that the cookie holds from now on.

    `browser` is the token of the browser's own cookie: from now on it is known to be theirs.
    """
    person = actor.holder
    token, origin = tokens.new(), security_log.origin_of(session)
    own = tokens.digest(browser) if browser else None
    begun = LoginSession(
        person_id=person.id, digest=tokens.digest(token), via=actor.way, begun_at=now, used_at=now,
        browser=origin.browser, address=origin.address,
        network=network(origin.address), known_browser=own,
        location_id=device.location_id if device else person.location_id,
        device_id=device.id if device else None,
    )  # fmt: skip
    session.add(begun)
    if own:
        alone(session, f"browser:{own}")  # two tabs may sign in at once
        session.merge(KnownBrowser(person_id=person.id, digest=own, used_at=now))
    session.flush()
    security_log.write(
        session, now, security_log.SIGNED_IN, person=person, actor=actor, via=actor.way, session=begun.id
    )
    return token


def of_token(session: Session, token: str) -> LoginSession | None:
    """The session whose cookie holds this token, with its person and their location; one query."""
    row = flushed(session).execute(_BY_DIGEST, {"digest": tokens.digest(token)}).first()
    if row is None:
        return None
    found, rest = _USED.object(session, row), row[len(_USED) :]
    person, place = _PEOPLE.object(session, rest), rest[len(_PEOPLE) :]
    set_committed_value(found, "person", person)
    location = None if person.location_id is None else _PLACES.object(session, place)
    set_committed_value(person, "location", location)
    return found


def why_ended(session: Session, token: str) -> str | None:
    """What has ended the session whose cookie holds this token (of ENDS); None if nothing has, or it is
    forgotten by now."""
    return session.scalar(select(LoginSession.ended_by).where(LoginSession.digest == tokens.digest(token)))


def is_good(found: LoginSession, now: datetime, limits: Limits) -> bool:
    """Whether it counts still, and so does the account."""
    return (
        found.ended_at is None
        and found.used_at > now - limits.idle
        and found.begun_at > now - limits.longest
        and found.person.disabled_at is None
    )


def is_news(found: LoginSession, now: datetime) -> bool:
    """Whether it is worth writing down that the session was used."""
    return found.used_at < now - NOTED_EVERY


def note(session: Session, found: LoginSession, now: datetime) -> None:
    """Write down that it is in use, and from where. That is no change of state, so there is no event."""
    current = session.get(LoginSession, found.id, populate_existing=True)
    if current is not None and current.ended_at is None:
        origin = security_log.origin_of(session)
        current.used_at, current.address, current.browser = now, origin.address, origin.browser
        current.network = network(origin.address)


def renew(session: Session, actor: Actor, now: datetime, token: str) -> str:
    """A new token for the session of this one, whose person has just shown once more who they are.

    A copy of the cookie from before is worth nothing from now on. Raises ForbiddenError if it has ended.
    """
    found = _all(session, LoginSession.digest == tokens.digest(token))
    if not found:
        raise ForbiddenError(N_("You were signed out meanwhile. Sign in again."))
    renewed = tokens.new()
    found[0].digest, found[0].used_at = tokens.digest(renewed), now
    security_log.write(
        session, now, security_log.SHOWN_AGAIN, person=actor.holder, actor=actor, session=found[0].id
    )
    session.flush()
    return renewed


def open_ones(session: Session, person: Person, now: datetime, limits: Limits) -> Sequence[LoginSession]:
    """Where the person is signed in now, the one used last first."""
    query = select(LoginSession).where(LoginSession.person_id == person.id, _open(now, limits))
    query = query.options(joinedload(LoginSession.location), joinedload(LoginSession.device))
    return session.scalars(query.order_by(LoginSession.used_at.desc(), LoginSession.id.desc())).all()


def end(session: Session, actor: Actor, now: datetime, session_id: int, *, of: Person) -> LoginSession:
    """End one session of a person: one's own, or as an admin anybody's. Raises NotFoundError."""
    found = session.get(LoginSession, session_id, populate_existing=True)
    if found is None or found.person_id != of.id or not _may_end(actor, found.person_id):
        raise NotFoundError(N_("There is no such session."))  # whether there is one is nobody else's to know
    _end(session, actor, now, [found], BY_PERSON if found.person_id == actor.id else BY_ADMIN)
    return found


def end_others(session: Session, actor: Actor, now: datetime, person: Person, but: str = "") -> int:
    """End every session of the person but the one of the token `but`; how many there were.

    For themselves and for admins. Raises ForbiddenError.
    """
    if not _may_end(actor, person.id):
        raise ForbiddenError(N_("Only they and an admin can end their sessions."))
    kept = LoginSession.digest != tokens.digest(but)
    return _end(
        session, actor, now, _all(session, LoginSession.person_id == person.id, kept),
        BY_PERSON if person.id == actor.id else BY_ADMIN,
    )  # fmt: skip


def end_all(session: Session, actor: Actor, now: datetime, person: Person, why: str, *, but: str = "") -> int:
    """End the person's sessions because something else has happened (`why`, of ENDS); how many there were.

    The verb that does it has asked whether it may; `but` is the token of one that goes on.
    """
    found = [LoginSession.person_id == person.id, LoginSession.digest != tokens.digest(but)]
    if why == PIN:
        found.append(LoginSession.via == "pin")
    return _end(session, actor, now, _all(session, *found), why)


def end_of_device(session: Session, actor: Actor, now: datetime, device: Device) -> int:
    """End what is open on a shared tablet: its turn is over."""
    return _end(session, actor, now, _all(session, LoginSession.device_id == device.id), TURN)


def sign_out(session: Session, actor: Actor, now: datetime, token: str) -> None:
    """End the session of this token, at once and for every copy of its cookie."""
    _end(session, actor, now, _all(session, LoginSession.digest == tokens.digest(token)), SIGN_OUT)


def is_known_browser(session: Session, person: Person, browser: str | None) -> bool:
    """Whether the person has signed in from the browser whose own cookie holds this token."""
    return bool(browser) and session.get(KnownBrowser, (person.id, tokens.digest(browser or ""))) is not None


def sweep(session: Session, now: datetime, limits: Limits) -> bool:
    """End some that are over their limits, and forget some that ended long ago; whether there may be more."""
    over = select(LoginSession).where(LoginSession.ended_at.is_(None), ~_open(now, limits)).limit(SWEPT)
    ended = session.scalars(over.options(joinedload(LoginSession.person))).all()
    for found in ended:
        _end(session, SYSTEM, now, [found], IDLE if found.used_at <= now - limits.idle else LONGEST)
    of_device = LoginSession.device_id.is_not(None) & (LoginSession.ended_at < now - KEPT_OF_DEVICES)
    old = select(LoginSession.id).where(or_(LoginSession.ended_at < now - KEPT, of_device)).limit(SWEPT)
    gone = session.scalars(old).all()
    session.execute(delete(LoginSession).where(LoginSession.id.in_(gone)))
    session.execute(delete(KnownBrowser).where(KnownBrowser.used_at < now - BROWSER_KEPT))
    return SWEPT in (len(ended), len(gone))


def _open(now: datetime, limits: Limits) -> ColumnElement[bool]:
    """The same as `is_good`, as a condition on the table, but for the account."""
    return (
        LoginSession.ended_at.is_(None)
        & (LoginSession.used_at > now - limits.idle)
        & (LoginSession.begun_at > now - limits.longest)
    )


def _all(session: Session, *found: ColumnElement[bool]) -> Sequence[LoginSession]:
    """Open sessions, read again under the write lock."""
    query = select(LoginSession).where(LoginSession.ended_at.is_(None), *found)
    query = query.options(joinedload(LoginSession.person)).with_for_update(of=LoginSession)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _end(session: Session, actor: Actor, now: datetime, found: Sequence[LoginSession], why: str) -> int:
    kind = security_log.SIGNED_OUT if why == SIGN_OUT else security_log.SESSION_ENDED
    ended = [each for each in found if each.ended_at is None]
    for each in ended:
        each.ended_at, each.ended_by = now, why
        security_log.write(
            session, now, kind, person=each.person, actor=actor, why=why, session=each.id, of=each.browser
        )
    session.flush()
    return len(ended)


def _may_end(actor: Actor, person_id: int) -> bool:
    if person_id == actor.id:
        return access.may(actor, "account.see")
    return access.may(actor, "people.manage")
