"""Trying a password: the try is counted before it is checked, and logged if it was wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import request

from tracker.db import db, writing
from tracker.domain.entrance import sessions, tokens, tries
from tracker.domain.people import devices
from tracker.models import Person
from tracker.web.entrance import seats
from tracker.web.entrance.sessions import browser_cookie
from tracker.web.reader import now


def passes(person: Person | None, login: str, is_right: Callable[[], bool]) -> bool:
    """Take one try and check it by `is_right`, slowly and outside of any transaction; whether it was right.

    `person` is whose `login` it is, if anybody's. Raises ThrottledError.
    """
    taken = take(_counts(person, login))
    right = is_right()
    with writing() as transaction:
        if right:
            tries.right(transaction, taken)
        else:
            tries.wrong(transaction, now(), taken, person=person, login=login)
    return right


def take(counts: Sequence[tries.Count]) -> list[tries.Count]:
    """Take one try before it is looked at; the counts that it was added to. Raises ThrottledError."""
    tries.check(db.session(), now(), counts)  # a flood of refused tries takes no write lock
    with writing() as transaction:
        return tries.take(transaction, now(), counts)


def _counts(person: Person | None, login: str) -> list[tries.Count]:
    session, device, browser = db.session(), seats.here(), request.cookies.get(browser_cookie())
    theirs = person is not None and device is not None and devices.works_at(device, person)
    if person is not None and device is not None and theirs and devices.is_used_by(session, device, person):
        return [tries.of_tablet(device.id, person)]
    if person is not None and sessions.is_known_browser(session, person, browser):
        return [tries.of_browser(person, tokens.digest(browser or ""))]
    if person is not None and person.token:  # no log-in attempt: the person is signed in here
        return [tries.of_browser(person, tokens.digest(person.token))]
    return tries.of_strangers(session, now(), person, login, request.remote_addr or "")
