"""One's own second factor: an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext

from tracker.db import db, writing
from tracker.domain.entrance import ceremonies, factors, passkeys, recovery_codes, totp
from tracker.errors import N_, HoldfastError, InvalidError
from tracker.models import Ceremony
from tracker.web.actions import needs
from tracker.web.entrance import auth, proving, sessions
from tracker.web.reader import actor, now, person
from tracker.web.spoken import error_text

bp = Blueprint("factors", __name__)


@bp.get("/account/factors")
@needs("account.change")
def mine() -> Any:
    """What one has, and how to add more. Shown to whoever has shown password and factor a moment ago."""
    return _page("") if proving.is_sure() else _ask()


@bp.get("/account/factors/app")
@needs("account.change")
def app() -> Any:
    """A new secret as a QR code."""
    if not proving.is_sure():
        return _ask()
    with writing() as transaction:
        totp.begin(transaction, actor(), now(), proving.totp_key())
    return _app_page("")


@bp.post("/account/factors/app")
@needs("account.change")
def add_app() -> Any:
    """Take the app into use, with its first code."""
    if not proving.is_sure():
        return _ask()
    try:
        with writing() as transaction:
            totp.confirm(transaction, actor(), now(), proving.totp_key(), request.form.get("code", ""))
    except InvalidError as error:
        return _app_page(error_text(error)), error.status
    return _then_codes()


@bp.post("/account/factors/app/removal")
@needs("account.change")
def remove_app() -> Any:
    """Do without the app from now on."""
    if not proving.is_sure():
        return _ask()
    with writing() as transaction:
        totp.remove(transaction, actor(), now())
    return redirect(url_for("factors.mine", removed=1), 303)


@bp.post("/account/factors/passkeys")
@needs("account.change")
def add_passkey() -> Any:
    """Add a passkey that the browser has made just now."""
    if not proving.is_sure():
        return _ask()
    form, place = request.form, proving.site()
    begun = ceremonies.find(db.session(), now(), session.pop("new-passkey", None))
    try:
        if place is None or begun is None or begun.person_id != actor().id:
            raise InvalidError(N_("That took too long. Try again."))
        with writing() as transaction:
            ceremonies.end(transaction, begun)
            passkeys.add(
                transaction, actor(), now(), place, begun.challenge,
                form.get("credential", ""), form.get("name", ""),
            )  # fmt: skip
    except HoldfastError as error:
        return _page(error_text(error)), error.status
    return _then_codes()


@bp.post("/account/factors/passkeys/<int:key_id>/removal")
@needs("account.change")
def remove_passkey(key_id: int) -> Any:
    """Remove one of one's own passkeys."""
    if not proving.is_sure():
        return _ask()
    with writing() as transaction:
        passkeys.remove(transaction, actor(), now(), key_id)
    return redirect(url_for("factors.mine", removed=1), 303)


@bp.post("/account/factors/codes")
@needs("account.change")
def make_codes() -> Any:
    """Ten new recovery codes, shown in this answer and never again."""
    if not proving.is_sure():
        return _ask()
    if not factors.has(db.session(), person()):
        return redirect(url_for("factors.mine"), 303)
    codes = recovery_codes.new_codes()
    with writing() as transaction:
        recovery_codes.store(transaction, actor(), now(), list(codes.values()))
    return render_template("entrance/recovery_codes.html", codes=list(codes))


@bp.get("/account/proof")
@needs("account.change")
def proof() -> Any:
    """Ask for password and factor once more."""
    return _proof_page("")


@bp.post("/account/proof")
@needs("account.change")
def prove() -> Any:
    """Take password and factor; for some minutes factors may be changed then."""
    begun = ceremonies.find(db.session(), now(), session.get("proof"))
    try:
        right = auth.has_password(person())
        if right and factors.has(db.session(), person()):
            right = begun is not None and begun.person_id == actor().id
            right = right and begun is not None and proving.proven_factor(person(), begun) is not None
    except HoldfastError as error:
        return _proof_page(error_text(error)), error.status
    if not right:
        return _proof_page(gettext("That is not right. Nothing was changed.")), 422
    with writing() as transaction:
        sessions.renew(transaction)
    session.pop("proof", None)
    proving.be_sure()
    return redirect(session.pop("then", url_for("factors.mine")), 303)


def standing() -> dict[str, Any]:
    """How the account of who is signed in is protected, in short."""
    session = db.session()
    return {
        "any": factors.has(session, person()),
        "left": recovery_codes.number_left(session, person()),
        "lost": factors.lost_on(session, person(), now()),
    }


def _ask() -> Any:
    return proving.ask(url_for("factors.mine"))


def _begin(name: str) -> Ceremony:
    """A ceremony of the person who is signed in; its token stays in the session under that name."""
    with writing() as transaction:
        session[name], begun = ceremonies.begin(transaction, now(), person())
    return begun


def _then_codes() -> Any:
    """A redirect that offers recovery codes to whoever has just set up their first factor."""
    return redirect(url_for("factors.mine", added=1), 303)


def _proof_page(error: str) -> str:
    needed = factors.has(db.session(), person())
    options = proving.request_options(person(), _begin("proof")) if needed else ""
    return render_template(
        "entrance/proof.html", error=error, needed=needed, options=options, app=proving.has_app(person()),
        left=recovery_codes.number_left(db.session(), person()),
    )  # fmt: skip


def _page(error: str) -> str:
    transaction, place = db.session(), proving.site()
    options = ""
    if place is not None:
        begun = _begin("new-passkey")
        options = passkeys.options_for_new(transaction, actor(), place, begun.challenge)
    settings = current_app.config["HOLDFAST"]
    return render_template(
        "entrance/factors.html",
        error=error,
        app=totp.is_set(transaction, person()),
        keys=passkeys.of(transaction, person()),
        **standing(),
        required=factors.is_required(person(), settings.second_factor),
        options=options,
        address=settings.address,
        added=request.args.get("added"),
        removed=request.args.get("removed"),
    )


def _app_page(error: str) -> Any:
    secret = totp.pending(db.session(), person(), proving.totp_key())
    if secret is None:
        return redirect(url_for("factors.app"))
    address = totp.address(secret, person().login, request.host)
    image = segno.make(address, error="m").svg_data_uri(scale=5, light="white", border=3)
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template(
        "entrance/authenticator_app.html", error=error, image=image, secret=spaced, address=address
    )
