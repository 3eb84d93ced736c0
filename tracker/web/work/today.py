"""Staff: my runs, those that are open to me, and what I may start."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request

from tracker.db import db
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.records import late_records
from tracker.domain.runs.handover import offered_to
from tracker.domain.work import lists, queue
from tracker.models import Run
from tracker.web.actions import needs
from tracker.web.paging import Page
from tracker.web.policy import WEBASSEMBLY
from tracker.web.reader import actor, now, person
from tracker.web.runs.view import view_of

bp = Blueprint("today", __name__)

MANY = 100
"""Runs on a page of one's own, or of those open to one, for who asks for more than the first."""

MOST_TO_START = 24
"""SOPs that Today offers to start; the others are found."""


@bp.get("/")
@needs("run.start")
def today() -> Any:
    """My runs, late first, and those open to my role."""
    g.also_allowed = WEBASSEMBLY
    session, own, others = db.session(), Run.assignee_id == actor().id, access.open_to(person())
    pages = {"all": _page("all", 12), "open": _page("open", 8)}
    mine = lists.runs(session, own, most=pages["all"].size, after=pages["all"].after)
    open_to_me = lists.runs(session, others, most=pages["open"].size, after=pages["open"].after)
    library = catalogue.startable(session, actor()) if not mine else []
    waiting_counted, first = queue.first(session, actor(), 5)
    return render_template(
        "work/today.html",
        going=_going(),
        progress=lists.progress(session, [*mine, *open_to_me]),
        mine=mine,
        open_to_me=open_to_me,
        pages=pages,
        offered=offered_to(session, actor()),
        counted=lists.open_runs(session, now(), own),
        open_counted=lists.open_runs(session, now(), others),
        waiting=first,
        waiting_counted=waiting_counted,
        late=late_records.counted(session, actor()) if access.may(actor(), "record.accept") else None,
        library=library[:MOST_TO_START],
        more=len(library) > MOST_TO_START,
        closed_to_me=not mine and not library and bool(catalogue.count(session)),
        now=now(),
    )


def _page(name: str, few: int) -> Page:
    """The page of a list: its first `few`, or MANY at a time once the reader asks for more."""
    return Page.from_address(MANY, name) if request.args.get(name) else Page(1, few)


def _going() -> dict[str, Any] | None:
    """The run that the reader is in the middle of, and the step that is next in it."""
    run = lists.in_progress(db.session(), actor())
    if run is None:
        return None
    view = view_of(run)
    turn = view.current
    return {
        "run": run,
        "state": turn,
        "number": view.numbers[turn.step.key] if turn else "",
        "tally": view.tally,
    }
