"""Leads open runs for others: one, or one for each line of a list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from tracker.db import db, new_id, writing
from tracker.domain import finding, runs
from tracker.errors import HoldfastError
from tracker.web import handing
from tracker.web.pages import actor, needs, now, words, zone_of

bp = Blueprint("assigning", __name__)


@bp.get("/assign")
@needs("run.assign")
def page() -> Any:
    """Open a run for somebody, for a team or for a role."""
    return _page({"sop": request.args.get("sop", ""), "ref": str(new_id())}, "")


@bp.post("/assign")
@needs("run.assign")
def assign() -> Any:
    form = request.form
    try:
        with writing() as session:
            who = handing.whom(session)
            place = who.place or actor().location
            run = runs.start(
                session,
                actor(),
                now(),
                form.get("sop", ""),
                subject=form.get("subject", ""),
                ref=form.get("ref", "")[:64],
                assignee=who.person,
                team=who.team,
                role=who.role,
                location=place,
                due=handing.due(place),
            )
    except HoldfastError as error:
        return _page(form, words(error)), error.status
    return redirect(url_for("staff.run", run_id=run.id), 303)


def _page(given: Any, error: str) -> str:
    return render_template("leads/assign.html", given=given, error=error, **_choices())


def _choices() -> dict[str, Any]:
    return {
        "sops": finding.sops(db.session(), ""),
        "people": finding.people(db.session()),
        "teams": finding.teams(db.session()),
        "roles": finding.roles(db.session()),
        "zone": zone_of(actor().location),
    }
