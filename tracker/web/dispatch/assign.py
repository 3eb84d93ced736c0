"""Leads open a run for somebody else."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from tracker.db import db, new_id, writing
from tracker.domain.library import catalogue
from tracker.domain.people import directory
from tracker.domain.runs import comments, lifecycle
from tracker.errors import AlreadyOpenError, HoldfastError
from tracker.web.actions import needs
from tracker.web.dispatch import whom
from tracker.web.reader import actor, now, person, zone_of
from tracker.web.spoken import error_text

bp = Blueprint("assign", __name__)


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
            who = whom.whom(session)
            place = who.place or person().location
            run = lifecycle.start(
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
                due=whom.due(place),
                anyway=form.get("anyway") == "1",
            )
            comments.add_if_any(session, actor(), now(), run, form.get("comment", ""))
    except AlreadyOpenError as error:
        return _page(form, error_text(error), again=True), error.status
    except HoldfastError as error:
        return _page(form, error_text(error)), error.status
    return redirect(url_for("runs.run", run_id=run.id), 303)


def _page(given: Any, error: str, *, again: bool = False) -> str:
    return render_template("dispatch/assign.html", given=given, error=error, again=again, **choices())


def choices() -> dict[str, Any]:
    return {
        "sops": catalogue.sops(db.session()),
        "people": directory.people(db.session()),
        "teams": directory.teams(db.session()),
        "roles": directory.roles(db.session()),
        "zone": zone_of(person().location),
    }
