"""What a person must do before anything else: choose their own password, set up a second factor."""

from __future__ import annotations

from flask import current_app, make_response, redirect, request, url_for
from werkzeug.wrappers.response import Response

from tracker.config import Settings
from tracker.db import db
from tracker.domain.entrance import factors
from tracker.models import Person

PASSWORD = "passwords.own"
FACTOR = "factors.mine"

_LEADS_THERE = {
    PASSWORD: {"passwords.own", "passwords.change_own"},
    FACTOR: {
        "factors.mine", "factors.app", "factors.add_app", "factors.add_passkey", "factors.make_codes",
        "factors.proof", "factors.prove",
    },
}  # fmt: skip


def of(person: Person) -> str | None:
    """The page of the first duty, or None. A PIN on a shared tablet gives less, and asks for nothing."""
    settings: Settings = current_app.config["HOLDFAST"]
    if person.by_pin:
        return None
    if person.first_until is not None:
        return PASSWORD
    if factors.is_required(person, settings.second_factor) and not factors.has(db.session(), person):
        return FACTOR
    return None


def detour(person: Person) -> Response | None:
    """The way to the duty, unless this request is part of it already."""
    duty = of(person)
    if duty is None or request.endpoint in _LEADS_THERE[duty]:
        return None
    target = url_for(duty)
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target, 303)
