"""What a person must do before anything else: choose their own password, set up a second factor."""

from __future__ import annotations

from flask import current_app, make_response, redirect, request, url_for
from werkzeug.wrappers.response import Response

from tracker.config import Settings
from tracker.db import db
from tracker.domain.actor import Actor, Way
from tracker.domain.entrance import factors

PASSWORD = "passwords.own"
FACTOR = "factors.mine"

_LEADS_THERE = {
    PASSWORD: {"passwords.own", "passwords.change_own"},
    FACTOR: {
        "factors.mine", "factors.app", "factors.add_app", "factors.add_passkey", "factors.make_codes",
        "factors.proof", "factors.prove",
    },
}  # fmt: skip


def of(actor: Actor) -> str | None:
    """The endpoint of the actor's first duty, or None. Who came in by PIN has none: a PIN gives less."""
    settings: Settings = current_app.config["HOLDFAST"]
    if actor.way is Way.PIN:
        return None
    person = actor.holder
    if person.first_until is not None:
        return PASSWORD
    if factors.is_required(person, settings.second_factor) and not factors.has(db.session(), person):
        return FACTOR
    return None


def detour(actor: Actor) -> Response | None:
    """A redirect to the actor's duty; None if there is none or this request is part of it."""
    duty = of(actor)
    if duty is None or request.endpoint in _LEADS_THERE[duty]:
        return None
    target = url_for(duty)
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target, 303)
