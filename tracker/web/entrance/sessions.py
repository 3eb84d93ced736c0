"""The session of a request: whose it is, from where it comes, and that it is still in use.

Flask's signed cookie carries the token of the row, the CSRF token and the shared tablet's turn; it is worth
nothing once the row has ended. A second cookie lets a browser be known again after signing out.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user, login_user, logout_user
from sqlalchemy.orm import Session
from werkzeug.wrappers.response import Response as BaseResponse

from tracker.config import Settings
from tracker.db import db, stays, writing
from tracker.domain import security_log
from tracker.domain.actor import Actor
from tracker.domain.entrance import sessions, tokens
from tracker.errors import N_, ConflictError
from tracker.models import LoginSession, Person
from tracker.web import cookies, reader
from tracker.web.entrance import page_tokens, seats

BROWSER_SECONDS = 400 * 24 * 3600
"""As long as browsers keep a cookie at most; each sign-in begins it anew."""


def limits() -> sessions.Limits:
    """How long sessions last here."""
    settings: Settings = current_app.config["HOLDFAST"]
    return sessions.Limits(settings.session_idle, settings.session_longest)


def load_person(token: str) -> Person | None:
    """The person of a session; an ended or outworn session, or a disabled account, is nobody."""
    found = sessions.of_token(db.session(), token)
    if found is None or not sessions.is_good(found, reader.now(), limits()):
        return None
    device = seats.here()
    if found.device_id != (device.id if device else None) or not seats.holds(found.person):
        return None
    g.login_session, found.person.token = found, token
    stays(db.session(), found, found.person)
    reader.come_in(seats.actor_of(found.person, found.via))
    return found.person


def here() -> LoginSession | None:
    """The session that this request comes in; None if nobody is signed in."""
    return g.get("login_session") if current_user.is_authenticated else None


def begin(transaction: Session, actor: Actor) -> None:
    """Begin a session for the person, who has just shown who they are, and end the one before it.

    What was in the cookie is gone, the CSRF token too. Call `mark` with the answer. Raises ConflictError
    where their password or PIN was changed meanwhile.
    """
    person = actor.holder
    shown = person.password_hash, person.pin_hash
    transaction.refresh(person)
    if person.disabled_at is not None or (person.password_hash, person.pin_hash) != shown:
        raise ConflictError(N_("Your account was changed just now. Sign in again."))
    end(transaction)
    session.clear()
    page_tokens.begin(person)
    seats.sit(transaction, actor)
    g.browser = request.cookies.get(browser_cookie()) or tokens.new()
    person.token = sessions.begin(transaction, actor, reader.now(), browser=g.browser, device=seats.here())
    login_user(person)
    reader.come_in(actor)
    session.permanent = True


def renew(transaction: Session) -> None:
    """Give the session of this request, whose person has just shown once more who they are, a new token."""
    person = reader.person()
    person.token = sessions.renew(transaction, reader.actor(), reader.now(), person.token)
    session["_user_id"] = person.token


def end(transaction: Session) -> None:
    """End the session that this request comes in, if there is one."""
    if current_user.is_authenticated:
        sessions.sign_out(transaction, reader.actor(), reader.now(), reader.person().token)
        logout_user()
    session.clear()


def mark(response: BaseResponse) -> None:
    """Let this browser be known again: who has signed in here is not shut out by what strangers try."""
    response.set_cookie(
        browser_cookie(), g.browser, max_age=BROWSER_SECONDS, httponly=True, samesite="Lax",
        path=cookies.path(), secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )  # fmt: skip


def browser_cookie() -> str:
    """The name of the cookie by which a browser is known again after signing out."""
    return cookies.name("browser")


def come_from() -> None:
    """Say for the security log from where this request comes."""
    if request.endpoint != "static":
        device = seats.here()
        words = security_log.browser_words(request.headers.get("User-Agent", ""))
        origin = security_log.Origin(request.remote_addr or "", words, device.id if device else None)
        security_log.come_from(db.session(), origin)


def note(response: Response) -> Response:
    """Write down now and then that the session is in use. What a page asks for by itself is no use."""
    found = g.get("login_session")
    if found is not None and not seats.by_itself() and sessions.is_news(found, reader.now()):
        with writing() as transaction:
            sessions.note(transaction, found, reader.now())
    return response


def register(app: Flask) -> None:
    """Watch every request. The cookie lasts as long as a session can."""
    settings: Settings = app.config["HOLDFAST"]
    app.config["PERMANENT_SESSION_LIFETIME"] = max(settings.session_longest, timedelta(days=1))
    app.jinja_env.globals["login_session"] = here
    app.before_request(come_from)
    app.after_request(note)
