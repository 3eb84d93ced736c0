"""Staff: tick, skip, fail or undo a step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from tracker.db import db
from tracker.domain.deviations import listing
from tracker.domain.records import recording, senders
from tracker.domain.records.clocks import Device
from tracker.domain.runs import (
    changes_since,
    endings,
    loading,
)
from tracker.domain.runs.progress import StepState
from tracker.errors import N_, InvalidError
from tracker.models import LateRecord, Record, Run, SignOff
from tracker.together import writing_together
from tracker.web import polling
from tracker.web.actions import needs, takes
from tracker.web.answers import wants_fragment
from tracker.web.entrance import seats
from tracker.web.forms import moment, number, unique
from tracker.web.reader import actor, now
from tracker.web.runs.evidence import LARGEST_FORM, take_in
from tracker.web.runs.view import changed_since, view_of

bp = Blueprint("records", __name__)


@bp.post("/runs/<int:run_id>/records")
@needs("run.record")
@takes(LARGEST_FORM)
def record(run_id: int) -> Any:
    """Take one step's record; answer with the steps that changed, and nothing else. The last ends the run."""
    form = request.form
    record_id = unique("id")
    if record_id is None:
        raise InvalidError(N_("This record has no id. Reload the page and try again."))
    device = Device(
        seats.name(form.get("device_id", "")),
        number("device_seq"),
        at=moment("device_at"),
        sent_at=moment("device_now"),
    )
    pieces = take_in(run_id, record_id, device)
    with writing_together() as session:
        found, known, sees = senders.load(session, actor(), now(), run_id, record_id, device)
        before, repeated = loading.states(found), any(entry.id == record_id for entry in found.records)
        entry = recording.record(
            session,
            actor(),
            now(),
            found,
            record_id=record_id,
            step_key=form.get("step", ""),
            kind=form.get("kind", ""),
            value=form.get("value", ""),
            reason=form.get("reason", "").strip() or form.get("quick", ""),
            note=form.get("note", ""),
            cancels=unique("cancels"),
            device=device,
            pieces=pieces,
            known=known,
            before=before,
        )
        ended = isinstance(entry, Record) and not repeated and endings.end(session, actor(), now(), found)
    if not sees:
        return kept(entry)
    if ended:
        return over(found)
    return changed(found, [] if repeated else before, entry)


def over(run: Run) -> Any:
    """The answer to the record with which a run has ended by itself: the page as it is from now on."""
    if wants_fragment():
        return "", 200, {"HX-Refresh": "true"}
    return redirect(url_for("runs.run", run_id=run.id, board=request.args.get("board")), 303)


def kept(entry: Record | LateRecord) -> Any:
    """The answer to whoever has no part in the run any more: it is kept, and nothing of the run."""
    waits = isinstance(entry, LateRecord)
    if wants_fragment():
        return render_template("runs/kept.html", waits=waits), 202 if waits else 200
    flash(gettext("Kept. It came late, so a lead decides about it.") if waits else gettext("Kept."), "good")
    return redirect(url_for("today.today"), 303)


def changed(run: Run, before: list[StepState], entry: Record | LateRecord | SignOff) -> Any:
    """The answer to a record or signature: the steps that are not as `before`; all, if that is empty.

    Of what waits for a lead it says so, and is 202 ("accepted for processing").

    A page that says what it has seen is told of all records since, so that no later answer repeats them.
    """
    if wants_fragment() and request.args.get("revision", str(run.revision_id)) != str(run.revision_id):
        return "", 200, {"HX-Refresh": "true"}  # its page shows the steps of the revision before the move
    if not wants_fragment():
        here = view_of(run).current
        return redirect(
            url_for("runs.run", run_id=run.id, board=request.args.get("board"))
            + f"#step-{here.step.position if here else 'end'}",
            303,
        )
    then = changes_since.read(polling.etag_shown())
    if then is not None:
        before = changes_since.states(run, then)
    view, steps = changed_since(run, before, also=entry.step_key or "")
    opens_deviation = isinstance(entry, Record) and entry.kind != "done"
    text = render_template(
        "runs/changed.html",
        view=view,
        changed=steps,
        entry=entry,
        deviations=listing.of_run(db.session(), run) if opens_deviation else None,
    )
    status = 202 if isinstance(entry, LateRecord) else 200
    return text, status, {"HX-Seen": str(then.with_records(run.records))} if then else {}
