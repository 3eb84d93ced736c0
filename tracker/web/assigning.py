"""Leads open runs for others: one, or one for each line of a list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from tracker.db import db, new_id, writing
from tracker.domain import batches, finding, lists, runs
from tracker.errors import N_, HoldfastError, InvalidError
from tracker.models import Location
from tracker.reports import csv as as_csv
from tracker.web import handing
from tracker.web.pages import actor, download, needs, now, row_id, takes, words, zone_of

LARGEST_LIST = 10_900_000
"""Bytes: 100 000 lines of a hundred signs, and what a form needs besides."""

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
            who, place = handing.whom(session), _place(session)
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
                due=handing.due(place or who.place or actor().location),
                zone=zone_of(None),
            )
    except HoldfastError as error:
        return _list_page(form, words(error)), error.status
    return redirect(url_for("assigning.batch", batch_id=batch.id), 303)


@bp.get("/batches/<int:batch_id>")
@needs("run.assign")
def batch(batch_id: int) -> Any:
    """A list: what opening it would do, how far it is, or what has come of it."""
    found = batches.load(db.session(), actor(), batch_id)
    if found.state == "draft":
        preview = batches.preview(db.session(), actor(), now(), found)
        return render_template("dispatch/batch.html", batch=found, preview=preview, people=_names(preview))
    page = make_response(render_template("dispatch/batch.html", batch=found))
    if found.state == "opening":
        page.headers["Refresh"] = "2"  # also without JavaScript
    return page


@bp.post("/batches/<int:batch_id>/opening")
@needs("run.assign")
def open_batch(batch_id: int) -> Any:
    """Open the runs of a list that was looked at; a process beside the requests does it."""
    with writing() as session:
        found = batches.load(session, actor(), batch_id)
        batches.begin(session, actor(), now(), found, anyway=request.form.get("anyway") == "1")
    return redirect(url_for("assigning.batch", batch_id=batch_id), 303)


@bp.post("/batches/<int:batch_id>/copy")
@needs("run.assign")
def copy_batch(batch_id: int) -> Any:
    """The same list once more, to be looked at."""
    with writing() as session:
        copy = batches.repeat(session, actor(), now(), batches.load(session, actor(), batch_id))
    return redirect(url_for("assigning.batch", batch_id=copy.id), 303)


@bp.get("/batches/<int:batch_id>/unopened.csv")
@needs("run.assign")
def unopened(batch_id: int) -> Any:
    """The lines of a list that have no run, with the reason."""
    found = batches.load(db.session(), actor(), batch_id)
    lines = batches.unopened(db.session(), actor(), now(), found)
    text = as_csv.unopened((line, words(error)) for line, error in lines)
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
    return finding.names(db.session()) if preview.good else {}


def _list_page(given: Any, error: str) -> str:
    places = finding.locations(db.session()) if actor().location_id is None else []
    return render_template(
        "dispatch/assign_list.html",
        given=given,
        error=error,
        places=places,
        columns=lists.COLUMNS,
        **_choices(),
    )


def _page(given: Any, error: str) -> str:
    return render_template("dispatch/assign.html", given=given, error=error, **_choices())


def _choices() -> dict[str, Any]:
    return {
        "sops": finding.sops(db.session(), ""),
        "people": finding.people(db.session()),
        "teams": finding.teams(db.session()),
        "roles": finding.roles(db.session()),
        "zone": zone_of(actor().location),
    }
