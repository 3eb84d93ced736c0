"""PINs: a few digits by which people show who they are on a shared device, and nowhere else."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NewType

from sqlalchemy.orm import Session

from tracker.domain import access, security_log
from tracker.domain import event_kinds as kinds
from tracker.domain.access import reach
from tracker.domain.actor import Actor
from tracker.domain.entrance import passwords, sessions
from tracker.domain.events import emit
from tracker.errors import N_, ForbiddenError, InvalidError
from tracker.models import Person

PinHash = NewType("PinHash", str)

_ROWS = "01234567890", "09876543210"
_POPULAR = {"1004", "1379", "2580", "0852", "5683", "147258", "159753", "147258369"}
_DATES = {4: ("%d%m%Y", "%m%d%Y"), 6: ("%d%m%y", "%m%d%y", "%y%m%d"), 8: ("%d%m%Y", "%m%d%Y", "%Y%m%d")}


def is_pin(text: str) -> bool:
    """Whether the text can be a PIN: 4 to 8 digits."""
    return re.fullmatch(r"[0-9]{4,8}", text) is not None


def check_pin(pin: str) -> None:
    """Refuse what is no PIN, and what others would try first: rows, repeats, dates. Raises InvalidError."""
    if not is_pin(pin):
        raise InvalidError(N_("A PIN has 4 to 8 digits."))
    repeats = any(pin == pin[:n] * (len(pin) // n) for n in (1, 2, 3, 4) if len(pin) > n)
    if repeats or len(set(pin)) < 3 or any(pin in row for row in _ROWS) or pin in _POPULAR or _is_date(pin):
        raise InvalidError(
            N_("That PIN is among the first that others would try: a row, a repeat, a date. Choose another.")
        )


def new_pin(pin: str) -> PinHash:
    """A PIN that was checked, as it is stored. Slow on purpose: call it before `writing`.

    Raises InvalidError.
    """
    check_pin(pin)
    return PinHash(passwords.hash_secret(pin))


def set_own(session: Session, actor: Actor, now: datetime, pin: PinHash) -> None:
    """Give oneself a PIN, or another one. The edge has just asked for the password."""
    access.require(actor, "pin.set")
    session.refresh(actor.holder, ["pin_hash"], with_for_update=True)
    actor.holder.pin_hash = pin
    emit(session, actor, now, kinds.PinSet(), f"person:{actor.id}")
    security_log.write(session, now, security_log.PIN_SET, person=actor.holder, actor=actor)
    session.flush()


def clear(session: Session, actor: Actor, now: datetime, person: Person) -> None:
    """Take a PIN away: one's own, or as a lead of the person's location, or as an admin.

    Sessions entered by it end. Raises ForbiddenError.
    """
    if person.id != actor.id:
        access.require(actor, "device.manage")
        if not reach.leads(actor, person.location_id):
            raise ForbiddenError(N_("This person works elsewhere. A lead of that place can help."))
    else:
        access.require(actor, "pin.set")
    # read the row again under the lock: the PIN may just have been set
    session.refresh(person, ["pin_hash"], with_for_update=True)
    if person.pin_hash is None:
        return
    person.pin_hash = None
    emit(session, actor, now, kinds.PinCleared(), f"person:{person.id}")
    security_log.write(session, now, security_log.PIN_CLEARED, person=person, actor=actor)
    sessions.end_all(session, actor, now, person, sessions.PIN)
    session.flush()


def _is_date(pin: str) -> bool:
    """Whether the PIN is a year, a day of a year, or a whole date, as people write birthdays."""
    if len(pin) == 4 and 1930 <= int(pin) <= 2039:
        return True
    for form in _DATES.get(len(pin), ()):
        try:
            # a leap year, so that 29 February is a date
            at = datetime.strptime(pin if len(pin) > 4 else pin + "2000", form)
        except ValueError:
            continue
        if 1900 <= at.year < 2100:
            return True
    return False
