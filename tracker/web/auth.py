"""The first account, signing in and out."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from tracker.db import db, writing
from tracker.domain import devices, passwords, people, pins
from tracker.errors import N_, ForbiddenError, HoldfastError, ThrottledError
from tracker.models import Device, Person
from tracker.web import seats, sessions
from tracker.web.pages import needs, now, words
from tracker.web.throttle import tried

bp = Blueprint("auth", __name__)


@bp.get("/setup")
@needs("open")
def setup() -> Any:
    """The first visit: make the first account."""
    if people.any_account(db.session()):
        return redirect(url_for("auth.login"))
    return _setup_page({}, "")


@bp.post("/setup")
@needs("open")
def set_up() -> Any:
    given = request.form
    if people.any_account(db.session()):  # before the slow part, which is open to everybody
        raise ForbiddenError(N_("This installation already has an account. Sign in instead."))
    try:
        password = people.new_password(given.get("password", ""), given.get("login", ""))
        with writing() as transaction:
            person = people.set_up(
                transaction,
                now(),
                login=given.get("login", ""),
                name=given.get("name", ""),
                password=password,
                place=given.get("place", ""),
                zone=given.get("zone", ""),
            )
    except HoldfastError as error:
        return _setup_page(given, words(error)), error.status
    return enter(person)


@bp.get("/login")
@needs("open")
def login() -> Any:
    if not people.any_account(db.session()):
        return redirect(url_for("auth.setup"))
    if current_user.is_authenticated:
        return redirect(url_for("staff.today"))
    return render_template("login.html", login=request.args.get("login", "")[:64], error="")


@bp.post("/login")
@needs("open")
def sign_in() -> Any:
    try:
        person = _by_password()
    except ThrottledError as error:
        return render_template("login.html", login=_login_name(), error=words(error)), error.status
    if person is None:
        message = gettext("Name or password is wrong. An admin can give you a new password.")
        return render_template("login.html", login=_login_name(), error=message), 401
    return enter(person, request.args.get("next") or seats.way_back(person))


def identified() -> Person | None:
    """Who gives their name and password in this form, or on a shared device their PIN; None where they are
    wrong, which is counted.

    Slow on purpose, so it is called outside of the write lock. Raises ThrottledError.
    """
    device, given = seats.here(), request.form.get("password", "")
    if device is None or not pins.is_pin(given):
        return _by_password()
    named = people.with_login(db.session(), _login_name())
    try:
        found = by_pin(device, named, given)
    except ThrottledError:
        if len(given) < passwords.SHORTEST:
            raise
        found = None  # eight digits may be a password too, and that works still
    return found if found or len(given) < passwords.SHORTEST else _by_password()


def by_pin(device: Device, person: Person | None, given: str) -> Person | None:
    """The person, if this is their PIN and they work where the device stands; each try is counted.

    What it answers and how long it takes does not tell whether they have one. Raises ThrottledError.
    """
    if not pins.is_pin(given):
        return None
    if person is not None:
        with writing() as transaction:
            devices.attempt(transaction, now(), device, person)
    right = devices.is_pin_of(device, person, given)
    if person is None:
        return None
    with writing() as transaction:
        if not right:
            devices.missed(transaction, now(), device, person)
            return None
        devices.proved(transaction, device, person)
    person.by_pin = True
    return person


def has_password(person: Person) -> bool:
    """Whether the form brings the password of who is signed in. Raises ThrottledError."""
    given = request.form.get("password", "")
    return tried(person, person.login, lambda: passwords.verified(person.password_hash, given))


def _by_password() -> Person | None:
    name, given = _login_name(), request.form.get("password", "")
    person = people.with_login(db.session(), name)
    return person if tried(person, name, lambda: people.is_password_of(person, given)) else None


def _login_name() -> str:
    return request.form.get("login", "").strip()


@bp.post("/logout")
@needs("open")
def logout() -> Any:
    if seats.here():
        return redirect(url_for("lockscreen.lock"), 307)
    with writing() as transaction:
        sessions.end(transaction)
    return redirect(url_for("auth.login"))


@bp.get("/healthz")
@needs("open")
def health() -> Any:
    """Whether the process answers."""
    return {"status": "ok"}


def enter(person: Person, target: str = "", via: str = "") -> Any:
    """Begin a session of its own, so that one from before the sign-in can't be used, and go to the target.

    `via` is how they have shown who they are, one of `domain.sessions.WAYS`.
    """
    visible = target.isprintable()  # browsers leave tabs and line ends out: "/\t/host" would be another host
    with writing() as transaction:
        sessions.begin(transaction, person, via or ("pin" if person.by_pin else "password"))
    safe = visible and target.startswith("/") and not target.startswith(("//", "/\\"))
    response = redirect(target if safe else url_for("staff.today"))
    sessions.mark(response)
    if token := request.cookies.get(seats.cookie_name()):
        seats.mark(
            response, token if seats.here() else None
        )  # a new while for it, or an end to a retired one's
    return response


def _setup_page(given: Any, error: str) -> str:
    zones = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix"))
    )
    default = current_app.config["HOLDFAST"].zone
    return render_template("setup.html", given=given, error=error, zones=["UTC", *zones], default=default)
