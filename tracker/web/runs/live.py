"""A page that is looked at hears what happens: one with a run what others do, one of an SOP how it goes."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, abort, render_template

from tracker.db import db
from tracker.domain.runs import changes_since, lifecycle
from tracker.domain.work import glance, lists
from tracker.models import Sop
from tracker.web import jinja
from tracker.web.jinja import needs
from tracker.web.runs.view import changed_since

bp = Blueprint("live", __name__)


@bp.get("/runs/<int:run_id>/live")
@needs("run.see")
def run(run_id: int) -> Any:
    """The steps that changed since what the page shows, who did it, and what else has become of the run."""
    lifecycle.find(db.session(), jinja.actor(), run_id, "run.see")
    now_is = changes_since.mark(
        db.session(), run_id
    )  # before the rest is read: what comes between is told again
    return jinja.live(str(now_is), lambda: _since(run_id))


def _since(run_id: int) -> str:
    session = db.session()
    found = lifecycle.load(session, jinja.actor(), run_id, "run.see")
    then = changes_since.read(jinja.seen())
    since = changes_since.events(session, found, then) if then else []
    others = jinja.actor().id
    moved = [event for event in since if event.kind.startswith("run.")]
    ended = found.state != "open" or any(event.kind == "run.moved" for event in moved)
    view, changed = changed_since(found, changes_since.states(found, then, since) if then else [])
    return render_template(
        "staff/live.html",
        view=view,
        changed=[] if ended else changed,
        records=[r for r in changes_since.records(found, then) if r.person_id != others] if then else [],
        events=[e for e in since if e.person_id != others and e.kind.startswith("step.")],
        moved=moved[-1:],
        names=lists.names(session),
        deviations=lists.deviations(session, found),
        now=jinja.now(),
    )


@bp.get("/live/sops/<sop_id>")
@needs("sop.glance")
def sop(sop_id: str) -> Any:
    """The strip on an SOP's page of the site, and the marks at its weak steps."""
    session = db.session()
    found = session.get(Sop, sop_id)
    if found is None:
        abort(404)
    text = render_template(
        "site_live.html", sop=found, glance=glance.glance(session, jinja.actor(), jinja.now(), found)
    )
    return jinja.live(hashlib.sha256(text.encode()).hexdigest()[:16], lambda: text)
