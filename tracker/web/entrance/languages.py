"""The language of the interface: one's own, or before anybody is known that of the browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, current_app, redirect, request, url_for

from tracker.db import writing
from tracker.domain.people import languages as own
from tracker.errors import N_, InvalidError
from tracker.web import cookies, hosts
from tracker.web.actions import needs
from tracker.web.reader import actor, actor_if_any, language, languages, now, usual_language

bp = Blueprint("languages", __name__)

COOKIE_SECONDS = 400 * 24 * 3600
"""As long as browsers keep a cookie at most."""


@bp.post("/language")
@needs("open")
def choose() -> Any:
    """Set the language of whoever is signed in; of the browser, as of a shared tablet, where nobody is."""
    chosen = request.form.get("language", "")
    if chosen and chosen not in languages():
        raise InvalidError(N_("There is no such language here. Choose from the list."))
    back = hosts.inside(request.form.get("next", ""), request.script_root) or hosts.page_before()
    response = redirect(back or url_for("today.today"), 303)
    if actor_if_any() is not None:
        with writing() as transaction:
            own.choose(transaction, actor(), now(), chosen or None)
    else:
        response.set_cookie(
            cookies.name("language"), chosen, max_age=COOKIE_SECONDS if chosen else 0, httponly=True,
            samesite="Lax", path=cookies.path(), secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )  # fmt: skip
    return response


def register(app: Flask) -> None:
    """Put the languages at the templates’ disposal."""
    app.jinja_env.globals.update(
        language=language, languages=languages, usual_language=usual_language, this_page=this_page
    )


def this_page() -> str:
    """The page on which somebody chooses, to come back to: the one before, where this is only an answer."""
    return hosts.asked_for() if request.method == "GET" else hosts.page_before()
