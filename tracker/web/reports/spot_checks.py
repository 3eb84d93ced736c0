"""Owners: runs that are worth a look, and writing down what one saw."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from tracker.db import db, writing
from tracker.domain.runs import loading
from tracker.domain.signals import flags
from tracker.models import Sop
from tracker.web import spoken
from tracker.web.actions import needs
from tracker.web.paging import Page
from tracker.web.reader import actor, now

bp = Blueprint("spot_checks", __name__)

SHOWN = 20
"""Runs on one page of spot checks."""


@bp.get("/spot-checks")
@needs("report.see")
def spot_checks() -> Any:
    """The runs that are worth a look, latest first, each with why; or those that somebody has looked at."""
    session = db.session()
    page, looked = Page.from_address(SHOWN), request.args.get("looked") == "yes"
    sop = session.get(Sop, request.args.get("sop", ""))
    of = sop.id if sop else ""
    count, runs = flags.flagged_runs(
        session, actor(), looked=looked, sop=of, most=page.size, after=page.after
    )
    return render_template(
        "reports/spot_checks.html",
        found=runs,
        count=count,
        page=page,
        looked=looked,
        sop=sop,
        hasty=[] if looked else [(h, spoken.hastily(h)) for h in flags.hasty(session, actor())],
        runs=flags.runs_judged(session, actor()),
        why=spoken.why_flagged,
    )


@bp.post("/runs/<int:run_id>/spot-check")
@needs("spot-check.look")
def look(run_id: int) -> Any:
    """Say what somebody saw who looked at the run."""
    with writing() as session:
        run = loading.load(session, actor(), run_id, "run.see", lock=True)
        flags.record_look(session, actor(), now(), run, request.form.get("saw", ""))
    flash(gettext("Noted in the run’s history: you had a look."), "good")
    return redirect(
        url_for("spot_checks.spot_checks", page=request.args.get("page"), sop=request.args.get("sop")), 303
    )
