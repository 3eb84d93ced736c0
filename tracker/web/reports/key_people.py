"""Owners: which SOPs hang on single people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from tracker.db import db
from tracker.domain.signals import key_people as signals_key_people
from tracker.errors import N_, NotFoundError
from tracker.reports.completed import completed_runs
from tracker.web.actions import needs
from tracker.web.paging import Page
from tracker.web.reader import actor, now, voice
from tracker.web.reports.load import RUNS

bp = Blueprint("key_people", __name__)


@bp.get("/dependency")
@needs("report.see")
def key_people() -> Any:
    """The SOPs whose runs hang on single people, and who could stand in."""
    looked = signals_key_people.look(db.session(), actor(), now())
    return render_template(
        "reports/key_people.html", looked=looked, since=voice().date(looked.since, "d MMMM")
    )


@bp.get("/dependency/<sop_id>")
@needs("report.see")
def key_person(sop_id: str) -> Any:
    """The runs of an SOP by which it is judged, each with who completed it."""
    looked, page = signals_key_people.look(db.session(), actor(), now()), Page.from_address(RUNS)
    every = (*looked.flagged, *looked.shared, *looked.early)
    row = next((row for row in every if row.sop.id == sop_id), None)
    if row is None:
        raise NotFoundError(N_("No run of it is closed yet, or you don’t answer for it."))
    return render_template(
        "reports/key_person.html",
        row=row,
        found=completed_runs(db.session(), sop_id, looked.since, most=page.size, after=page.after),
        page=page,
        since=voice().date(looked.since, "d MMMM"),
    )
