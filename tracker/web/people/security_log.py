"""The security log: its page for admins, and what is written there of requests that were refused.

Nothing here deletes, and no other route does.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext

from tracker.db import db, writing
from tracker.domain import security_log
from tracker.domain.entrance import sessions, tries
from tracker.domain.people import directory
from tracker.errors import N_, InvalidError
from tracker.models import SecurityEntry
from tracker.reports.render import csv as as_csv
from tracker.web import spoken
from tracker.web.actions import needs, takes
from tracker.web.answers import download
from tracker.web.forms import row_id
from tracker.web.paging import Page
from tracker.web.reader import actor_if_any, now, zone

bp = Blueprint("security_log", __name__)

PAGE = 50
DAYS = (1, 7, 30, 90, 365)
MOST_IN_FILE = 50_000
MOST_OF_REPORT, REPORTS_AT_ONCE, REPORTS_A_DAY = 16_000, 10, 200

FACTORS = {
    "totp": N_("authenticator app"),
    "passkey": N_("passkey"),
    "recovery": N_("recovery codes"),
    "all": N_("all factors, by somebody else"),
}
DONE = {"added": N_("added"), "removed": N_("removed"), "used": N_("one used")}
HOW = {"own": N_("by themselves"), "link": N_("by a link")}

WORDS = {
    security_log.SIGNED_IN: N_("signed in"),
    security_log.FAILED: N_("sign-in failed"),
    security_log.THROTTLED: N_("has to wait after wrong tries"),
    security_log.SHOWN_AGAIN: N_("showed again that it is them"),
    security_log.SIGNED_OUT: N_("signed out"),
    security_log.SESSION_ENDED: N_("session ended"),
    security_log.PASSWORD_CHANGED: N_("password changed"),
    security_log.PASSWORD_LINK_MADE: N_("link to a new password made"),
    security_log.EMAIL_CHANGED: N_("e-mail address changed"),
    security_log.FACTOR_CHANGED: N_("second factor changed"),
    security_log.PIN_SET: N_("PIN set"),
    security_log.PIN_CLEARED: N_("PIN removed"),
    security_log.ACCOUNT_ADDED: N_("account added"),
    security_log.ACCOUNT_DISABLED: N_("account disabled"),
    security_log.ACCOUNT_ENABLED: N_("account enabled again"),
    security_log.ACCESS_CHANGED: N_("access changed"),
    security_log.DEVICE_REGISTERED: N_("shared tablet registered"),
    security_log.DEVICE_RETIRED: N_("shared tablet retired"),
    security_log.EXPORTED: N_("downloaded"),
    security_log.REFUSED: N_("refused"),
    security_log.FORM_REFUSED: N_("form refused: not from our page, or out of date"),
    security_log.POLICY_VIOLATED: N_("a page tried what its policy forbids"),
}

ENDS = {
    sessions.BY_PERSON: N_("ended by themselves"),
    sessions.BY_ADMIN: N_("ended by an admin"),
    sessions.PASSWORD: N_("the password was changed"),
    sessions.DISABLED: N_("the account was disabled"),
    sessions.IDLE: N_("not used for long"),
    sessions.LONGEST: N_("it had lasted as long as it may"),
    sessions.TURN: N_("the tablet was locked, or went to somebody else"),
    sessions.PIN: N_("the PIN was removed"),
}
UNSAID = ("session", "device", "of")
NAMES = {
    "access": N_("access"),
    "location": N_("location"),
    "team": N_("team"),
    "roles": N_("roles"),
    "areas": N_("answers for"),
    "everywhere": N_("reaches everything"),
    "name": N_("name"),
    "file": N_("file"),
}


@bp.get("/security")
@needs("security.see")
def log() -> Any:
    """Who signed in, failed, changed access or took something along: when and from where."""
    session, wanted, page = db.session(), _wanted(), Page.from_address(PAGE)
    return render_template(
        "people/security_log.html",
        entries=security_log.entries(session, now(), wanted, most=page.size, after=page.after),
        all=security_log.number(session, now(), wanted),
        page=page,
        most_in_file=MOST_IN_FILE,
        wanted=wanted,
        kinds=security_log.KINDS,
        days=DAYS,
        people=directory.accounts(session),
        failed=security_log.failed_since(session, _midnight()),
        waiting=tries.waiting(session, now()),
        line_name=line_name,
        said=details_of,
    )


@bp.get("/security.csv")
@needs("security.see")
def log_csv() -> Any:
    """The same as a file; that it was taken is logged too."""
    entries = security_log.entries(db.session(), now(), _wanted(), most=MOST_IN_FILE)
    return download(as_csv.security(entries), "security-log.csv")


@bp.post("/csp-reports")
@needs("open")
@takes(MOST_OF_REPORT)
def report() -> Any:
    """What browsers tell of pages that tried what their policy forbids. Each once a day, so many at most."""
    session, today = db.session(), _midnight()
    kind = security_log.POLICY_VIOLATED
    news = [data for data in _reports() if not security_log.is_said(session, today, kind, None, data)]
    known = security_log.number(session, now(), security_log.Filter(kind, days=1))
    if news and known < REPORTS_A_DAY:
        with writing() as transaction:
            for data in news[: REPORTS_A_DAY - known]:
                security_log.write_once(transaction, now(), today, kind, None, **data)
    return "", 204


def log_refusal(*, form: bool = False) -> None:
    """Log that this request was refused: once a minute for each person and action."""
    who = actor_if_any()
    if who is None and not form:
        return
    kind = security_log.FORM_REFUSED if form else security_log.REFUSED
    data = {"action": str(request.endpoint), "path": _without_secret(request.path)[:120]}
    since = now() - timedelta(minutes=1)
    if not security_log.is_said(db.session(), since, kind, who.person if who else None, data):
        with writing() as transaction:
            security_log.write_once(transaction, now(), since, kind, who, **data)


def line_name(kind: str) -> str:
    """What a kind of line is called."""
    return gettext(WORDS[kind])


def details_of(entry: SecurityEntry) -> str:
    """The details of a line, in short; those that have no words of their own by their names."""
    data = entry.data
    if entry.kind == security_log.SIGNED_IN:
        return gettext("by %(way)s", way=spoken.way_name(data.get("via", "")))
    if entry.kind == security_log.SESSION_ENDED and data.get("why") in ENDS:
        return ", ".join(filter(None, (gettext(ENDS[data["why"]]), data.get("of"))))
    if entry.kind == security_log.THROTTLED and "tries" in data:
        return gettext("%(tries)s wrong tries; the next in %(n)s min", tries=data["tries"], n=data["minutes"])
    if entry.kind in (security_log.REFUSED, security_log.FORM_REFUSED) and "path" in data:
        return str(data["path"])
    if entry.kind == security_log.FACTOR_CHANGED and data.get("factor") in FACTORS:
        return gettext(FACTORS[data["factor"]]) + ": " + gettext(DONE[data["done"]])
    if entry.kind == security_log.PASSWORD_LINK_MADE:
        return gettext("sent by mail") if data.get("by_mail") else ""
    if entry.kind == security_log.PASSWORD_CHANGED and data.get("how") in HOW:
        return gettext(HOW[data["how"]])
    if entry.kind == security_log.ACCESS_CHANGED:
        before, after = data["before"], data["after"]
        return ", ".join(f"{_name(name)}: {_short(before[name])} → {_short(after[name])}" for name in after)
    shown = {
        name: value
        for name, value in data.items()
        if name not in UNSAID and value not in ("", [], None, False)
    }
    return ", ".join(f"{_name(name)}: {_short(value)}" for name, value in shown.items())


def _name(name: str) -> str:
    """What a detail is called; one without a word of its own by its name."""
    return gettext(NAMES[name]) if name in NAMES else name


def _short(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)


def _wanted() -> security_log.Filter:
    """The lines that the address asks for. Raises InvalidError."""
    kind, person = request.args.get("kind", ""), request.args.get("person", "")
    days = row_id(request.args.get("days") or "30")
    if (kind and kind not in WORDS) or days not in DAYS or (person and not row_id(person)):
        raise InvalidError(N_("There are no such lines. Choose from the lists."))
    return security_log.Filter(kind, row_id(person), days)


def _midnight() -> datetime:
    here = ZoneInfo(zone() or current_app.config["HOLDFAST"].zone)
    return datetime.combine(now().astimezone(here).date(), time(), here)


def _reports() -> list[dict[str, Any]]:
    """The violations that the request tells, in either format, of our own pages only. Junk is none."""
    try:
        given = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        return []
    given = given if isinstance(given, list) else [given]
    violations = [_violation(one) for one in given[:REPORTS_AT_ONCE] if isinstance(one, dict)]
    return [one for one in violations if one is not None]


def _violation(given: dict[str, Any]) -> dict[str, str] | None:
    """What one report says was forbidden, by which directive, on which page."""
    body = given.get("csp-report", given.get("body"))
    if not isinstance(body, dict):
        return None
    try:
        page = urlsplit(_text(body, "document-uri", "documentURL"))
    except ValueError:
        return None
    if page.netloc != request.host:
        return None
    return {
        "directive": _text(body, "effective-directive", "effectiveDirective", "violated-directive")[:60],
        "blocked": _without_secret(_text(body, "blocked-uri", "blockedURL").partition("?")[0])[:120],
        "page": _without_secret(page.path)[:120],
    }


def _without_secret(address: str) -> str:
    """An address without the token of a link to a new password, which may still be good."""
    return re.sub(r"/link/.+", "/link/…", address)


def _text(body: dict[str, Any], *names: str) -> str:
    """The first of these fields that holds text, without unprintable characters; "" if none does."""
    value = next((body[name] for name in names if isinstance(body.get(name), str)), "")
    return "".join(letter for letter in value[:2000] if letter.isprintable())
