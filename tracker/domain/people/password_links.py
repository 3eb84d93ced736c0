"""Links by which a person chooses a new password: from an admin, or by mail to whoever forgot theirs.

A link works once and for a while, and the newest of its kind alone. It sets the password and nothing else: a
second factor is asked for all the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import access, security_log
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import SYSTEM, Actor, signed_in
from tracker.domain.entrance import tokens
from tracker.domain.entrance.passwords import PasswordHash
from tracker.domain.events import emit
from tracker.domain.people import accounts, directory
from tracker.errors import N_, ConflictError, ForbiddenError
from tracker.models import PasswordLink, Person
from tracker.sop.text import fold

FIRST = timedelta(days=7)
FORGOTTEN = timedelta(hours=24)
BY_MAIL = timedelta(hours=1)
MAIL_PAUSE = timedelta(minutes=5)
"""So long after a mail no other goes to the same person: nobody fills somebody's box, or ends their link."""


def make(session: Session, actor: Actor, now: datetime, person: Person) -> tuple[str, datetime]:
    """A link for the person; its token, which is shown once, and its end. Replaces the last one.

    Admins may, and the command line. Good for 7 days until they have a password of their own,
    for 24 hours after. Raises ForbiddenError, ConflictError for a disabled account.
    """
    access.require(actor, "people.manage")
    if person.disabled_at is not None:
        raise ConflictError(N_("This account is disabled. Enable it first."))
    own = person.password_hash is not None and person.first_until is None
    return _made(session, actor, now, person, FORGOTTEN if own else FIRST, by_mail=False)


def make_for_mail(session: Session, now: datetime, who: str) -> tuple[Person, str] | None:
    """A link for whoever has this login name or address, to be sent to the address that is known of them.

    None if that is nobody or several people, if they have no address, or if one was sent less than
    MAIL_PAUSE ago.
    """
    person = _meant(session, who)
    if person is None or not person.email or person.disabled_at is not None:
        return None
    last = session.get(PasswordLink, (person.id, True), populate_existing=True)
    if last is not None and last.made_at > now - MAIL_PAUSE:
        return None
    return person, _made(session, SYSTEM, now, person, BY_MAIL, by_mail=True)[0]


def find(session: Session, token: str, now: datetime) -> Person | None:
    """Whose link this is; None if it was used, is too old, or was replaced, or the account is disabled."""
    query = select(PasswordLink).where(PasswordLink.digest == tokens.digest(token))
    link = session.scalar(query.options(joinedload(PasswordLink.person)))
    if link is None or link.ends_at <= now or link.person.disabled_at is not None:
        return None
    return link.person


def use(session: Session, now: datetime, token: str, password: PasswordHash) -> Person:
    """Set the password of the person whose link it is. Ends their sessions, their PIN and all of their links.

    Raises ForbiddenError if the link does not work any more, also for the later of two who use it at once.
    """
    good = PasswordLink.digest == tokens.digest(token), PasswordLink.ends_at > now
    query = delete(PasswordLink).where(*good)
    person_id = session.scalar(query.returning(PasswordLink.person_id))
    person = session.get(Person, person_id, populate_existing=True) if person_id else None
    if person is None or person.disabled_at is not None:
        raise ForbiddenError(
            N_("This link does not work any more. It was used, is too old, or there is a newer one.")
        )
    session.execute(delete(PasswordLink).where(PasswordLink.person_id == person.id))
    accounts.set_password(session, signed_in(person), now, person, password, how="link")
    return person


def _made(
    session: Session, actor: Actor, now: datetime, person: Person, lasts: timedelta, *, by_mail: bool
) -> tuple[str, datetime]:
    token = tokens.new()
    session.merge(
        PasswordLink(
            person_id=person.id,
            by_mail=by_mail,
            digest=tokens.digest(token),
            made_at=now,
            ends_at=now + lasts,
        )
    )
    emit(session, actor, now, kinds.PasswordLinkMade(by_mail=by_mail), f"person:{person.id}")
    security_log.write(
        session, now, security_log.PASSWORD_LINK_MADE, person=person, actor=actor, by_mail=by_mail
    )
    session.flush()
    return token, now + lasts


def _meant(session: Session, who: str) -> Person | None:
    if person := directory.with_login(session, who):
        return person
    query = select(Person).where(Person.email_key == fold(who.strip())).limit(2)
    several = session.scalars(query).all()
    return several[0] if len(several) == 1 else None
