"""A second person looks at what was done, and signs it or sends it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext

from tracker.db import db, writing
from tracker.domain import runs, signoffs, translated, waiting
from tracker.domain.progress import StepState
from tracker.errors import N_, ForbiddenError, InvalidError
from tracker.models import Person, Record, SignOff
from tracker.web.auth import identified
from tracker.web.pages import Page, actor, needs, now, unique
from tracker.web.runview import meaning_of, reading_of
from tracker.web.staff import changed

bp = Blueprint("signoffs", __name__)


@bp.get("/signoffs", endpoint="waiting")
@needs("run.start")
def waiting_page() -> Any:
    """Everything that waits for the person's signature, or for their role."""
    page = Page.asked(50)
    return render_template(
        "leads/signoffs.html",
        waiting=waiting.waiting_for(db.session(), actor(), most=page.size, after=page.after),
        counted=waiting.counted(db.session(), actor()),
        page=page,
    )


@bp.post("/runs/<int:run_id>/signoffs")
@needs("run.see")
def sign(run_id: int) -> Any:
    """Sign a step, or send it back. Whoever signs gives name and password; it may be another's phone."""
    runs.load(db.session(), actor(), run_id, "run.see")  # strangers must not try passwords here
    record_id, seen = unique("record"), request.form.get("seen", "")
    verdict, reason = request.form.get("verdict"), request.form.get("reason", "")
    if not (record_id or seen) or verdict not in ("signed", "rejected"):
        raise InvalidError(N_("There is nothing to sign here any more. Reload the page."))
    if verdict == "signed" and reason.strip():  # Enter in the field of the reason presses the first button
        raise InvalidError(N_("You wrote what is wrong. Press “Send it back”, or empty that field to sign."))
    signer = identified()
    if signer is None:
        raise ForbiddenError(N_("Name or password is wrong, so nothing is signed. Try again."))
    with writing() as session:
        found = runs.load(session, actor(), run_id, "run.see", lock=True)
        before = runs.states(found)
        given = (session, session.get_one(Person, signer.id), now(), found)
        entry: Record | SignOff
        if record_id and verdict == "rejected":
            entry = signoffs.reject(*given, record_id, reason)
        elif record_id:
            shown = translated.states(before, reading_of(found))
            entry = signoffs.sign(*given, record_id, _meaning(shown, record_id))
        elif verdict == "rejected":
            entry = signoffs.send_back(*given, seen, reason)
        else:
            entry = signoffs.sign_run(*given, seen, meaning_of(found))
    return changed(found, before, entry)


def _meaning(shown: list[StepState], record_id: UUID) -> str:
    """What whoever signs the record says by it, in the words that they were shown."""
    steps = (state.step for state in shown if state.done and state.done.id == record_id)
    return next((step.meaning for step in steps if step.meaning), gettext(signoffs.MEANING))
