"""Guessing is slowed for the guesser, not for the person whose account it is.

Every try is counted before it is checked, so that many at once count as many. A few in a row are free, then
each waits, longer and longer. What is counted depends on from where the try comes:

* a browser or a shared tablet from which the person has signed in before counts by itself: whatever strangers
  try, it goes on;
* every other browser counts with all others for the account, by one key however the login is written. A login
  that does not exist counts alike, so that nothing tells which there are;
* besides, an address counts the logins that were tried there of people who are not known there. The more
  people are known at an address, the more it may try; whoever works with one of them is known there too.

Counts are rows, shared by all processes, and forgotten after half a day without a try.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import security_log
from tracker.domain.entrance import tokens
from tracker.errors import N_, ThrottledError
from tracker.models import LoginSession, Person, Tries, login_key
from tracker.networks import network

FREE = 5
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15)]
FORGOTTEN = timedelta(hours=12)
LOGINS_OF_ADDRESS, MORE_PER_PERSON, MOST_OF_ADDRESS = 40, 5, 400
LINKS = 10
WINDOW = timedelta(minutes=10)
KNOWN_FOR = timedelta(days=30)
MOST_ROWS = 100_000
"""Most rows kept for logins that do not exist, and for addresses; beyond that the oldest are deleted."""


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that is counted. Without `of_window` each try beyond `free` waits; with it, so many are free
    in a window, and only the first try of a login counts.
    """

    key: str
    free: int = FREE
    of_window: bool = False


def of_browser(person: Person, digest: str) -> Count:
    """A browser that is known to be the person's."""
    return Count(f"browser:{person.id}:{digest}")


def of_tablet(device_id: int, person: Person) -> Count:
    """A shared tablet where the person works and which they have used before."""
    return Count(f"tablet:{device_id}:{person.id}")


def of_new_tablets(person: Person) -> Count:
    """PINs on shared tablets that the person has never used, all of them together: a lead registers as many
    as they like.
    """
    return Count(f"person:pin:{person.id}")


def of_factor(person: Person) -> Count:
    """Codes and passkeys after the right password: few try these, and each of them is suspect."""
    return Count(f"factor:{person.id}")


def of_links(login: str, address: str) -> list[Count]:
    """Asking for a link by mail: for one login, and for so many from one address."""
    return [Count(f"link:{_name(login)}"), Count(f"address:links:{network(address)}", LINKS, of_window=True)]


def of_strangers(
    session: Session, now: datetime, person: Person | None, login: str, address: str
) -> list[Count]:
    """Every other browser: the account's count, and the address's if they are not known there."""
    account = Count(f"person:{person.id}" if person else f"name:{_name(login)}")
    if person is not None and is_known_at(session, now, person, address):
        return [account]
    free = min(LOGINS_OF_ADDRESS + MORE_PER_PERSON * known_at(session, now, address), MOST_OF_ADDRESS)
    return [account, Count(f"address:{network(address)}", free, of_window=True)]


def known_at(session: Session, now: datetime, address: str) -> int:
    """How many people have signed in from the address lately."""
    people = select(LoginSession.person_id).where(_lately(now, address)).distinct().limit(MOST_OF_ADDRESS)
    return len(session.scalars(people).all())


def is_known_at(session: Session, now: datetime, person: Person, address: str) -> bool:
    """Whether they, or somebody of the same location, have signed in from the address lately."""
    query = select(LoginSession.id).join(LoginSession.person).where(_lately(now, address))
    if person.location_id is not None:
        query = query.where(or_(Person.id == person.id, Person.location_id == person.location_id))
    return session.scalar(query.limit(1)) is not None


def check(session: Session, now: datetime, counts: Iterable[Count]) -> None:
    """Raise ThrottledError, with the minutes to wait, unless a try is free. Only reads."""
    waits = max(_wait(now, count, session.get(Tries, count.key, populate_existing=True)) for count in counts)
    if waits > timedelta():
        raise ThrottledError(
            N_("Too many tries. Wait %(n)s min; on a device you have used before you can go on."),
            n=-(-waits // timedelta(minutes=1)),
        )


def take(session: Session, now: datetime, counts: Sequence[Count]) -> list[Count]:
    """Take one try, before it is looked at; the counts that it was added to. Raises ThrottledError."""
    for count in sorted(counts, key=lambda count: count.key):
        alone(session, f"tries:{count.key}")
    check(session, now, counts)
    first = session.get(Tries, counts[0].key)
    anew = first is None or _is_over(now, counts[0], first)
    taken = [count for count in counts if anew or not count.of_window]
    for count in taken:
        _add(session, now, count)
    session.flush()
    return taken


def right(session: Session, taken: Iterable[Count]) -> None:
    """Note that a try was right: the person's own counts begin anew, shared ones lose this try only."""
    for count in taken:
        alone(session, f"tries:{count.key}")
        row = session.get(Tries, count.key, populate_existing=True)
        shared = count.key.startswith(("person:", "address:"))
        if row is not None:
            row.wrong = max(row.wrong - 1, 0) if shared else 0
    session.flush()


def wrong(
    session: Session, now: datetime, taken: Sequence[Count], *, person: Person | None, login: str
) -> None:
    """Log that a try was wrong and, once, the pause that begins with it."""
    about = {"person": person, "login": None if person else login}
    security_log.write_bounded(session, now, security_log.FAILED, **about)
    for count in taken:
        row = session.get(Tries, count.key, populate_existing=True)
        if row is not None and row.wrong >= count.free:
            wait = _wait(now, count, row)
            security_log.write_bounded(
                session, now, security_log.THROTTLED, **about, of=count.key.partition(":")[0],
                tries=row.wrong, minutes=-(-wait // timedelta(minutes=1)),
            )  # fmt: skip


def number(session: Session, count: Count) -> int:
    """How many tries in a row were not right."""
    row = session.get(Tries, count.key, populate_existing=True)
    return row.wrong if row else 0


def forget(session: Session, count: Count) -> None:
    """Begin a count anew, because the person has shown who they are in another way."""
    session.execute(delete(Tries).where(Tries.key == count.key))


def waiting(session: Session, now: datetime) -> int:
    """For how many accounts the next try must wait at the moment, after wrong passwords, codes or PINs."""
    kinds = ("person:", "factor:", "browser:", "tablet:")
    counted = or_(*(Tries.key.startswith(kind) for kind in kinds))
    rows = session.scalars(select(Tries).where(counted, Tries.wrong >= FREE))
    return len({_whose(row.key) for row in rows if _wait(now, Count(row.key), row) > timedelta()})


def _whose(key: str) -> str:
    """The account in a count's key. A tablet's key names the tablet before the account."""
    parts = key.split(":")
    return parts[2] if parts[0] == "tablet" else parts[1]


def sweep(session: Session, now: datetime) -> None:
    """Delete counts without a recent try and, beyond MOST_ROWS, the oldest that strangers caused."""
    session.execute(delete(Tries).where(Tries.tried_at < now - FORGOTTEN))
    made_up = or_(
        Tries.key.startswith("name:"), Tries.key.startswith("link:"), Tries.key.startswith("address:")
    )
    newest = select(Tries.tried_at).where(made_up).order_by(Tries.tried_at.desc()).offset(MOST_ROWS).limit(1)
    if (oldest := session.scalar(newest)) is not None:
        session.execute(delete(Tries).where(made_up, Tries.tried_at <= oldest))


def pause(tries: int, free: int = FREE) -> timedelta:
    """How long the next try waits after so many: not at all, then 1, 2, 4, 8 and at most 15 minutes."""
    return timedelta() if tries < free else PAUSES[min(tries - free, len(PAUSES) - 1)]


def _name(login: str) -> str:
    """A login as it stands in a key: of one length, and the same however it is written."""
    return tokens.digest(login_key(login))


def _wait(now: datetime, count: Count, row: Tries | None) -> timedelta:
    if row is None or _is_over(now, count, row):
        return timedelta()
    if count.of_window:
        return row.tried_at + WINDOW - now if row.wrong >= count.free else timedelta()
    return max(row.tried_at + pause(row.wrong, count.free) - now, timedelta())


def _is_over(now: datetime, count: Count, row: Tries) -> bool:
    return row.tried_at <= now - (WINDOW if count.of_window else FORGOTTEN)


def _add(session: Session, now: datetime, count: Count) -> None:
    row = session.get(Tries, count.key)
    if row is None:
        session.add(Tries(key=count.key, wrong=1, tried_at=now))
        if count.key.startswith("name:00"):  # one in 256, so that a flood of made-up logins stays small
            sweep(session, now)
    elif _is_over(now, count, row):
        row.wrong, row.tried_at = 1, now
    else:
        row.wrong += 1
        if not count.of_window:
            row.tried_at = now


def _lately(now: datetime, address: str) -> ColumnElement[bool]:
    return (LoginSession.network == network(address)) & (LoginSession.begun_at > now - KNOWN_FOR)
