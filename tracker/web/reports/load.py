"""Owners: what the load does to errors."""

from __future__ import annotations

from datetime import date
from math import ceil, floor
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext

from tracker.db import db
from tracker.domain.signals import ceiling
from tracker.domain.signals.ceiling import Scope, ScopeCeiling
from tracker.errors import N_, NotFoundError
from tracker.reports.day import of_day
from tracker.reports.render import charts
from tracker.web import spoken
from tracker.web.actions import needs
from tracker.web.paging import Page
from tracker.web.reader import actor, voice

bp = Blueprint("load", __name__)

RUNS = 50
"""Runs of a day, or of an SOP, on one page."""


@bp.get("/load")
@needs("report.see")
def load() -> Any:
    """Failures against volume, with the load from which errors climb; of everything, or of one scope."""
    session = db.session()
    scopes, scope = _scopes()
    ceiling_kept = ceiling.of_scope(session, scope) if scope else None
    return render_template(
        "reports/load.html",
        scopes=scopes,
        scope=scope,
        found=ceiling_kept,
        chart=_chart(ceiling_kept) if ceiling_kept and not ceiling_kept.early else "",
        title=spoken.load_title(ceiling_kept) if ceiling_kept else "",
        unit=spoken.load_unit(ceiling_kept) if ceiling_kept else "",
        day_name=lambda on: voice().date(on, "EEE d MMM"),
        low=spoken.load_near(ceiling_kept.low, floor) if ceiling_kept and ceiling_kept.low else "",
        high=spoken.load_near(ceiling_kept.high, ceil) if ceiling_kept and ceiling_kept.high else "",
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
    scope, page, every = _scopes()[1], Page.from_address(RUNS), request.args.get("runs") == "all"
    try:
        on = date.fromisoformat(day)
    except ValueError:
        on = date.min
    if scope is None or not 1 < on.year < 9999:  # outside of the calendar once it is moved to UTC
        raise NotFoundError(N_("“%(text)s” is no day. Write one like 2026-03-31."), text=day[:40])
    day_runs = of_day(db.session(), actor(), scope, on, failed=not every, most=page.size, after=page.after)
    return render_template(
        "reports/day.html",
        scope=scope,
        found=day_runs,
        page=page,
        every=every,
        name=voice().date(on, "EEEE, d MMMM y"),
        on=on,
    )


def _chart(curve: ScopeCeiling) -> Any:
    band = None
    if curve.ceiling is not None and curve.low is not None and curve.high is not None:
        label = spoken.say(N_("near %(n)s"), n=spoken.load_near(curve.ceiling))
        band = charts.Ceiling(curve.low, curve.ceiling, curve.high, label)
    return charts.load(
        [(day.load, day.failed / day.runs) for day in curve.days],
        band,
        spoken.load_title(curve),
        across=spoken.load_unit(curve),
        upright=gettext("runs with a failed step"),
        fit=curve.curve,
        write=spoken.written,
    )
