"""The second page of signing in, and the passkey that needs no password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext

from tracker.db import db, writing
from tracker.domain import security_log
from tracker.domain.actor import Actor, Way
from tracker.domain.entrance import ceremonies, factors, passkeys, recovery_codes
from tracker.errors import N_, InvalidError, ThrottledError
from tracker.models import Ceremony
from tracker.web.actions import needs
from tracker.web.entrance import auth
from tracker.web.entrance.proving import has_app, proven_factor, request_options, site
from tracker.web.reader import now
from tracker.web.spoken import error_text

bp = Blueprint("second_factor", __name__)


@bp.get("/login/factor")
@needs("open")
def page() -> Any:
    """Ask for the code or the passkey."""
    half = _half()
    return _page(half, "") if half else _anew()


@bp.post("/login/factor")
@needs("open")
def show_factor() -> Any:
    """Sign in with what was shown on the second page."""
    half = _half()
    if half is None or half.person is None:
        return _anew()
    try:
        via = proven_factor(half.person, half)
    except ThrottledError as error:
        return _page(half, error_text(error)), error.status
    if via is None:
        again = _half()
        return (_page(again, _wrong()), 401) if again else _anew()
    return auth.enter(Actor(half.person, Way(via)), request.args.get("next", ""), sure=True)


@bp.post("/login/passkey/challenge")
@needs("open")
def challenge() -> Any:
    """What a passkey must sign to sign in without a password."""
    place = site()
    if place is None:
        raise InvalidError(N_("Passkeys don’t work at this address."))
    with writing() as transaction:
        token, begun = ceremonies.begin(transaction, now(), None)
        options = passkeys.options_for_use(transaction, None, place, begun.challenge)
    session["alone"] = token
    return current_app.response_class(options, mimetype="application/json")


@bp.post("/login/passkey")
@needs("open")
def by_passkey() -> Any:
    """Sign in with a passkey that has verified who holds it: two factors in one."""
    place, given = site(), request.form.get("credential", "")
    begun = ceremonies.find(db.session(), now(), session.pop("alone", None))
    person = None
    if place is not None and begun is not None and begun.person_id is None:
        with writing() as transaction:
            if ceremonies.end(transaction, begun):
                person = passkeys.accept(transaction, now(), place, begun.challenge, given)
            if person is None:
                security_log.write_bounded(transaction, now(), security_log.FAILED, via="passkey")
    if person is None:
        message = gettext("This passkey is not known here. Sign in with your password.")
        return auth.login_page(message), 401
    return auth.enter(Actor(person, Way.PASSKEY), request.args.get("next", ""), sure=True)


def _anew() -> Any:
    """To the first page of signing in, which leads on to the same page."""
    return redirect(url_for("auth.login", next=request.args.get("next")), 303)


def _half() -> Ceremony | None:
    """The ceremony of whoever has given their password here; None if their factor was removed since:
    they begin anew."""
    ceremony = ceremonies.find(db.session(), now(), session.get("half"))
    if ceremony is None or ceremony.person is None or not factors.has(db.session(), ceremony.person):
        return None
    return ceremony


def _page(half: Ceremony, error: str) -> str:
    person = half.person
    assert person is not None
    return render_template(
        "entrance/second_factor.html",
        error=error,
        app=has_app(person),
        left=recovery_codes.number_left(db.session(), person),
        options=request_options(person, half),
        elsewhere=bool(passkeys.of(db.session(), person)) and site() is None,
    )


def _wrong() -> str:
    return gettext("That is not it. A code works once; take the one that your app shows now.")
