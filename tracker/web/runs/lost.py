"""The page of a run that is not the reader's: why, by whom, and what they can do next."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy import select

from tracker.db import db
from tracker.domain import access
from tracker.domain.runs import whereabouts
from tracker.domain.work import today
from tracker.errors import NotTheirsError
from tracker.models import LateRecord, Record, Run
from tracker.web.answers import wants_fragment
from tracker.web.reader import actor
from tracker.web.spoken import error_text
from tracker.web.spoken import whereabouts as said

KEPT = (Record, LateRecord)

SHOWN_BY = ("runs.claim",)
"""Forms without anything written in them: whoever has sent one sees the page of the run that is lost."""


def shown(error: NotTheirsError) -> str | None:
    """The page, or for a page that is open what it says of the run; None where a message is enough."""
    if request.method != "GET" and (wants_fragment() or request.endpoint not in SHOWN_BY):
        return None
    if (run := _run(error)) is None:
        return None
    template = "runs/lost_notice.html" if wants_fragment() else "runs/lost.html"
    return render_template(template, **_given(error, run))


def notice(error: NotTheirsError) -> str:
    """What a page of the run that is open says from now on; empty where there is nothing but a message."""
    run = _run(error)
    return "" if run is None else render_template("runs/lost_notice.html", **_given(error, run))


def message(error: NotTheirsError) -> str:
    """What has become of the run, in a line, as far as the reader may hear of it."""
    run = _run(error)
    hears = run is not None and access.may_hear_of(actor(), run)
    return said(whereabouts.of(db.session(), run)).striptags() if run and hears else error_text(error)


def _run(error: NotTheirsError) -> Run | None:
    return None if error.run is None else db.session().get(Run, error.run)


def _given(error: NotTheirsError, run: Run) -> dict[str, Any]:
    hears = access.may_hear_of(actor(), run)
    return {
        "run": run,
        "now_is": whereabouts.of(db.session(), run) if hears else None,
        "error": error_text(error),
        "has_records": _has_records(run),
        "next_run": today.next_one(db.session(), actor(), run.sop_id),
    }


def _has_records(run: Run) -> bool:
    """Whether the reader has recorded something in it, also what waits for a lead."""
    theirs = (select(row.id).where(row.run_id == run.id, row.person_id == actor().id) for row in KEPT)
    return any(db.session().scalar(query.limit(1)) is not None for query in theirs)
