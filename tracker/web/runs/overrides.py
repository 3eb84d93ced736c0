"""Leads: let a run go on with a reason, or cancel it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for

from tracker.db import writing
from tracker.domain.records import recording, signing
from tracker.domain.runs import assignment, lifecycle, loading
from tracker.web.actions import needs
from tracker.web.reader import actor, now
from tracker.web.runs import way_back

bp = Blueprint("overrides", __name__)


@bp.post("/runs/<int:run_id>/cancellation")
@needs("run.cancel")
def cancel(run_id: int) -> Any:
    """Cancel a run, with a reason."""
    began = now()
    with writing() as session:
        run = loading.load(session, actor(), run_id, "run.cancel", lock=True)
        assignment.must_be_as_seen(run, request.form.get("seen"))
        lifecycle.cancel(session, actor(), now(), run, request.form.get("reason", ""))
    return way_back.after(run_id, began)


@bp.post("/runs/<int:run_id>/overrides")
@needs("run.override")
def override(run_id: int) -> Any:
    """Let a run go on past a critical step, or be closed without its signature, with a reason."""
    step, reason = request.form.get("step", ""), request.form.get("reason", "")
    with writing() as session:
        run = loading.load(session, actor(), run_id, "run.override", lock=True)
        if step:
            recording.override(session, actor(), now(), run, step, reason)
        else:
            signing.waive(session, actor(), now(), run, reason)
    return redirect(url_for("runs.run", run_id=run_id), 303)
