"""Codes of an authenticator app (RFC 6238): six digits, a new one every 30 seconds, each accepted once."""

from __future__ import annotations

from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from tracker.domain.actor import Actor
from tracker.domain.entrance import factors, sealing
from tracker.errors import N_, ConflictError, InvalidError
from tracker.models import Person, Totp

SECONDS = 30
WINDOW = 1
"""Steps that a clock may be ahead or behind."""


def begin(session: Session, actor: Actor, now: datetime, key: bytes) -> str:
    """A new secret for the actor's app, in base 32. It counts once `confirm` was given a code of it.

    `key` is the installation's for this purpose. Raises ConflictError if there is an app already.
    """
    current = session.get(Totp, actor.id, populate_existing=True)
    if current is not None and current.confirmed_at is not None:
        raise ConflictError(N_("You have an authenticator app already. Remove it first."))
    secret = pyotp.random_base32()
    session.merge(
        Totp(
            person_id=actor.id, secret=sealing.seal(secret, key), last_step=0, added_at=now, confirmed_at=None
        )
    )
    session.flush()
    return secret


def pending(session: Session, person: Person, key: bytes) -> str | None:
    """The secret that was begun and not confirmed yet."""
    app = session.get(Totp, person.id)
    return sealing.unseal(app.secret, key) if app is not None and app.confirmed_at is None else None


def address(secret: str, login: str, place: str) -> str:
    """What the app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=f"Holdfast {place}".strip())


def confirm(session: Session, actor: Actor, now: datetime, key: bytes, code: str) -> None:
    """Take the actor's new app into use with its first code. Raises InvalidError for a wrong one."""
    app = session.get(Totp, actor.id, populate_existing=True)
    if app is None or app.confirmed_at is not None or not _accepts(app, now, key, code):
        raise InvalidError(N_("That is not the code that the app shows now. Is the phone’s clock right?"))
    app.confirmed_at = now
    factors.tell(session, actor, now, actor.holder, "added", "totp")


def is_set(session: Session, person: Person) -> bool:
    """Whether the person has an app in use."""
    app = session.get(Totp, person.id)
    return app is not None and app.confirmed_at is not None


def accept(session: Session, now: datetime, person: Person, key: bytes, code: str) -> bool:
    """Whether the code is right now, or one step earlier or later, and no code of that or a later step was
    used.

    Call it under the write lock: of two who give the same code one is let in.
    """
    app = session.get(Totp, person.id, populate_existing=True, with_for_update=True)
    return app is not None and app.confirmed_at is not None and _accepts(app, now, key, code)


def remove(session: Session, actor: Actor, now: datetime) -> None:
    """Remove the actor's app. The edge has just asked for password and factor."""
    app = session.get(Totp, actor.id, populate_existing=True)
    if app is None or app.confirmed_at is None:
        return
    session.delete(app)
    factors.tell(session, actor, now, actor.holder, "removed", "totp")


def _accepts(app: Totp, now: datetime, key: bytes, code: str) -> bool:
    code = "".join(sign for sign in code if sign.isdigit() and sign.isascii())
    secret = sealing.unseal(app.secret, key)
    if secret is None or len(code) != 6:
        return False
    clock, step = pyotp.TOTP(secret), int(now.timestamp()) // SECONDS
    for one in range(step - WINDOW, step + WINDOW + 1):
        if one > app.last_step and pyotp.utils.strings_equal(clock.generate_otp(one), code):
            app.last_step = one
            return True
    return False
