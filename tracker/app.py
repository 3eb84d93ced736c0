"""The application: its parts, its one error map, its one gate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask_babel import Babel, gettext
from flask_compress import Compress
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, PathConverter
from werkzeug.wrappers.response import Response as BaseResponse

from tracker.base import base_app
from tracker.config import Settings
from tracker.db import db
from tracker.domain import access
from tracker.domain.people.accounts import any_account
from tracker.errors import N_, ForbiddenError, HoldfastError, InvalidError, NotTheirsError, UncertainError
from tracker.web import (
    actions,
    answers,
    cookies,
    failures,
    hosts,
    interface,
    jinja,
    marks,
    policy,
    reader,
    readiness,
    repeats,
    resending,
    slashes,
    versions,
)
from tracker.web.dispatch import assign, batches
from tracker.web.entrance import (
    account,
    auth,
    devices,
    duties,
    factors,
    kept_forms,
    languages,
    lockscreen,
    outdated_pages,
    passwords,
    seats,
    second,
    sessions,
    trust,
)
from tracker.web.library import documents, revisions, site
from tracker.web.people import accounts, permissions, security_log, team
from tracker.web.phone import kept, manifest, on_this_phone, queue, unsent, worker
from tracker.web.reports import (
    closed,
    downloads,
    health,
    key_people,
    load,
    overview,
    periods,
    spot_checks,
    weak_points,
)
from tracker.web.runs import (
    amending,
    codes,
    comments,
    evidence,
    handover,
    late,
    live,
    lost,
    moving,
    overrides,
    page,
    parts,
    records,
    signing,
    start,
)
from tracker.web.spoken import error_text
from tracker.web.work import board, board_bulk, board_closed, board_views, find, search, today

SCREENS = (
    *(
        auth,
        second,
        lockscreen,
        devices,
        trust,
        account,
        passwords,
        factors,
        kept_forms,
        languages,
    ),  # entrance
    *(accounts, team, permissions, security_log),  # people
    *(documents, revisions, site),  # library
    *(
        start,
        page,
        parts,
        records,
        live,
        evidence,
        comments,
        codes,
        signing,
        handover,
        moving,
        amending,
        overrides,
        late,
    ),  # runs
    *(today, search, find, board, board_bulk, board_closed, board_views),  # work
    *(assign, batches),  # dispatch
    *(overview, health, closed, downloads, weak_points, load, key_people, spot_checks),  # reports
    *(worker, manifest, kept, queue, unsent, on_this_phone),  # phone
    readiness,
)
"""Every module of screens, by subject; each has a blueprint `bp`."""

PERMISSIONS = "camera=(self)," + ",".join(
    f"{name}=()"
    for name in (
        *("accelerometer", "autoplay", "browsing-topics", "display-capture", "encrypted-media", "fullscreen"),
        *("geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone"),
        *("midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb"),
        "xr-spatial-tracking",
    )
)
"""The scanner uses the camera; nothing here uses anything else."""

PARTS_OF_PAGES = {"text/css", "text/javascript", "application/wasm"}
"""Files of the interface that are no documents, and run in the pages that load them alone."""

EMPTY = {204, 304}
"""Answers without anything to show: the policy of what a browser has already stays."""

NOT_AGAIN = {404, 405, 413}
"""Answers to forms that would be the same if they were sent again."""

login = LoginManager()
login.login_view = "auth.login"
login.login_message = None  # it would begin a session at each request, in place of that of the sign-in page
login.session_protection = None  # the row tells whether the session is good
login.user_loader(sessions.load_person)
csrf = CSRFProtect()


def create_app(settings: Settings) -> Flask:
    """The application of one workspace. Its database is upgraded by whoever starts it, not here."""
    app = base_app(settings)
    app.jinja_environment = jinja.Environment
    app.session_interface = cookies.Sessions()
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_NAME="__Host-holdfast" if settings.https else "holdfast",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_REFRESH_EACH_REQUEST=False,  # the cookie is made for as long as a session lasts
        WTF_CSRF_TIME_LIMIT=None,  # a run stays open for a shift; the token lives as long as the session
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        MAX_CONTENT_LENGTH=2_000_000,
        BABEL_DEFAULT_TIMEZONE=settings.zone,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=7,  # a page of a run, in a millisecond, an eighth smaller than with 3
        COMPRESS_BR_WINDOW=18,  # a larger one costs time, and finds nothing more
    )
    login.init_app(app)
    app.before_request(hosts.check)
    app.before_request(slashes.without_last_slash)
    app.before_request(measure)  # before anything looks into the form
    app.before_request(seats.take_token)
    csrf.init_app(app)
    Compress(app).compress_mimetypes_set.add("application/wasm")  # the scanner; 1 MB as it is
    Babel(app, timezone_selector=reader.zone, locale_selector=reader.language)
    app.url_map.converters.update(int=RowId, key=StepKey)
    for part in SCREENS:
        app.register_blueprint(part.bp)
    csrf.exempt(lockscreen.lock)  # an idle page must be able to lock, however old it is
    csrf.exempt(security_log.report)  # browsers send reports by themselves
    sessions.register(app)
    app.before_request(gate)
    app.before_request(legible)
    repeats.register(app)
    app.after_request(secure)
    app.register_error_handler(HoldfastError, explain)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(HTTPException, plain)
    app.register_error_handler(Exception, broken)
    interface.register(app)
    jinja.register(app)
    marks.register(app)
    kept.register(app)
    periods.register(app)
    late.register(app)
    seats.register(app)
    languages.register(app)
    versions.register(app)
    kept_forms.register(app)
    return app


class RowId(IntegerConverter):
    """Numbers in addresses: what no database row can have is no such page."""

    regex = r"[0-9]{1,9}"


class StepKey(PathConverter):
    """A step's key may hold slashes, but ends with none."""

    regex = r"[^/].*?(?<!/)"


def _mark() -> str:
    """What the route that is asked for marks its answers with, where a program asks; else ""."""
    return actions.mark_of(current_app.view_functions.get(request.endpoint or "")) or ""


def measure() -> None:
    """Let a route that has declared so take more at once."""
    if size := actions.size_of(current_app.view_functions.get(request.endpoint or "")):
        request.max_content_length = size
        request.max_form_memory_size = size


def legible() -> None:
    """Refuse the one character that databases can't keep."""
    given = [text for part in (request.args, request.form) for texts in part.listvalues() for text in texts]
    given += [file.filename or "" for files in request.files.listvalues() for file in files]
    if "\0" in request.path or any("\0" in text for text in given):
        raise InvalidError(N_("This text holds a NUL character. Take it out and try again."))


def gate() -> BaseResponse | None:
    """Let a request through only where its route declares an action that the person may do."""
    if request.endpoint is None:
        return None  # no such page: the router answers
    if request.endpoint == "static":
        return None
    action = actions.action_of(current_app.view_functions[request.endpoint])
    if action is None:
        abort(500, "route without a rule")
    actor = reader.actor_if_any()
    if action == "site.read" and current_app.config["HOLDFAST"].public_site:
        return None
    if actor is None and not access.may(None, action) and _mark():
        return answers.marked(_mark(), gettext("Sign in first: what you have made is kept until then."), 401)
    if actor is None and not access.may(None, action):
        if not any_account(db.session()):
            return redirect(url_for("auth.setup"))
        if request.method == "POST":
            return kept_forms.signed_out()
        if seats.here():
            return seats.rise()
        return login.unauthorized() if request.method == "GET" else answers.to_login()
    if actor is not None and access.RULES[action].level != access.ANYONE and (way := duties.detour(actor)):
        if _mark():
            first = gettext("Open Holdfast first: it asks you for something that comes before this.")
            return answers.marked(_mark(), first, 401)
        return way
    access.require(actor, action)
    return None


def secure(response: Response) -> Response:
    """The headers that every answer carries; the site brings its own policy (its scripts' hashes).

    Policies speak to documents: a script, a style or the scanner runs under that of the page that loads it.
    There are many on a page, and each would bring them over a phone's bad line; so would each answer that
    says that nothing has changed, of which an open page gets one every other second.
    """
    part = request.endpoint == "static" and response.mimetype in PARTS_OF_PAGES
    fragment = "HX-Request" in request.headers  # which only a script of ours can say: it goes into its page
    if not part and not fragment and response.status_code not in EMPTY:
        confine(response)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.routing_exception is not None and response.location:
        response.location = hosts.path_of(response.location)  # the router names the host that was asked for
    if transport := hosts.strict_transport():
        response.headers["Strict-Transport-Security"] = transport
    response.headers.setdefault("Cache-Control", "no-store")  # files say otherwise by themselves
    return response


def confine(response: Response) -> None:
    """What an answer may do that a browser shows as a document."""
    allowed = response.headers.get("Content-Security-Policy") or policy.application()
    reports = url_for("security_log.report")
    response.headers["Content-Security-Policy"] = f"{allowed}; report-uri {reports}; report-to csp"
    response.headers["Reporting-Endpoints"] = f'csp="{reports}"'
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if response.mimetype in ("text/html", "image/svg+xml"):  # others have no permissions to lose
        response.headers["Permissions-Policy"] = PERMISSIONS


def explain(error: HoldfastError) -> tuple[Any, int]:
    """An error of the domain, in the person's language."""
    if isinstance(error, UncertainError):
        current_app.logger.error("a commit failed", exc_info=error)
    db.session.rollback()
    if isinstance(error, ForbiddenError):
        security_log.log_refusal()
    if isinstance(error, NotTheirsError):
        page = lost.shown(error)
        return (page, error.status) if page else answer(lost.message(error), error.status)
    return answer(error_text(error), error.status)


def expired(error: CSRFError) -> Any:
    """A form without the token of its session. Whoever wrote it gets it back; nothing of it is done."""
    if _mark():
        status = 400 if reader.actor_if_any() else 401
        return answers.marked(_mark(), gettext("This page is out of date. Nothing was taken."), status)
    security_log.log_refusal(form=True)
    given = outdated_pages.answer(error)
    return answer(given, 400, again=False) if isinstance(given, str) else given


def plain(error: HTTPException) -> tuple[Any, int] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    texts = {
        404: gettext("There is no such page. The address may be old."),
        405: gettext("This address can’t be used that way."),
        413: gettext(
            "That is too large. At most %(n)s MB can be sent at once.",
            n=(request.max_content_length or 0) // 1_000_000,
        ),
    }
    return answer(texts.get(error.code, gettext("That did not work. Go back and try again.")), error.code)


def broken(error: Exception) -> tuple[Any, int]:
    """Fails closed: nothing is committed, no trace is shown, the log has it all."""
    current_app.logger.exception("unexpected error")
    db.session.rollback()
    return answer(*failures.explain(error))


def answer(message: str, status: int, *, again: bool = True) -> tuple[Any, int]:
    """The message as a fragment for htmx, as JSON for a program, as a page for a person.

    With `again` the form of this request is shown again, if there is something in it that would be lost:
    only where it is known that whoever is signed in wrote it.
    """
    if _mark():
        return answers.marked(_mark(), message, status), status
    if request.headers.get("HX-Request"):
        return render_template("message.html", message=message, status=status), status
    if answers.wants_json():
        return {"error": message}, status
    try:
        may_see = again and status not in NOT_AGAIN and current_user.is_authenticated
        shown = resending.refused(message) if may_see else None
        return shown or render_template("error.html", message=message, status=status), status
    except SQLAlchemyError:  # the page shows who is signed in, and nobody can be looked up
        current_app.logger.exception("a page without its reader")
        db.session.rollback()
        g._login_user, g.device = login.anonymous_user(), None
        return render_template("error.html", message=message, status=status), status
