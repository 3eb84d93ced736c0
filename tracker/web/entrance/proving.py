"""How people show who they are beside their password, and how sure we are of who is here."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers.response import Response

from tracker.config import Settings
from tracker.db import db, writing
from tracker.domain.entrance import ceremonies, factors, passkeys, recovery_codes, sealing, totp, tries
from tracker.domain.entrance.passkeys import Site
from tracker.errors import N_, ConflictError
from tracker.models import Ceremony, Person
from tracker.web import hosts
from tracker.web.entrance import throttle
from tracker.web.reader import now, person

SURE_SECONDS = 600
"""So long after showing password and factor, factors may be changed without showing them again."""


def site() -> Site | None:
    """For whom passkeys are made here; None where there can be none: at an IP address, or without HTTPS."""
    settings: Settings = current_app.config["HOLDFAST"]
    asked = urlsplit(f"{request.scheme}://{request.host}")
    own = urlsplit(settings.address)
    if settings.address:
        named = (asked.hostname, asked.port) == (own.hostname, own.port)
    else:
        named = asked.hostname == "localhost" or (settings.tls and asked.hostname in settings.tls_names)
    host = own.hostname or asked.hostname or ""
    if not named or hosts.is_ip(host):
        return None
    return Site(host, settings.address or f"{asked.scheme}://{asked.netloc}")


def totp_key() -> bytes:
    """What the secrets of authenticator apps are encrypted with."""
    return sealing.key_for("totp", current_app.config["HOLDFAST"].secret_key)


def proven_factor(person: Person, begun: Ceremony) -> str | None:
    """By which factor of the form the person has shown who they are, a `Way`; None if by none.

    Each wrong try is counted, and so many in a row make the next wait. Raises ThrottledError.
    """
    taken = throttle.take([tries.of_factor(person)])
    credential, code = request.form.get("credential", ""), request.form.get("code", "")[:40]
    by_recovery = not credential and recovery_codes.looks_like_one(code)
    number = recovery_codes.number_of(db.session(), person, code) if by_recovery else None
    with writing() as transaction:
        via = _accepted(transaction, person, begun, credential, code, number, by_recovery)
        if via is None:
            ceremonies.count_miss(transaction, begun)
            tries.wrong(transaction, now(), taken, person=person, login=person.login)
        else:
            if not ceremonies.end(transaction, begun):
                raise ConflictError(N_("This sign-in was used already. Begin again."))
            tries.right(transaction, taken)
    return via


def _accepted(
    transaction: Any,
    person: Person,
    begun: Ceremony,
    credential: str,
    code: str,
    number: int | None,
    by_recovery: bool,
) -> str | None:
    place = site()
    if credential:
        known = place and passkeys.accept(
            transaction, now(), place, begun.challenge, credential, person=person
        )
        return "passkey" if known else None
    if by_recovery:
        used = number is not None and recovery_codes.use(transaction, now(), person, number)
        return "recovery" if used else None
    return "totp" if totp.accept(transaction, now(), person, totp_key(), code) else None


def be_sure() -> None:
    """Remember in this session that password and factor were shown just now."""
    session["sure"] = int(time.time())


def is_sure() -> bool:
    """Whether password and factor were shown in this session a moment ago."""
    since: int = session.get("sure", 0)
    return time.time() - since < SURE_SECONDS


def ask(then: str) -> Response:
    """The way to the page that asks for password and factor once more, and from there to a page of ours."""
    session["then"] = then
    return redirect(url_for("factors.proof"), 303)


def ask_first(then: str) -> Response | None:
    """The way to that page, if the person has a second factor and has not shown it a moment ago; else
    None."""
    return ask(then) if factors.has(db.session(), person()) and not is_sure() else None


def request_options(person: Person, begun: Ceremony) -> str:
    """What the browser needs to use one of the person's passkeys here; "" where there is none to use."""
    place = site()
    if place is None or not passkeys.of(db.session(), person):
        return ""
    return passkeys.options_for_use(db.session(), person, place, begun.challenge)


def has_app(person: Person) -> bool:
    """Whether the person has an authenticator app whose codes this page can ask for."""
    return totp.is_set(db.session(), person)
