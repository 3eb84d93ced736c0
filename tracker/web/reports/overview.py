"""Owners: what stands out, and every SOP with what became of its runs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from tracker.db import db
from tracker.domain import access
from tracker.domain.people import owner_names
from tracker.domain.signals import ceiling, flags, key_people
from tracker.reports import overview as overviews
from tracker.reports.render import csv as as_csv
from tracker.web import spoken
from tracker.web.actions import needs
from tracker.web.answers import download
from tracker.web.paging import Page
from tracker.web.reader import actor, now
from tracker.web.reports import periods

bp = Blueprint("overview", __name__)

SHOWN = 50
"""SOPs on one page of the overview."""


@bp.get("/overview")
@needs("report.see")
def overview() -> Any:
    """What needs a decision this week; then the areas, and every SOP."""
    session, period = db.session(), periods.chosen()
    return render_template(
        "reports/overview.html",
        page=Page.from_address(SHOWN),
        found=overviews.overview(session, actor(), now(), period),
        period=period,
        now=now(),
        unknown=owner_names.unknown_owners(session, access.sops_for(actor(), "report.see")),
        climbing=[(one.scope, spoken.load_title(one)) for one in ceiling.climbing(session, actor(), 2)],
        key_people=key_people.sops_on_one_person(session, actor()),
        people_since=key_people.since(session, now()),
        worth=flags.flagged_runs(session, actor(), most=1)[0],
        hasty=[(h, spoken.hastily(h)) for h in flags.hasty(session, actor())[:2]],
    )


@bp.get("/overview.csv")
@needs("report.export")
def overview_csv() -> Any:
    """Every SOP with what came of its steps, as CSV."""
    return download(
        as_csv.overview(overviews.sops(db.session(), actor(), now(), periods.chosen())), "overview.csv"
    )
