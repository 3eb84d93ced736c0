"""The security log: who did what to accounts and sessions, when and from where.

The events keep what changed. The log also keeps from where, and what was refused. The edge says once where a
database session comes from (`come_from`), and the verbs write. Nothing here deletes, and no route does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain.actor import Actor, Way
from tracker.errors import N_
from tracker.models import Person, SecurityEntry

SIGNED_IN = "sign-in"
FAILED = "sign-in.failed"
THROTTLED = "sign-in.throttled"
SHOWN_AGAIN = "sign-in.again"
SIGNED_OUT = "sign-out"
SESSION_ENDED = "session.ended"
PASSWORD_CHANGED = "password.changed"
PASSWORD_LINK_MADE = "password-link.made"
EMAIL_CHANGED = "email.changed"
FACTOR_CHANGED = "factor.changed"
PIN_SET = "pin.set"
PIN_CLEARED = "pin.cleared"
ACCOUNT_ADDED = "account.added"
ACCOUNT_DISABLED = "account.disabled"
ACCOUNT_ENABLED = "account.enabled"
ACCESS_CHANGED = "access.changed"
DEVICE_REGISTERED = "device.registered"
DEVICE_RETIRED = "device.retired"
EXPORTED = "export"
REFUSED = "refused"
FORM_REFUSED = "form.refused"
POLICY_VIOLATED = "policy.violated"

KINDS = (
    SIGNED_IN, FAILED, THROTTLED, SHOWN_AGAIN, SIGNED_OUT, SESSION_ENDED, PASSWORD_CHANGED,
    PASSWORD_LINK_MADE, EMAIL_CHANGED, FACTOR_CHANGED, PIN_SET,
    PIN_CLEARED, ACCOUNT_ADDED, ACCOUNT_DISABLED, ACCOUNT_ENABLED, ACCESS_CHANGED, DEVICE_REGISTERED,
    DEVICE_RETIRED, EXPORTED, REFUSED, FORM_REFUSED, POLICY_VIOLATED,
)  # fmt: skip

FLOOD = 500
FLOOD_OVER = timedelta(minutes=10)
"""At most so many lines of a kind that strangers can cause are written in such a time; one more says so."""

_BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"), ("Opera", r"OPR/|Opera"), ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chrome", r"Chrome/|CriOS/|Chromium/"), ("Safari", r"Safari/"),
    ("curl", r"^curl/"), (N_("a program"), r"^python|^Go-|^Wget|^okhttp|^Java|^Werkzeug"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Android", r"Android"), ("ChromeOS", r"CrOS"),
    ("Windows", r"Windows"), ("Mac", r"Macintosh|Mac OS X"), ("Linux", r"Linux|X11"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """From where something was done: the address, the browser in words, the shared tablet if it is one."""

    address: str
    browser: str = ""
    device_id: int | None = None


COMMAND_LINE = Origin("command line")


def come_from(session: Session, origin: Origin) -> None:
    """Say where everything comes from that is written in this database session. The edge does so once."""
    session.info["origin"] = origin


def origin_of(session: Session) -> Origin:
    """Where this database session comes from: the command line, if the edge has said nothing."""
    origin: Origin = session.info.get("origin", COMMAND_LINE)
    return origin


@lru_cache(maxsize=256)
def browser_words(user_agent: str) -> str:
    """A user agent in words that people know: "Chrome on Android"; "" for one that nobody knows."""
    text = user_agent[:500]
    browser = next((name for name, pattern in _BROWSERS if re.search(pattern, text)), "")
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, text)), "")
    return f"{browser} on {system}" if browser and system else browser or system


def write(
    session: Session,
    now: datetime,
    kind: str,
    /,
    *,
    person: Person | None = None,
    actor: Actor | None = None,
    login: str | None = None,
    **data: Any,
) -> SecurityEntry:
    """Add one line, which is committed with what it tells or not at all. Secrets have no place in `data`.

    Of a session its first line says how somebody came in; a token has none, so each line says it.
    """
    if actor is not None and actor.way is Way.TOKEN:
        data["via"] = actor.way
    if kind not in KINDS:
        raise KeyError(kind)
    origin = origin_of(session)
    entry = SecurityEntry(
        at=now, kind=kind, person_id=person.id if person else None, actor_id=actor.id if actor else None,
        login=login[:80] if login else None, address=origin.address[:60], browser=origin.browser,
        device_id=origin.device_id, data=data,
    )  # fmt: skip
    session.add(entry)
    return entry


def write_bounded(session: Session, now: datetime, kind: str, /, **more: Any) -> None:
    """Add a line (as `write`) of a kind that strangers can cause at will: a flood is cut off, to spare the
    disk."""
    recent = SecurityEntry.kind == kind, SecurityEntry.at > now - FLOOD_OVER
    number = session.scalar(select(func.count()).select_from(SecurityEntry).where(*recent)) or 0
    if number < FLOOD:
        write(session, now, kind, **more)
    elif number == FLOOD:
        write(session, now, kind, flood=FLOOD, minutes=FLOOD_OVER // timedelta(minutes=1))


def write_once(
    session: Session, now: datetime, since: datetime, kind: str, actor: Actor | None, **data: Any
) -> None:
    """Add a line (as `write_bounded`) unless the log has the same one about the person since then."""
    person = actor.person if actor else None
    if not is_said(session, since, kind, person, data):
        write_bounded(session, now, kind, person=person, actor=actor, **data)


def is_said(
    session: Session, since: datetime, kind: str, person: Person | None, data: dict[str, Any]
) -> bool:
    """Whether the log has had this very line about the person (or nobody) since then."""
    theirs = SecurityEntry.person_id == person.id if person else SecurityEntry.person_id.is_(None)
    query = select(SecurityEntry.data).where(SecurityEntry.kind == kind, SecurityEntry.at >= since, theirs)
    return data in session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are asked for: of a kind, about or by a person, of the last days."""

    kind: str = ""
    person_id: int | None = None
    days: int = 30

    def conditions(self, now: datetime) -> list[ColumnElement[bool]]:
        """The filter as conditions on the table."""
        conditions = [SecurityEntry.at > now - timedelta(days=self.days)]
        if self.kind:
            conditions.append(SecurityEntry.kind == self.kind)
        if self.person_id is not None:
            conditions.append(
                (SecurityEntry.person_id == self.person_id) | (SecurityEntry.actor_id == self.person_id)
            )
        return conditions


def number(session: Session, now: datetime, wanted: Filter) -> int:
    """How many lines of the log the filter lets through."""
    return session.scalar(select(func.count()).select_from(SecurityEntry).where(*wanted.conditions(now))) or 0


def entries(
    session: Session, now: datetime, wanted: Filter, *, most: int, after: int = 0
) -> Sequence[SecurityEntry]:
    """The lines that the filter lets through, newest first: at most `most`, after the first `after`."""
    query = select(SecurityEntry).where(*wanted.conditions(now)).order_by(SecurityEntry.id.desc())
    parts = (
        joinedload(SecurityEntry.person),
        joinedload(SecurityEntry.actor),
        joinedload(SecurityEntry.device),
    )
    return session.scalars(query.options(*parts).offset(after).limit(most)).all()


def failed_since(session: Session, since: datetime) -> int:
    """How many sign-ins have failed since then."""
    failed = SecurityEntry.kind == FAILED, SecurityEntry.at >= since
    return session.scalar(select(func.count()).select_from(SecurityEntry).where(*failed)) or 0
