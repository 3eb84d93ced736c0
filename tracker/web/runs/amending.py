"""A lead puts a closed run right: what was really done about a step, and why it is said only now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from tracker.db import db, writing
from tracker.domain.records import amending
from tracker.domain.runs import loading
from tracker.errors import N_, ConflictError, InvalidError, NotFoundError
from tracker.web.actions import needs, takes
from tracker.web.forms import unique
from tracker.web.reader import actor, now
from tracker.web.runs.evidence import LARGEST_FORM, take_in
from tracker.web.runs.view import view_of
from tracker.web.spoken import error_text

bp = Blueprint("amending", __name__)


@bp.get("/runs/<int:run_id>/amendments")
@needs("run.amend")
def page(run_id: int) -> Any:
    """Ask what was really done about a step of a closed run."""
    return _page(run_id, request.args.get("step", ""), "")


@bp.post("/runs/<int:run_id>/amendments")
@needs("run.amend")
@takes(LARGEST_FORM)
def amend(run_id: int) -> Any:
    """Put one step of a closed run right."""
    form = request.form
    record_id = unique("id")
    if record_id is None:
        raise InvalidError(N_("This record has no id. Reload the page and try again."))
    # before evidence is stored: nobody else may leave files here
    loading.load(db.session(), actor(), run_id, "run.amend")
    try:
        pieces = take_in(run_id, record_id)
        with writing() as session:
            run = loading.load(session, actor(), run_id, "run.amend", lock=True)
            amending.amend(
                session,
                actor(),
                now(),
                run,
                record_id=record_id,
                step_key=form.get("step", ""),
                kind=form.get("kind", ""),
                value=form.get("value", ""),
                reason=form.get("reason", ""),
                note=form.get("note", ""),
                standing=_standing(),
                pieces=pieces,
            )
    except InvalidError as error:
        return _page(run_id, form.get("step", ""), error_text(error)), error.status
    return redirect(url_for("runs.run", run_id=run_id) + "#amended", 303)


def _standing() -> list[UUID]:
    """The records that the form showed standing."""
    try:
        return [UUID(text) for text in request.form.getlist("standing")]
    except ValueError:
        raise ConflictError(N_("This form can’t be read. Reload the page and try again.")) from None


def _page(run_id: int, step_key: str, error: str) -> str:
    view = view_of(loading.load(db.session(), actor(), run_id, "run.amend"))
    state = next((state for state in view.states if state.step.key == step_key), None)
    if state is None or view.run.state != "done":
        raise NotFoundError(N_("There is nothing to put right here."))
    return render_template("runs/amend.html", view=view, state=state, error=error)
