"""Forms without the token of this session: of an older page, or of a browser that holds something back.

Nothing that they ask for is done. What was written in them goes back to whoever wrote it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, redirect, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError

from tracker.web import cookies
from tracker.web.entrance import auth, kept_forms, page_tokens
from tracker.web.reader import actor_if_any

SIGN_IN = "auth.sign_in"


def answer(error: CSRFError) -> Any:
    """The answer to such a form; only its words, a text, where there is nothing to give back."""
    who, drawn_for, held_back = actor_if_any(), page_tokens.drawn_for(), _held_back(error)
    if request.endpoint == SIGN_IN and who is None:
        return _sign_in_again(held_back)
    if request.endpoint == SIGN_IN and page_tokens.drawn_for_nobody():
        return redirect(auth.wanted(), 303)  # signed in already, in another tab
    if who is not None and drawn_for == who.id:
        return kept_forms.again(
            held_back or gettext("You have signed in again since this page was opened. Nothing is saved yet.")
        )
    if held_back or drawn_for is None:
        return held_back or _old()
    return kept_forms.signed_out() if who is None else kept_forms.of_another()


def _sign_in_again(held_back: str) -> tuple[Any, int]:
    """The sign-in page once more: somebody else has signed in here and out meanwhile, or the page was old."""
    words = held_back or gettext("This page was opened a while ago. Give your password once more.")
    return auth.login_page(words, request.form.get("login", "")[:64]), 400


def _held_back(error: CSRFError) -> str:
    """What the browser has held back that it must send, in words; "" where it is nothing of the kind."""
    why = error.description or ""
    if why == "The referrer header is missing.":
        return gettext(
            "Your browser, or an add-on, does not say from which page this form comes (“Referer”), so it "
            "can’t be told from a forged one. Nothing was saved. Allow it for %(host)s, and send it again.",
            host=request.host,
        )
    if why == "The referrer does not match the host.":
        return gettext(
            "This form comes from %(other)s, but it was sent to %(host)s. Nothing was saved. Open the page "
            "at %(host)s, and send it again.",
            other=urlsplit(request.referrer or "").netloc[:80],
            host=request.host,
        )
    if request.endpoint == SIGN_IN and not _has_cookie():
        return _no_cookie()
    return ""


def _has_cookie() -> bool:
    """Whether the browser keeps a cookie of ours: who has signed out has still that of their browser."""
    return any(cookie.startswith(cookies.name()) for cookie in request.cookies)


def _no_cookie() -> str:
    if current_app.config["SESSION_COOKIE_SECURE"] and not request.is_secure:
        return gettext(
            "Nobody can sign in over plain HTTP here: the cookie is for HTTPS only. Open https://%(host)s.",
            host=request.host,
        )
    return gettext(
        "Your browser has not kept the cookie of this page, without which nobody can be signed in. "
        "Allow cookies for %(host)s, and sign in again.",
        host=request.host,
    )


def _old() -> str:
    return gettext("This page is out of date. Reload it and try again; nothing was saved.")
