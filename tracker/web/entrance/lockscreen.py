"""The lock screen of a shared device: tap your name, give your PIN, you are in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from tracker.db import db, writing
from tracker.domain.people import devices
from tracker.errors import ThrottledError
from tracker.models import Person
from tracker.web.actions import needs
from tracker.web.answers import wants_fragment
from tracker.web.entrance import seats
from tracker.web.entrance.auth import by_pin, enter
from tracker.web.reader import actor, now
from tracker.web.spoken import error_text

bp = Blueprint("lock_screen", __name__)


@bp.get("/lock")
@needs("open")
def names() -> Any:
    """Who works where this device stands."""
    device = seats.here()
    if device is None or current_user.is_authenticated:
        return redirect(url_for("today.today" if current_user.is_authenticated else "auth.login"))
    query = request.args.get("q", "")[:80]
    people = devices.people_at(db.session(), device, query)
    template = "entrance/lock_screen_names.html" if wants_fragment() else "entrance/lock_screen.html"
    return render_template(template, device=device, people=people, query=query, most=devices.SHOWN)


@bp.post("/lock")
@needs("open")
def lock() -> Any:
    """Lock the device. What it shows next is the same whoever asks."""
    device = seats.here()
    if device is None:
        return redirect(url_for("auth.login"))
    if current_user.is_authenticated:
        with writing() as transaction:
            devices.lock(transaction, actor(), now(), device)
    return seats.rise()


@bp.get("/lock/<int:person_id>")
@needs("open")
def pad(person_id: int) -> Any:
    """Ask for the person's PIN. The page is the same for everybody, with or without one."""
    if seats.here() is None or current_user.is_authenticated:
        return redirect(url_for("lock_screen.names"))
    return _pad(person_id, "")


@bp.post("/lock/<int:person_id>")
@needs("open")
def unlock(person_id: int) -> Any:
    """Take the PIN and begin the person's turn."""
    seats.give_token_back()
    device = seats.here()
    if device is None:
        return redirect(url_for("auth.login"))
    person = devices.person_at(db.session(), device, person_id)
    try:
        who = by_pin(device, person, request.form.get("pin", ""))
    except ThrottledError as error:
        return _pad(person_id, error_text(error)), error.status
    if who is None:
        wrong = gettext("That is not it. You have no PIN yet? Sign in with name and password and set one.")
        return _pad(person_id, wrong), 401
    return enter(who, seats.way_back(who.holder))


@bp.get("/awake")
@needs("open")
def awake() -> Any:
    """Note that somebody touches the page; answers whether the session is still good."""
    return "", 204 if current_user.is_authenticated else 401


def _pad(person_id: int, error: str) -> str:
    device = seats.here()
    assert device is not None
    seats.share_token()
    person: Person = devices.person_at(db.session(), device, person_id)
    return render_template("entrance/pin.html", device=device, person=person, error=error)
