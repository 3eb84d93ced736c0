"""Everybody: runs, SOPs, steps and people by their words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from tracker.db import db
from tracker.domain.library import catalogue
from tracker.domain.runs import (
    subjects,
)
from tracker.domain.work import search as work_search
from tracker.web.actions import needs
from tracker.web.reader import actor, now

bp = Blueprint("search", __name__)


@bp.get("/search")
@needs("sop.find")
def search() -> Any:
    """Runs by what they are about, SOPs, steps, and people for those who lead them."""
    session, query = db.session(), subjects.seen(request.args.get("q", ""))[:200]
    runs_found = work_search.runs(session, query, actor()) if query else []
    return render_template(
        "work/search.html",
        query=query,
        sops=catalogue.sops(session, query),
        steps=work_search.steps(session, query) if query else [],
        runs=runs_found,
        people=work_search.people(session, query, actor()) if query else [],
        aliases=subjects.known_as(session, runs_found),
        now=now(),
    )
