"""Leads look after the shared devices of their place; everybody after their own PIN."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from tracker.db import db, writing
from tracker.domain.access import reach
from tracker.domain.people import devices, directory, pins
from tracker.errors import N_, HoldfastError, InvalidError, NotFoundError
from tracker.models import Device, Location, Person
from tracker.web import versions
from tracker.web.actions import needs
from tracker.web.entrance import proving, seats, sessions
from tracker.web.entrance.auth import has_password
from tracker.web.forms import number, row_id
from tracker.web.reader import actor, now, person
from tracker.web.spoken import error_text
from tracker.web.versions import Shown

bp = Blueprint("devices", __name__)


@bp.get("/devices")
@needs("device.manage")
def everything() -> Any:
    """The shared tablets of one's place, and whose PIN can be taken away."""
    return _page({}, "")


@bp.post("/devices")
@needs("device.manage")
def register() -> Any:
    """Make this browser a shared tablet. Whoever does so is signed out here: a tablet belongs to nobody."""
    form = request.form
    try:
        with writing() as transaction:
            place = transaction.get(Location, row_id(form.get("location", "")) or 0)
            _, token = devices.register(
                transaction, actor(), now(),
                name=form.get("name", ""), location=place, idle_minutes=number("idle_minutes"),
            )  # fmt: skip
            sessions.end(transaction)
    except HoldfastError as error:
        return _page(form, error_text(error)), error.status
    response = make_response(redirect(url_for("lock_screen.names"), 303))
    seats.mark(response, token)
    return response


@bp.post("/devices/<int:device_id>")
@needs("device.manage")
@versions.changes
def change(device_id: int) -> Any:
    with writing() as transaction:
        device = devices.load_led(transaction, actor(), device_id)
        versions.check(_fields(device), f"device:{device_id}")
        devices.change(
            transaction, actor(), now(), device,
            name=request.form.get("name", ""), idle_minutes=number("idle_minutes"),
        )  # fmt: skip
    return redirect(url_for("devices.everything"), 303)


@bp.post("/devices/<int:device_id>/retirement")
@needs("device.manage")
def retire(device_id: int) -> Any:
    with writing() as transaction:
        devices.retire(transaction, actor(), now(), devices.load(transaction, device_id))
    return redirect(url_for("devices.everything"), 303)


@bp.post("/people/<int:person_id>/pin/removal")
@needs("device.manage")
def clear(person_id: int) -> Any:
    """Take somebody's PIN away."""
    with writing() as transaction:
        person = transaction.get(Person, person_id)
        if person is None:
            raise NotFoundError(N_("There is no such person."))
        pins.clear(transaction, actor(), now(), person)
    return redirect(url_for("devices.everything") + "#pins", 303)


@bp.get("/pin")
@needs("pin.set")
def own_pin() -> Any:
    return render_template("entrance/own_pin.html", error="", saved=request.args.get("saved"))


@bp.post("/pin")
@needs("pin.set")
def set_pin() -> Any:
    """Set one's own PIN, or remove it with an empty one. Asks for the password again."""
    if way := proving.ask_first(url_for("devices.own_pin")):
        return way
    pin = request.form.get("pin", "")
    try:
        if pin:
            pins.check_pin(pin)
        if pin != request.form.get("again", ""):
            raise InvalidError(N_("The two PINs are not the same."))
        if not has_password(person()):
            raise InvalidError(N_("The password is wrong, so your PIN stays as it was."))
        hashed = pins.new_pin(pin) if pin else None
        with writing() as transaction:
            if hashed:
                pins.set_own(transaction, actor(), now(), hashed)
            else:
                pins.clear(transaction, actor(), now(), person())
    except HoldfastError as error:
        return render_template("entrance/own_pin.html", error=error_text(error), saved=None), error.status
    return redirect(url_for("devices.own_pin", saved="set" if hashed else "removed"), 303)


def _fields(device: Device) -> list[Shown]:
    """The form of a device as it stands."""
    return [
        Shown("name", gettext("Name of this tablet"), device.name),
        Shown(
            "idle_minutes",
            gettext("Locks when untouched for"),
            str(device.idle_minutes),
            lambda minutes: gettext("%(n)s min", n=minutes),
        ),
    ]


def _page(given: Any, error: str) -> str:
    places = [place for place in directory.locations(db.session()) if reach.leads(actor(), place.id)]
    return render_template(
        "entrance/devices.html",
        devices=devices.led_by(db.session(), actor()),
        people=devices.with_pin(db.session(), actor()),
        places=places,
        minutes=devices.IDLE_MINUTES,
        of_device=_fields,
        given=given,
        error=error,
    )
