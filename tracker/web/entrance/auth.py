"""The first account, signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from tracker.db import db, stays, writing
from tracker.domain.actor import Actor, Way, signed_in
from tracker.domain.entrance import ceremonies, factors, passkeys, passwords
from tracker.domain.entrance import sessions as own_sessions
from tracker.domain.people import accounts, devices, directory, pins
from tracker.errors import N_, ForbiddenError, HoldfastError, ThrottledError
from tracker.models import Device, Person
from tracker.web import hosts, spoken
from tracker.web.actions import needs
from tracker.web.entrance import proving, seats, sessions
from tracker.web.entrance.throttle import passes
from tracker.web.reader import now
from tracker.web.spoken import error_text

bp = Blueprint("auth", __name__)


@bp.get("/setup")
@needs("open")
def setup() -> Any:
    """The first visit: make the first account."""
    if accounts.any_account(db.session()):
        return redirect(url_for("auth.login"))
    return _setup_page({}, "")


@bp.post("/setup")
@needs("open")
def set_up() -> Any:
    given = request.form
    # checked before the slow hashing, which strangers could ask for at will
    if accounts.any_account(db.session()):
        if (person := _by_password()) is not None and person.first_until is None:
            return go_on(person, "")  # pressed twice: the first press has made the account
        raise ForbiddenError(N_("This installation already has an account. Sign in instead."))
    try:
        known = [given.get("name", ""), given.get("place", ""), hosts.name_of(request.host)]
        password = accounts.new_password(given.get("password", ""), given.get("login", ""), known)
        with writing() as transaction:
            person = accounts.set_up(
                transaction,
                now(),
                login=given.get("login", ""),
                name=given.get("name", ""),
                password=password,
                place=given.get("place", ""),
                zone=given.get("zone", ""),
            )
    except HoldfastError as error:
        return _setup_page(given, error_text(error)), error.status
    return enter(signed_in(person), sure=True)


@bp.get("/login")
@needs("open")
def login() -> Any:
    if not accounts.any_account(db.session()):
        return redirect(url_for("auth.setup"))
    if current_user.is_authenticated:
        return redirect(wanted())
    return login_page("", request.args.get("login", "")[:64])


@bp.post("/login")
@needs("open")
def sign_in() -> Any:
    """Take name and password; whoever has a second factor goes on to the page that asks for it."""
    try:
        person = _by_password()
    except ThrottledError as error:
        return login_page(error_text(error), _login_name()), error.status
    if person is None:
        message = gettext("Name or password is wrong. An admin can make you a link to a new password.")
        return login_page(message, _login_name()), 401
    if accounts.first_is_over(person, now()):
        message = gettext("Your first password has ended. Ask an admin for a link to choose your own.")
        return login_page(message, _login_name()), 403
    return go_on(person, request.args.get("next") or seats.way_back(person))


def wanted() -> str:
    """The page that the sign-in page was asked to lead to, if it is one of ours; else Today."""
    return hosts.inside(request.args.get("next", ""), request.script_root) or url_for("today.today")


def identify() -> Actor | None:
    """The actor who gives name and password in this form, or a PIN on a shared device; None if wrong, which
    counts. The name is a login, or what the person is called.

    Slow on purpose, so it is called outside of the write lock. Raises ThrottledError, AmbiguousError.
    """
    who = _identify()
    person = who.holder if who is not None and who.way is not Way.PIN else None
    if person is not None and person.first_until is not None:
        raise ForbiddenError(
            N_("An admin knows this password. %(name)s must sign in and choose their own first."),
            name=person.name,
        )
    return who


def _identify() -> Actor | None:
    device, given = seats.here(), request.form.get("password", "")
    if device is None or not pins.is_pin(given):
        return _with_password()
    named = directory.called(db.session(), _login_name())
    try:
        who = by_pin(device, named, given)
    except ThrottledError:
        if len(given) < passwords.SHORTEST:
            raise
        who = None  # not the PIN: eight digits may still be the person's password
    return who if who or len(given) < passwords.SHORTEST else _with_password()


def _with_password() -> Actor | None:
    person = _by_password(directory.called)
    return signed_in(person) if person is not None else None


def by_pin(device: Device, person: Person | None, given: str) -> Actor | None:
    """The person by their PIN, if this is it and they work where the device stands; each try is counted.

    What it answers and how long it takes does not tell whether they have one. Raises ThrottledError.
    """
    if not pins.is_pin(given):
        return None
    if person is not None:
        stays(db.session(), person)
        with writing() as transaction:
            devices.attempt(transaction, now(), device, person)
    right = devices.is_pin_of(device, person, given)
    if person is None:
        return None
    with writing() as transaction:
        if not right:
            devices.note_wrong_pin(transaction, now(), device, person)
            return None
        devices.note_right_pin(transaction, device, person)
    return seats.actor_of(person, Way.PIN)


def has_password(person: Person, field: str = "password") -> bool:
    """Whether the form's field holds the password of whoever is signed in. Raises ThrottledError."""
    given = request.form.get(field, "")
    return passes(person, person.login, lambda: passwords.verify(person.password_hash, given))


def _by_password(find: Callable[[Session, str], Person | None] = directory.with_login) -> Person | None:
    """The person whom `find` finds by the form's name, if the password is theirs. Raises ThrottledError."""
    name, given = _login_name(), request.form.get("password", "")
    person = find(db.session(), name)
    if person is not None:
        stays(db.session(), person)
    if not passes(person, name, lambda: accounts.is_password_of(person, given)):
        return None
    if person is not None and person.password_hash and passwords.is_outdated(person.password_hash):
        stored, fresh = person.password_hash, passwords.PasswordHash(passwords.hash_secret(given))
        with writing() as transaction:
            accounts.store_anew(transaction, person, stored, fresh)
    return person


def _login_name() -> str:
    return request.form.get("login", "").strip()


@bp.post("/logout")
@needs("open")
def logout() -> Any:
    if seats.here():
        return redirect(url_for("lock_screen.lock"), 307)
    with writing() as transaction:
        sessions.end(transaction)
    response = redirect(url_for("auth.login"))
    # not "storage": records that wait to be sent are kept there
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def enter(actor: Actor, target: str = "", *, sure: bool = False) -> Any:
    """Begin a session of its own, so that one from before the sign-in can't be used, and go to the target.

    With `sure` they have shown all that is asked of them, and may change their factors in the next minutes.
    """
    with writing() as transaction:
        sessions.begin(transaction, actor)
    if sure:
        proving.be_sure()
    response = redirect(hosts.inside(target, request.script_root) or url_for("today.today"))
    sessions.mark(response)
    if token := request.cookies.get(seats.cookie_name()):
        # the device's cookie lasts from now on again, or ends if the device is retired
        seats.mark(response, token if seats.here() else None)
    return response


def go_on(person: Person, target: str) -> Any:
    """The password was right: sign in, or go on to the second page if the person has a second factor."""
    if not factors.has(db.session(), person):
        return enter(signed_in(person), target, sure=True)
    with writing() as transaction:
        sessions.end(transaction)
        token, _ = ceremonies.begin(transaction, now(), person)
    session["half"] = token
    # in the address, not in the session: another tab may be signing in at the same time
    return redirect(
        url_for("second_factor.page", next=hosts.inside(target, request.script_root) or None), 303
    )


def login_page(error: str, login: str = "") -> str:
    """The sign-in page."""
    seats.share_token()
    return render_template(
        "entrance/login.html", login=login, error=error, mails=current_app.config["HOLDFAST"].sends_mail,
        passkeys=proving.site() is not None and passkeys.any_at_all(db.session()),
        why=spoken.why_signed_out(own_sessions.why_ended(db.session(), str(session.get("_user_id", "")))),
        kept=wanted().startswith(url_for("kept_forms.page", token="-")[:-1]),
    )  # fmt: skip


def _setup_page(given: Any, error: str) -> str:
    zones = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix"))
    )
    default = current_app.config["HOLDFAST"].zone
    return render_template(
        "entrance/setup.html", given=given, error=error, zones=["UTC", *zones], default=default
    )
