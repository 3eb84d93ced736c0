"""Forms that come when their person is signed out, or signed in anew: kept, shown again, sent again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers.response import Response as BaseResponse

from tracker.db import db, writing
from tracker.domain.entrance import kept_forms
from tracker.errors import N_, NotFoundError
from tracker.web import resending
from tracker.web.actions import needs
from tracker.web.answers import wants_fragment
from tracker.web.entrance import page_tokens, seats
from tracker.web.reader import actor_if_any, now, person
from tracker.web.resending import Sent

bp = Blueprint("kept_forms", __name__)

TOKEN = "Holdfast-Token"
"""The header by which a page that was drawn before a sign-in hears of its new token; see `resend.js`."""


@bp.get("/kept/<token>")
@needs("form.resend")
def page(token: str) -> Any:
    """A form of one's own that was kept while one was signed out."""
    form = kept_forms.find(db.session(), now(), person(), token)
    if form is None:
        raise NotFoundError(
            N_("No such form is kept for you: it was sent already, a day has passed, or it is another’s.")
        )
    sent = Sent(form.path, form.page, [(name, text) for name, text in form.fields], form.asked)
    return resending.page(sent, gettext("You were signed out, so this is not saved yet."), kept=token)


@bp.post("/kept/<token>/removal")
@needs("form.resend")
def remove(token: str) -> Any:
    """Forget a form that is not wanted any more."""
    with writing() as transaction:
        kept_forms.forget(transaction, person(), token)
    return redirect(url_for("today.today"), 303)


def signed_out() -> BaseResponse:
    """The answer to a form that comes when nobody is signed in: it is kept, and sign-in leads to it.

    A page that can wait keeps it itself: it says where to sign in, and sends again.
    """
    device = seats.here()
    if wants_fragment() and device is None:
        then = url_for("auth.login", next=resending.page_of() or None)
        return make_response(render_template("entrance/signed_out.html", then=then), 401)
    who = page_tokens.drawn_for()
    target = _kept(who) or resending.page_of()
    if device is not None:
        return seats.rise((who, target) if who and target else None)
    response = redirect(url_for("auth.login", next=target or None), 303)
    if wants_fragment():
        response.status_code, response.headers["HX-Redirect"] = 401, response.location or ""
    return response


def of_another() -> str:
    """Keep the form for whoever filled it in; what is said to the other person who is signed in by now."""
    if not wants_fragment():
        _kept(page_tokens.drawn_for())
    return gettext(
        "Somebody else has signed in here since this page was opened, so nothing was saved. "
        "It waits for whoever wrote it; open the page anew to write in your own name."
    )


def again(message: str) -> tuple[Any, int]:
    """The answer to a form of the same person from a page of before: it is sent again with a new token.

    A page with our scripts does so by itself.
    """
    if wants_fragment():
        answer = make_response(render_template("message.html", message=message, status=400))
        answer.headers[TOKEN] = generate_csrf()
        return answer, 400
    return resending.page(resending.of_request(), message, kept=request.form.get("kept", "")), 400


def forget_sent(response: Response) -> Response:
    """Forget a kept form once it has arrived."""
    token = request.form.get("kept") if request.method == "POST" and response.status_code < 400 else None
    if token and current_user.is_authenticated and (who := actor_if_any()):
        with writing() as transaction:
            kept_forms.forget(transaction, who.holder, token)
    return response


def register(app: Flask) -> None:
    """Watch what becomes of kept forms."""
    app.after_request(forget_sent)


def _kept(person_id: int | None) -> str:
    """Keep the form of this request for the person; its address, or "" where it was not kept."""
    sent = resending.of_request()
    texts = (sent.path, sent.page, *(text for pair in sent.fields for text in pair))
    if person_id is None or any("\0" in text for text in texts):
        return ""
    with writing() as transaction:
        token = kept_forms.keep(
            transaction, now(), person_id,
            path=sent.path, page=sent.page, fields=sent.fields, asked=sent.asked,
        )  # fmt: skip
    return url_for("kept_forms.page", token=token) if token else ""
