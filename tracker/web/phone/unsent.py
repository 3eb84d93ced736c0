"""Runs that were started on a phone and that the server does not know yet: the page to work on them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import or_, select

from tracker.db import db
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.runs import one_open_run
from tracker.errors import N_, ForbiddenError
from tracker.models import Location, Revision, Run
from tracker.web.actions import needs
from tracker.web.reader import actor, now, person
from tracker.web.runs import definition
from tracker.web.runs.view import view_of

bp = Blueprint("unsent", __name__)

_NOBODYS = N_("“%(title)s” is for: %(roles)s. A lead can give you the run, an admin the role.")


@bp.get("/start/<sop_id>/blank")
@needs("run.start")
def blank(sop_id: str) -> Any:
    """The page of a run that nobody has started yet: a phone keeps it, and fills it in offline.

    Nothing is written.
    """
    revision = catalogue.in_force(db.session(), sop_id)
    roles = revision.meta.roles
    if not access.may_run(actor(), roles):
        raise ForbiddenError(_NOBODYS, title=revision.title, roles=", ".join(roles))
    with db.session().no_autoflush:
        view = view_of(_unstarted(revision))
        return render_template(
            "runs/run.html", view=view, deviations=[], amendments=[], handing=None, aliases=[], now=now(),
            seen="", definition=definition.of_page, blank=True,
        )  # fmt: skip


def _unstarted(revision: Revision) -> Run:
    """A run as it would be if the reader started it now; it is in no session, so it can't be kept."""
    me = person()
    place = db.session().get(Location, me.location_id) if me.location_id else None
    return Run(
        id=0, sop_id=revision.sop_id, sop=revision.sop, revision_id=revision.id, revision=revision,
        state="open", subject_kind=one_open_run.subject_kind(revision, None), subject_ref="",
        assignee_id=me.id, assignee=me, location_id=me.location_id, location=place,
        started_by_id=me.id, started_at=now(), late_waiting=0, records=[], overrides=[], sign_offs=[],
    )  # fmt: skip


@bp.get("/runs/ref/<ref>")
@needs("run.start")
def by_ref(ref: str) -> Any:
    """To the run that was started on a phone under this name; until it has come, that it has not.

    Of others' runs nobody learns anything by their names, except of those that they may see.
    """
    query = select(Run.id).where(
        Run.ref == ref, or_(Run.started_by_id == actor().id, access.visible(actor()))
    )
    run = db.session().scalar(query.order_by(Run.started_by_id != actor().id, Run.id).limit(1))
    if run is not None:
        return redirect(url_for("runs.run", run_id=run), 303)
    return render_template("phone/unsent.html", ref=ref), 404
