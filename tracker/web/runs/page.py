"""Staff: the page of a run, and taking or closing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from tracker.db import db, writing
from tracker.domain import events
from tracker.domain.deviations import listing
from tracker.domain.evidence import pieces as evidence_pieces
from tracker.domain.people import directory
from tracker.domain.records import amending, kept_late, late_records, sequences
from tracker.domain.runs import (
    assignment,
    changes_since,
    lifecycle,
    loading,
    moving,
    signatures,
    subjects,
)
from tracker.domain.runs import words as runs_words
from tracker.domain.runs.progress import untouched
from tracker.web.actions import needs
from tracker.web.answers import wants_fragment
from tracker.web.policy import WEBASSEMBLY
from tracker.web.reader import actor, now
from tracker.web.runs import comments, definition, handover
from tracker.web.runs.view import at_its_step, reading_of, view_of

bp = Blueprint("runs", __name__)


@bp.get("/runs/<int:run_id>")
@needs("run.see")
def run(run_id: int) -> Any:
    """Work through a run; this address is printed on paper and never changes."""
    loaded = loading.load(db.session(), actor(), run_id, "run.see")
    shown = changes_since.mark(db.session(), run_id)
    view = view_of(loaded, request.args.get("at"))
    if view.scans or view.leads_on:
        g.also_allowed = WEBASSEMBLY
    asked = next((state for state in view.states if state.step.key == view.at), None)
    if wants_fragment() and asked:
        return render_template("runs/one_step.html", view=view, state=asked)
    deviations = listing.of_run(db.session(), loaded)
    return render_template(
        "runs/run.html",
        view=view,
        deviations=deviations,
        amendments=amending.of(db.session(), loaded),
        kept_late=kept_late.of_run(db.session(), actor(), now(), loaded),
        handing=handover.choices(loaded),
        aliases=view.aliases,
        now=now(),
        said=comments.said(loaded),
        seen=shown,
        definition=definition.of_page if definition.is_needed(view) else None,
    )


@bp.post("/runs/<int:run_id>/aliases")
@needs("run.record")
def aliases(run_id: int) -> Any:
    """Add another name of what the run is about, or take one back."""
    add, remove = request.form.get("alias", ""), request.form.get("remove", "")
    with writing() as session:
        run_row = loading.load(session, actor(), run_id, "run.record", lock=True)
        if remove:
            subjects.remove_alias(session, actor(), now(), run_row, remove)
        else:
            subjects.add_alias(session, actor(), now(), run_row, add)
    return redirect(url_for("runs.run", run_id=run_id), 303)


@bp.post("/runs/<int:run_id>/claim")
@needs("run.claim")
def claim(run_id: int) -> Any:
    """Take a run that is open to my role."""
    with writing() as session:
        loaded = loading.load(session, actor(), run_id, "run.claim", lock=True)
        assignment.claim(session, actor(), now(), loaded)
    return redirect(at_its_step(loaded), 303)


@bp.post("/runs/<int:run_id>/close")
@needs("run.close")
def close(run_id: int) -> Any:
    """Close a run, after a warning that names the steps nobody touched. One that has ended stays as it is."""
    with writing() as session:
        loaded = loading.load(session, actor(), run_id, "run.close", lock=True)
        if loaded.state == "done":
            return redirect(url_for("runs.run", run_id=run_id), 303)
        missing = lifecycle.close(session, actor(), now(), loaded, omit=request.form.getlist("omit"))
    if missing:
        names = [state.step.key for state in untouched(loading.states(loaded))]
        missing = runs_words.states(missing, reading_of(loaded))
        return render_template("runs/close.html", run=loaded, missing=missing, names=names), 409
    return redirect(url_for("runs.run", run_id=run_id), 303)


@bp.get("/runs/<int:run_id>/history")
@needs("run.see")
def history(run_id: int) -> Any:
    """Everything that happened in a run."""
    loaded = loading.load(db.session(), actor(), run_id, "run.see")
    words = reading_of(loaded)
    texts = {key: step.text for key, step in words.steps.items()} if words else {}
    entries = events.history(db.session(), loaded)
    pieces = evidence_pieces.of_run(db.session(), loaded)
    return render_template(
        "runs/history.html",
        run=loaded,
        entries=entries,
        said=moving.texts_then(db.session(), loaded, entries),
        evidence=pieces,
        late={str(row.id): row for row in late_records.of_run(db.session(), loaded)},
        gaps=sequences.missing(db.session(), actor(), now(), run=loaded),
        signed={sign_off.digest: sign_off for sign_off in loaded.sign_offs if sign_off.digest},
        doubts=signatures.doubts(loaded, entries, pieces),
        texts=moving.texts(db.session(), loaded) | texts,
        aliases=subjects.aliases_of(db.session(), loaded.subject_kind, loaded.subject_ref),
        names=directory.names(db.session()),
        comments={comment.id: parts for comment, parts in comments.said(loaded).lines},
    )
