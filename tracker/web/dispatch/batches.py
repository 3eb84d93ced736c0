"""Leads open a run for each line of a list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from tracker.db import db, writing
from tracker.domain.dispatch import batches, lists
from tracker.domain.people import directory
from tracker.errors import N_, HoldfastError, InvalidError
from tracker.models import Location
from tracker.reports.render import csv as as_csv
from tracker.web.actions import needs, takes
from tracker.web.answers import download
from tracker.web.dispatch import assign as dispatch_assign
from tracker.web.dispatch import whom
from tracker.web.forms import row_id
from tracker.web.reader import actor, now, person, zone_of
from tracker.web.spoken import error_text

bp = Blueprint("batches", __name__)

LARGEST_LIST = 10_900_000
"""Bytes: 100 000 lines of a hundred signs, and what a form needs besides."""


@bp.get("/assign/list")
@needs("run.assign")
def list_page() -> Any:
    """Open a run for each line of a list."""
    return _list_page({"sop": request.args.get("sop", "")}, "")


@bp.post("/assign/list")
@needs("run.assign")
@takes(LARGEST_LIST)
def keep_list() -> Any:
    """Take a list in, pasted or as a file, and show what opening it would do."""
    form = request.form
    try:
        text, name = _text()
        with writing() as session:
            who, place = whom.whom(session), _place(session)
            batch = batches.prepare(
                session,
                actor(),
                now(),
                sop_id=form.get("sop", ""),
                text=text,
                name=name,
                assignee=who.person,
                team=who.team,
                role=who.role,
                location=place,
                due=whom.due(place or who.place or person().location),
                zone=zone_of(None),
            )
    except HoldfastError as error:
        return _list_page(form, error_text(error)), error.status
    return redirect(url_for("batches.batch", batch_id=batch.id), 303)


@bp.get("/batches/<int:batch_id>")
@needs("run.assign")
def batch(batch_id: int) -> Any:
    """A list: what opening it would do, how far it is, or what has come of it."""
    work_list = batches.load(db.session(), actor(), batch_id)
    if work_list.state == "draft":
        preview = batches.preview(db.session(), actor(), now(), work_list)
        return render_template(
            "dispatch/batch.html",
            batch=work_list,
            preview=preview,
            people=_names(preview),
            places={place.id: place for place in directory.locations(db.session())},
        )
    page = make_response(render_template("dispatch/batch.html", batch=work_list))
    if work_list.state == "opening":
        page.headers["Refresh"] = "2"  # the page reloads itself, also without JavaScript
    return page


@bp.post("/batches/<int:batch_id>/opening")
@needs("run.assign")
def open_batch(batch_id: int) -> Any:
    """Open the runs of a list that was looked at; a process beside the requests does it."""
    with writing() as session:
        work_list = batches.load(session, actor(), batch_id)
        batches.begin(session, actor(), now(), work_list, anyway=request.form.get("anyway") == "1")
    return redirect(url_for("batches.batch", batch_id=batch_id), 303)


@bp.post("/batches/<int:batch_id>/copy")
@needs("run.assign")
def copy_batch(batch_id: int) -> Any:
    """The same list once more, to be looked at."""
    with writing() as session:
        copy = batches.repeat(session, actor(), now(), batches.load(session, actor(), batch_id))
    return redirect(url_for("batches.batch", batch_id=copy.id), 303)


@bp.get("/batches/<int:batch_id>/unopened.csv")
@needs("run.assign")
def unopened(batch_id: int) -> Any:
    """The lines of a list that have no run, with the reason."""
    work_list = batches.load(db.session(), actor(), batch_id)
    lines = batches.unopened(db.session(), actor(), now(), work_list)
    text = as_csv.unopened_lines((line, error_text(error)) for line, error in lines)
    return download(text, f"list-{batch_id}-not-opened.csv")


def _text() -> tuple[str, str]:
    """The list that was sent, and the name of its file. Raises InvalidError."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("list", ""), ""
    if request.form.get("list", "").strip():
        raise InvalidError(N_("Paste the list or choose a file, not both."))
    return lists.decode(file.read()), file.filename


def _place(session: Session) -> Location | None:
    """The location that the form names. Raises InvalidError."""
    if not (text := request.form.get("location", "")):
        return None
    if (place := session.get(Location, row_id(text) or 0)) is None:
        raise InvalidError(N_("There is no such location. Choose one from the list."))
    return place


def _names(preview: batches.Preview) -> dict[int, str]:
    """The names of those to whom the first runs go."""
    return directory.names(db.session()) if preview.good else {}


def _list_page(given: Any, error: str) -> str:
    places = directory.locations(db.session()) if person().location_id is None else []
    return render_template(
        "dispatch/assign_list.html",
        given=given,
        error=error,
        places=places,
        columns=lists.COLUMNS,
        **dispatch_assign.choices(),
    )
