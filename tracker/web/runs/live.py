"""What open pages poll for: a run's page for what others do, an SOP's page for how it goes."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, abort, render_template

from tracker.db import db
from tracker.domain import event_kinds as kinds
from tracker.domain.access.owners import owner_of
from tracker.domain.deviations import listing
from tracker.domain.people import directory
from tracker.domain.runs import changes_since, loading
from tracker.domain.work import glance
from tracker.models import Sop
from tracker.web import polling, reader
from tracker.web.actions import needs
from tracker.web.runs import comments
from tracker.web.runs.view import changed_since

bp = Blueprint("live", __name__)

HANDED = {
    kind.kind
    for kind in (
        *(kinds.RunAssigned, kinds.RunClaimed, kinds.RunTakenOver, kinds.RunAccepted),
        *(kinds.RunPaused, kinds.RunResumed),
    )
}
"""Events after which others than before may work on a run, or nobody."""


@bp.get("/runs/<int:run_id>/live")
@needs("run.see")
def run(run_id: int) -> Any:
    """The steps that changed since what the page shows, who did it, and what else has become of the run."""
    loading.find(db.session(), reader.actor(), run_id, "run.see")
    now_is = changes_since.mark(
        db.session(), run_id
    )  # read the mark first: what happens meanwhile is then sent once more, not lost
    return polling.live(str(now_is), lambda: _since(run_id))


def _since(run_id: int) -> str:
    session = db.session()
    run = loading.load(session, reader.actor(), run_id, "run.see")
    then = changes_since.read(polling.etag_shown())
    since = changes_since.events(session, run, then) if then else []
    others = reader.actor().id
    moved = [event for event in since if event.kind.startswith("run.")]
    ended = run.state != "open" or any(event.kind == kinds.RunMoved.kind for event in moved)
    handed = any(event.kind in HANDED for event in moved)  # another may do the steps now: all look different
    before = changes_since.states(run, then, since) if then and not handed else []
    view, changed = changed_since(run, before)
    return render_template(
        "runs/live.html",
        view=view,
        changed=[] if ended else changed,
        records=[r for r in changes_since.records(run, then) if r.person_id != others] if then else [],
        events=[e for e in since if e.person_id != others and e.kind.startswith(("step.", "comment."))],
        moved=moved[-1:],
        said=comments.said(run) if any(e.kind == kinds.CommentAdded.kind for e in since) else None,
        names=directory.names(session),
        deviations=listing.of_run(session, run),
        now=reader.now(),
    )


@bp.get("/live/sops/<sop_id>")
@needs("sop.glance")
def sop(sop_id: str) -> Any:
    """The strip on an SOP's page of the site, and the marks at its weak steps."""
    session = db.session()
    row = session.get(Sop, sop_id)
    if row is None:
        abort(404)
    text = render_template(
        "library/glance.html",
        sop=row,
        owner=owner_of(session, row),
        glance=glance.glance(session, reader.actor(), reader.now(), row),
    )
    return polling.live(hashlib.sha256(text.encode()).hexdigest()[:16], lambda: text)


@bp.get("/live/bar")
@needs("sop.glance")
def bar() -> Any:
    """The entries of the bar, as every page of the tracker has them, for the bar of the site."""
    return render_template("bar.html")
