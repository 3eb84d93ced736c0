"""Who sits at a shared device: sessions that live on it alone, and end when nobody touches it."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers.response import Response as BaseResponse

from tracker.db import db, stays, writing
from tracker.domain.actor import Actor, Way
from tracker.domain.entrance import factors
from tracker.domain.people import devices
from tracker.models import LEVELS, Device, Person
from tracker.web import cookies, hosts, marks
from tracker.web.entrance import page_tokens
from tracker.web.reader import now

COOKIE_SECONDS = 400 * 24 * 3600
"""As long as browsers keep a cookie at most; each time somebody unlocks the device it begins anew."""

_PHONE = re.compile(r"[0-9a-f]{24}")

UNLOCK, SIGN_IN = "lock_screen.unlock", "auth.sign_in"
WAYS_IN = UNLOCK, SIGN_IN

GRACE_SECONDS = 15
"""The page locks first; the server adds what its last word to the server may be late."""


def cookie_name() -> str:
    return cookies.name("device")


def here() -> Device | None:
    """The shared device that this request comes from, by its own cookie. It identifies nobody."""
    if "device" not in g:
        token = request.cookies.get(cookie_name())
        g.device = devices.by_token(db.session(), token) if token else None
        if g.device is not None:
            stays(db.session(), g.device)
    device: Device | None = g.device
    return device


def name(given: str = "") -> str | None:
    """What records say of the device that they come from: a shared one's name, or what a phone calls itself.

    That is made as `phone/direct.js` makes it: nobody says of a phone that it is a shared tablet.
    """
    device = here()
    if device is not None:
        return device.name
    return given if _PHONE.fullmatch(given) else None


def mark(response: BaseResponse, token: str | None) -> None:
    """Set the cookie that makes this browser the shared device; without a token, delete it."""
    if token is None:
        response.delete_cookie(
            cookie_name(), path=cookies.path(), secure=_secure(), httponly=True, samesite="Lax"
        )
    else:
        response.set_cookie(
            cookie_name(), token, max_age=COOKIE_SECONDS, path=cookies.path(), secure=_secure(),
            httponly=True, samesite="Lax",
        )  # fmt: skip


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def sit(transaction: Session, actor: Actor) -> None:
    """Begin the person's turn at the device they stand at, if they stand at one. The session is new."""
    device = here()
    if device is None:
        return
    turn = devices.unlock(transaction, actor, now(), device)
    session["seat"] = {
        "device": device.id, "turn": turn, "pin": actor.way is Way.PIN, "at": int(time.time()),
        "person": actor.id,
    }  # fmt: skip


def holds(person: Person) -> bool:
    """Whether the session of this request still holds: on a shared device it ends when nobody touches it."""
    device, seat = here(), session.get("seat")
    if device is None or seat is None:
        return device is None and seat is None  # a session never changes between a shared device and others
    if (seat["device"], seat["turn"]) != (device.id, device.turn):
        return False
    if time.time() - seat["at"] > idle_seconds(device) + GRACE_SECONDS:
        return False
    return not seat["pin"] or (person.pin_hash is not None and devices.works_at(device, person))


def actor_of(person: Person, via: str) -> Actor:
    """The person as an actor who came in this way. A PIN alone gives a lower access level."""
    way = Way(via)
    most = factors.most_by_pin(current_app.config["HOLDFAST"].second_factor) if way is Way.PIN else LEVELS[-1]
    return Actor(person, way, most=most)


def idle_seconds(device: Device) -> int:
    return 60 * device.idle_minutes


def stay(response: Response) -> Response:
    """Remember that somebody is there. What a page asks for by itself is not somebody."""
    if "seat" in session and not by_itself() and current_user.is_authenticated:
        session["seat"] = {**session["seat"], "at": int(time.time())}
    return response


def by_itself() -> bool:
    """Whether nobody asks: live pages look for news every two seconds, files come along with a page, and a
    phone fetches what it keeps."""
    return "by_itself" in g or request.endpoint in (None, "static") or marks.is_by_itself()


def notice() -> None:
    """Note now and then that a device is still in use."""
    device = here() if request.endpoint != "static" else None
    if device is not None and devices.is_news(device, now()):
        with writing() as transaction:
            devices.note(transaction, device, now())


def rise(to: tuple[int, str] | None = None) -> BaseResponse:
    """End the session and show who may unlock the device; the same person comes back to where they were.

    `to` names a person and the page that they, and nobody else, come to instead.
    """
    back = session.get("back")
    left = session["seat"]["person"] if "seat" in session else None
    token = None if left else session.get("csrf_token")  # of a lock screen that is shown already
    place = _place()
    # the page on which the device was locked
    again = back and (request.headers.get("HX-Request") or back["path"] == place)
    if left or not (again or marks.is_by_itself()):  # what a phone fetches, nobody has opened
        back = {"person": left, "path": place}
    if to is not None:
        back = dict(zip(("person", "path"), to, strict=True))
    stays = {name: value for name, value in (("back", back), ("csrf_token", token)) if value}
    if dict(session) != stays:  # else what is asked meanwhile would take the cookie of that screen away
        session.clear()
        session.update(stays)
    target = url_for("lock_screen.names")
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target, 303)


def share_token() -> None:
    """Give the page that is drawn now the token of all tabs of a locked device.

    Tabs ask at the same time, and each answer brings a session: the last one takes the others' away.
    """
    cookie = request.cookies.get(cookie_name(), "")
    if here() is not None and not current_user.is_authenticated:
        secret = page_tokens.of_device(cookie)
        if session.get("csrf_token") != secret:
            session["csrf_token"] = secret


def take_token() -> None:
    """Let what is given on this device's way in count, whatever its other tabs did meanwhile."""
    if request.method != "POST" or request.endpoint not in WAYS_IN or here() is None:
        return
    secret = page_tokens.of_device(request.cookies[cookie_name()])
    may = request.endpoint == UNLOCK or not current_user.is_authenticated
    if may and page_tokens.is_of(secret):
        g.token_of_session, session["csrf_token"] = session.get("csrf_token"), secret


def give_token_back() -> None:
    """The token was in order; the pages of whoever has unlocked the device in another tab keep theirs."""
    if before := g.pop("token_of_session", None):
        session["csrf_token"] = before


def way_back(person: Person) -> str:
    """Where the person was when the device was locked, or what was opened on it since; else nothing."""
    back = session.get("back") or {}
    return back.get("path", "") if back.get("person") in (None, person.id) else ""


def _place() -> str:
    """The page that the person sees: the one asked for, or the one that asks."""
    if request.method == "GET" and not (request.headers.get("HX-Request") or marks.is_by_itself()):
        return hosts.asked_for()
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def register(app: Flask) -> None:
    """Watch every request, and put the device at the templates' disposal."""
    app.before_request(notice)
    app.after_request(stay)
    app.jinja_env.globals["shared_device"] = here
