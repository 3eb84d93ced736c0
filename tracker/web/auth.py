"""The first account, signing in and out."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user

from tracker.db import db, writing
from tracker.domain import people
from tracker.errors import N_, ForbiddenError, HoldfastError
from tracker.models import Person
from tracker.web.pages import needs, now, words
from tracker.web.throttle import Throttle

bp = Blueprint("auth", __name__)
throttle = Throttle()


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
    return _enter(person)


@bp.get("/login")
@needs("open")
def login() -> Any:
    if not people.any_account(db.session()):
        return redirect(url_for("auth.setup"))
    if current_user.is_authenticated:
        return redirect(url_for("staff.today"))
    return render_template("login.html", login="", error="")


@bp.post("/login")
@needs("open")
def sign_in() -> Any:
    person = identified()
    if person is None:
        message = gettext("Name or password is wrong. An admin can give you a new password.")
        return render_template("login.html", login=_login_name(), error=message), 401
    return _enter(person)


def identified() -> Person | None:
    """Who gives their name and password in this form; None where they are wrong, which is counted.

    Slow on purpose, so it is called outside of the write lock. Raises ThrottledError.
    """
    name, address = _login_name(), request.remote_addr or ""
    throttle.check(address, name, now())
    person = people.authenticate(db.session(), name, request.form.get("password", ""))
    if person is None:
        throttle.failed(address, name, now())
    return person


def _login_name() -> str:
    return request.form.get("login", "").strip().lower()


@bp.post("/logout")
@needs("open")
def logout() -> Any:
    logout_user()
    session.clear()
    return redirect(url_for("auth.login"))


@bp.get("/healthz")
@needs("open")
def health() -> Any:
    """Whether the process answers."""
    return {"status": "ok"}


def _enter(person: Person) -> Any:
    """Start a session of its own, so that one from before the sign-in can't be used."""
    target = request.args.get("next", "")
    visible = target.isprintable()  # browsers leave tabs and line ends out: "/\t/host" would be another host
    session.clear()
    login_user(person, remember=False)
    session.permanent = True
    safe = visible and target.startswith("/") and not target.startswith(("//", "/\\"))
    return redirect(target if safe else url_for("staff.today"))


def _setup_page(given: Any, error: str) -> str:
    zones = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix"))
    )
    default = current_app.config["HOLDFAST"].zone
    return render_template("setup.html", given=given, error=error, zones=["UTC", *zones], default=default)
