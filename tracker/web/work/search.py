"""Everybody: runs, SOPs, steps and people by their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from sqlalchemy.orm import Session

from tracker.db import db
from tracker.domain.library import catalogue
from tracker.domain.library import search as library_search
from tracker.domain.library.media import address
from tracker.domain.library.search import Found, Hit
from tracker.domain.runs import subjects
from tracker.domain.work import search as work_search
from tracker.models import Person, Sop
from tracker.sop.text import clean
from tracker.web.actions import needs
from tracker.web.html import marked
from tracker.web.paging import Page
from tracker.web.reader import actor, language, now

bp = Blueprint("search", __name__)

SHOWN = 100
"""SOPs, steps or people on a page of what was found."""

BESIDE = 12
"""Hits that the site's search box shows."""

LONGEST = 200
"""Characters of a question that are looked for."""


@bp.get("/search")
@needs("sop.find")
def search() -> Any:
    """Runs by what they are about, SOPs, steps, other pages, and people for those who lead them."""
    session, query = db.session(), clean(request.args.get("q", ""))[:LONGEST]
    runs_found = work_search.runs(session, query, actor()) if query else []
    sops, steps, people = (Page.from_address(SHOWN, name) for name in ("sops", "steps", "people"))
    people_found: tuple[int, Sequence[Person]] = (0, [])
    if query:
        people_found = work_search.people(session, query, actor(), most=people.size, after=people.after)
    found = library_search.find(session, query, language()) if query else Found()
    steps_found = found.steps
    return render_template(
        "work/search.html",
        query=query,
        found=found,
        sops=_sops(session, found, sops) if query else _all(session, sops),
        steps=steps_found[steps.after : steps.after + steps.size],
        runs=runs_found,
        people=people_found[1],
        pages={"sops": sops, "steps": steps, "people": people},
        counts={
            "sops": len(found.sops) if query else catalogue.count(session),
            "startable": 0 if query else len(catalogue.startable(session, actor())),
            "steps": len(steps_found),
            "people": people_found[0],
        },
        more_runs=len(runs_found) >= work_search.MOST,
        aliases=subjects.known_as(session, runs_found),
        now=now(),
    )


def _sops(session: Session, found: Found, page: Page) -> list[tuple[Sop, Hit | None]]:
    """The SOPs of a page of what was found, the best first, each with where it was found."""
    hits = found.sops[page.after : page.after + page.size]
    known = catalogue.with_ids(session, [hit.sop_id for hit in hits if hit.sop_id])
    return [(known[hit.sop_id], hit) for hit in hits if hit.sop_id in known]


def _all(session: Session, page: Page) -> list[tuple[Sop, Hit | None]]:
    return [(sop, None) for sop in catalogue.sops(session, most=page.size, after=page.after)]


@bp.get("/search/site")
@needs("site.read")
def beside() -> Any:
    """What the site's search box shows: the best hits, each with its address and where it was found.

    Texts come in parts, those to mark with true: a page makes text of them, never HTML.
    """
    query = clean(request.args.get("q", ""))[:LONGEST]
    found = library_search.find(db.session(), query, language()) if query else Found()
    answer = jsonify({"hits": [_told(hit, found) for hit in [*found.sops, *found.pages][:BESIDE]]})
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _told(hit: Hit, found: Found) -> dict[str, Any]:
    place = hit.places[0] if hit.places else None
    anchor = f"#{place.anchor}" if place and place.anchor else ""
    return {
        "address": f"{request.script_root}{address(hit.path)}{anchor}",
        "title": marked(hit.title, found.terms, tuple(found.languages)),
        "text": marked(place.text, found.terms, tuple(found.languages)) if place else [],
        "is_sop": hit.sop_id is not None,
    }
