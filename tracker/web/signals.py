"""Owners: what the load does to errors, which SOPs hang on single people, which runs are worth a look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import ceil, floor
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_date, gettext, ngettext, to_user_timezone

from tracker.db import db, writing
from tracker.domain import ceiling, dependency, runs, spotchecks
from tracker.domain.ceiling import Found, Scope
from tracker.domain.spotchecks import Hasty
from tracker.errors import N_, NotFoundError
from tracker.models import Sop, SpotCheck
from tracker.reports import charts
from tracker.reports.completed import completed
from tracker.reports.day import of_day
from tracker.web.pages import Page, actor, amount, day, needs, now, say

bp = Blueprint("signals", __name__)

SHOWN = 20
"""Runs on one page of spot checks."""

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
        title=title(found) if found else "",
        unit=_unit(found) if found else "",
        day_name=lambda on: format_date(on, "EEE d MMM"),
        low=near(found.low, floor) if found and found.low else "",
        high=near(found.high, ceil) if found and found.high else "",
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


def near(load: float, whole: Callable[[float], int] = round) -> str:
    """A load as it is said: to about a twentieth, rounded as `whole` does."""
    step = 10 if load >= 100 else 5 if load >= 50 else 1 if load >= 10 else 0.5
    return amount(step * whole(load / step))


_UNITS = {
    ("order", False): N_("orders a day"),
    ("order", True): N_("orders a day per person"),
    ("", False): N_("runs a day"),
    ("", True): N_("runs a day per person"),
}


def _unit(found: Found) -> str:
    return say(_UNITS["order" if found.unit == "order" else "", found.per_person])


def title(found: Found) -> str:
    """What the days say, as a sentence."""
    if found.early:
        return gettext("Too early to say at what load errors begin to climb.")
    words = {"unit": _unit(found), "busiest": amount(round(found.busiest, 1 if found.per_person else None))}
    if found.ceiling is None:
        return say(
            N_(
                "No load can be shown at which errors begin to climb; nothing is known above your "
                "busiest day (%(busiest)s %(unit)s)."
            ),
            **words,
        )
    return say(
        N_(
            "Errors begin to climb near %(load)s %(unit)s; nothing is known above your busiest day "
            "(%(busiest)s)."
        ),
        load=near(found.ceiling),
        **words,
    )


def _chart(found: Found) -> Any:
    band = None
    if found.ceiling is not None and found.low is not None and found.high is not None:
        label = say(N_("near %(n)s"), n=near(found.ceiling))
        band = charts.Ceiling(found.low, found.ceiling, found.high, label)
    return charts.load(
        [(day.load, day.failed / day.runs) for day in found.days],
        band,
        title(found),
        across=_unit(found),
        upright=gettext("runs with a failed step"),
        fit=found.curve,
    )


@bp.get("/dependency")
@needs("report.see")
def key_people() -> Any:
    """The SOPs whose runs hang on single people, and who could stand in."""
    looked = dependency.look(db.session(), actor(), now())
    return render_template(
        "reports/key_people.html", looked=looked, since=format_date(looked.since, "d MMMM")
    )


@bp.get("/dependency/<sop_id>")
@needs("report.see")
def key_person(sop_id: str) -> Any:
    """The runs of an SOP by which it is judged, each with who completed it."""
    looked, page = dependency.look(db.session(), actor(), now()), Page.asked(RUNS)
    every = (*looked.flagged, *looked.shared, *looked.early)
    row = next((row for row in every if row.sop.id == sop_id), None)
    if row is None:
        raise NotFoundError(N_("No run of it is closed yet, or you don’t answer for it."))
    return render_template(
        "reports/key_person.html",
        row=row,
        found=completed(db.session(), sop_id, looked.since, most=page.size, after=page.after),
        page=page,
        since=format_date(looked.since, "d MMMM"),
    )


@bp.get("/spot-checks")
@needs("report.see")
def spot_checks() -> Any:
    """The runs that are worth a look, latest first, each with why; or those that somebody has looked at."""
    session = db.session()
    page, looked = Page.asked(SHOWN), request.args.get("looked") == "yes"
    sop = session.get(Sop, request.args.get("sop", ""))
    of = sop.id if sop else ""
    count, found = spotchecks.listed(
        session, actor(), looked=looked, sop=of, most=page.size, after=page.after
    )
    return render_template(
        "reports/spot_checks.html",
        found=found,
        count=count,
        page=page,
        looked=looked,
        sop=sop,
        hasty=[] if looked else [(h, hastily(h)) for h in spotchecks.hasty(session, actor())],
        runs=spotchecks.runs_judged(session, actor()),
        why=why,
    )


def hastily(found: Hasty) -> str:
    """How many runs of an SOP were ticked faster than the work takes, on which days and where."""
    first, last = (day(to_user_timezone(at).date()) for at in (found.first, found.last))
    return ngettext(
        "%(runs)s run of %(title)s was ticked faster than the work takes, %(days)s%(place)s.",
        "%(runs)s runs of %(title)s were ticked faster than the work takes, %(days)s%(place)s.",
        found.runs,
        runs=amount(found.runs),
        title=found.sop.title,
        days=gettext("on %(day)s", day=first)
        if first == last
        else gettext("from %(first)s to %(last)s", first=first, last=last),
        place=gettext(", in %(place)s", place=found.place) if found.place else "",
    )


_WHY = {
    "burst": N_(
        "%(below)s of %(of)s steps were ticked sooner after the one before than the work usually takes."
    ),
    "shift-end": N_("%(late)s of the %(of)s runs of one shift were ticked in its last tenth."),
    "same-answers": N_("Exactly the same was measured in %(runs)s runs in a row."),
    "digits": N_(
        "The last digits of %(values)s values at “%(at)s” are less even than measuring makes them; "
        "those of others are even."
    ),
    "limit": N_(
        "Of %(values)s values at “%(at)s”, %(inside)s lie just inside the limit of %(limit)s and "
        "%(beside)s a little further in; with others it is not so."
    ),
}


def why(mark: SpotCheck) -> str:
    """Why a run is worth a look, with its figures."""
    return say(_WHY[mark.signal], **{name: amount(value) for name, value in mark.data.items()})


@bp.post("/runs/<int:run_id>/spot-check")
@needs("spot-check.look")
def look(run_id: int) -> Any:
    """Say what somebody saw who looked at the run."""
    with writing() as session:
        run = runs.load(session, actor(), run_id, "run.see", lock=True)
        spotchecks.looked(session, actor(), now(), run, request.form.get("saw", ""))
    flash(gettext("Noted in the run’s history: you had a look."), "good")
    return redirect(
        url_for("signals.spot_checks", page=request.args.get("page"), sop=request.args.get("sop")), 303
    )
