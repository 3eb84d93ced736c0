"""Everybody: runs, SOPs, steps and people by their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request

from tracker.db import db
from tracker.domain.library import catalogue
from tracker.domain.runs import (
    subjects,
)
from tracker.domain.work import search as work_search
from tracker.models import Person, Sop, Step
from tracker.sop.text import clean
from tracker.web.actions import needs
from tracker.web.paging import Page
from tracker.web.reader import actor, now

bp = Blueprint("search", __name__)

SHOWN = 100
"""SOPs, steps or people on a page of what was found."""


@bp.get("/search")
@needs("sop.find")
def search() -> Any:
    """Runs by what they are about, SOPs, steps, and people for those who lead them."""
    session, query = db.session(), clean(request.args.get("q", ""))[:200]
    runs_found = work_search.runs(session, query, actor()) if query else []
    sops, steps, people = (Page.from_address(SHOWN, name) for name in ("sops", "steps", "people"))
    steps_found: tuple[int, Sequence[tuple[Sop, Step]]] = (0, [])
    people_found: tuple[int, Sequence[Person]] = (0, [])
    if query:
        steps_found = work_search.steps(session, query, most=steps.size, after=steps.after)
        people_found = work_search.people(session, query, actor(), most=people.size, after=people.after)
    return render_template(
        "work/search.html",
        query=query,
        sops=catalogue.sops(session, query, most=sops.size, after=sops.after),
        steps=steps_found[1],
        runs=runs_found,
        people=people_found[1],
        pages={"sops": sops, "steps": steps, "people": people},
        counts={
            "sops": catalogue.count(session, query),
            "steps": steps_found[0],
            "people": people_found[0],
        },
        more_runs=len(runs_found) >= work_search.MOST,
        aliases=subjects.known_as(session, runs_found),
        now=now(),
    )
