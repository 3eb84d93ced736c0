"""A page that shows a run hears what others do to it, while it is looked at."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from tracker.db import db
from tracker.domain import finding, runs, seen
from tracker.web import pages
from tracker.web.pages import needs
from tracker.web.runview import changed_since

bp = Blueprint("live", __name__)


@bp.get("/runs/<int:run_id>/live")
@needs("run.see")
def run(run_id: int) -> Any:
    """The steps that changed since what the page shows, who did it, and what else has become of the run."""
    runs.find(db.session(), pages.actor(), run_id, "run.see")
    now_is = seen.mark(db.session(), run_id)  # before the rest is read: what comes between is told again
    return pages.live(str(now_is), lambda: _since(run_id))


def _since(run_id: int) -> str:
    session = db.session()
    found = runs.load(session, pages.actor(), run_id, "run.see")
    then = seen.read(pages.seen())
    since = seen.events(session, found, then) if then else []
    others = pages.actor().id
    moved = [event for event in since if event.kind.startswith("run.")]
    ended = found.state != "open" or any(event.kind == "run.moved" for event in moved)
    view, changed = changed_since(found, seen.states(found, then, since) if then else [])
    return render_template(
        "staff/live.html",
        view=view,
        changed=[] if ended else changed,
        records=[r for r in seen.records(found, then) if r.person_id != others] if then else [],
        events=[e for e in since if e.person_id != others and e.kind.startswith("step.")],
        moved=moved[-1:],
        names=finding.names(session),
        deviations=finding.deviations(session, found),
        now=pages.now(),
    )
