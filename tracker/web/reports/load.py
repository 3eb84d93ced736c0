"""Owners: what the load does to errors."""

from __future__ import annotations

from datetime import date
from math import ceil, floor
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import format_date, gettext

from tracker.db import db
from tracker.domain.signals import ceiling
from tracker.domain.signals.ceiling import Found, Scope
from tracker.errors import N_, NotFoundError
from tracker.reports.day import of_day
from tracker.reports.render import charts
from tracker.web.actions import needs
from tracker.web.paging import Page
from tracker.web.reader import actor
from tracker.words import signals
from tracker.words.texts import say

bp = Blueprint("load", __name__)

RUNS = 50
"""Runs of a day, or of an SOP, on one page."""


@bp.get("/load")
@needs("report.see")
def load() -> Any:
    """Failures against volume, with the load from which errors climb; of everything, or of one scope."""
    session = db.session()
    scopes, scope = _scopes()
    found = ceiling.found(session, scope) if scope else None
    return render_template(
        "reports/load.html",
        scopes=scopes,
        scope=scope,
        found=found,
        chart=_chart(found) if found and not found.early else "",
        title=signals.title(found) if found else "",
        unit=signals.unit(found) if found else "",
        day_name=lambda on: format_date(on, "EEE d MMM"),
        low=signals.near(found.low, floor) if found and found.low else "",
        high=signals.near(found.high, ceil) if found and found.high else "",
    )


def _scopes() -> tuple[list[Scope], Scope | None]:
    """What the reader may see the load of, and which of it is asked for. Raises NotFoundError."""
    scopes = ceiling.scopes(db.session(), actor())
    asked = request.args.get("of", "")
    scope = next((one for one in scopes if one.name == asked or not asked), None)
    if asked and scope is None:
        raise NotFoundError(N_("You answer for nothing that is called “%(name)s”."), name=asked[:80])
    return scopes, scope


@bp.get("/load/<day>")
@needs("report.see")
def load_day(day: str) -> Any:
    """The runs of one day, those with a failed step unless all are asked for."""
    scope, page, every = _scopes()[1], Page.asked(RUNS), request.args.get("runs") == "all"
    try:
        on = date.fromisoformat(day)
    except ValueError:
        on = date.min
    if scope is None or not 1 < on.year < 9999:  # in another zone it would be outside of the calendar
        raise NotFoundError(N_("“%(text)s” is no day. Write one like 2026-03-31."), text=day[:40])
    found = of_day(db.session(), actor(), scope, on, failed=not every, most=page.size, after=page.after)
    return render_template(
        "reports/day.html",
        scope=scope,
        found=found,
        page=page,
        every=every,
        name=format_date(on, "EEEE, d MMMM y"),
        on=on,
    )


def _chart(found: Found) -> Any:
    band = None
    if found.ceiling is not None and found.low is not None and found.high is not None:
        label = say(N_("near %(n)s"), n=signals.near(found.ceiling))
        band = charts.Ceiling(found.low, found.ceiling, found.high, label)
    return charts.load(
        [(day.load, day.failed / day.runs) for day in found.days],
        band,
        signals.title(found),
        across=signals.unit(found),
        upright=gettext("runs with a failed step"),
        fit=found.curve,
    )
