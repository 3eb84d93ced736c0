"""A run from hand to hand: assigned, offered and answered, taken over, paused, due at another time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.db import db, writing
from tracker.domain import access, walltime
from tracker.domain.people import directory
from tracker.domain.runs import assignment, comments, handover, loading
from tracker.errors import N_, InvalidError
from tracker.models import Run
from tracker.web import versions
from tracker.web.actions import needs
from tracker.web.dispatch import whom as dispatch_whom
from tracker.web.reader import actor, now, zone_of
from tracker.web.runs import way_back
from tracker.web.versions import Shown

bp = Blueprint("handover", __name__)


@bp.post("/runs/<int:run_id>/assignee")
@needs("run.assign")
def assignee(run_id: int) -> Any:
    """Give an open run to somebody else at once, or leave it open to a team, a role or all."""

    def give(session: Session, run: Run) -> None:
        person, team, role = dispatch_whom.whom(session)
        assignment.assign(session, actor(), now(), run, assignee=person, team=team, role=role, seen=_seen())
        _say_with_it(session, run)

    return _changed(run_id, "run.assign", give)


@bp.post("/runs/<int:run_id>/takeover")
@needs("run.take-over")
def take_over(run_id: int) -> Any:
    """Make somebody's run one's own."""
    return _changed(run_id, "run.take-over", lambda session, run: assignment.take_over(
        session, actor(), now(), run, _seen()
    ))  # fmt: skip


@bp.post("/runs/<int:run_id>/offer")
@needs("run.offer")
def offer(run_id: int) -> Any:
    """Ask a person to take the run on."""

    def ask(session: Session, run: Run) -> None:
        person = dispatch_whom.whom(session).person
        if person is None:
            raise InvalidError(N_("Choose a person: a team or a role can’t be asked, it is given the run."))
        handover.offer(session, actor(), now(), run, person, _seen())
        _say_with_it(session, run)

    return _changed(run_id, "run.offer", ask)


@bp.post("/runs/<int:run_id>/offer/acceptance")
@needs("run.answer")
def accept(run_id: int) -> Any:
    """Take on a run that was offered."""
    return _changed(run_id, "run.answer", lambda session, run: handover.accept(session, actor(), now(), run))


@bp.post("/runs/<int:run_id>/offer/refusal")
@needs("run.answer")
def decline(run_id: int) -> Any:
    """Decline a run that was offered: it stays with whoever has it."""
    _change(run_id, "run.answer", lambda session, run: handover.decline(session, actor(), now(), run))
    return redirect(url_for("today.today"), 303)


@bp.post("/runs/<int:run_id>/offer/withdrawal")
@needs("run.offer")
def withdraw(run_id: int) -> Any:
    """Take an offer back."""
    return _changed(run_id, "run.offer", lambda session, run: handover.withdraw(session, actor(), now(), run))


@bp.post("/runs/<int:run_id>/pause")
@needs("run.pause")
def pause(run_id: int) -> Any:
    """Stop work on a run for now, with a reason."""
    reason = request.form.get("reason", "")
    return _changed(run_id, "run.pause", lambda session, run: handover.pause(
        session, actor(), now(), run, reason
    ))  # fmt: skip


@bp.post("/runs/<int:run_id>/resumption")
@needs("run.pause")
def resume(run_id: int) -> Any:
    """Go on with a paused run."""
    return _changed(run_id, "run.pause", lambda session, run: handover.resume(session, actor(), now(), run))


@bp.post("/runs/<int:run_id>/due")
@needs("run.assign")
@versions.changes
def put_due(run_id: int) -> Any:
    """Set when a run is due, in the time of its location."""

    def put(session: Session, run: Run) -> None:
        versions.check(_due_field(run), f"run:{run.id}")
        handover.put_due(session, actor(), now(), run, dispatch_whom.due(run.location))

    return _changed(run_id, "run.assign", put)


def choices(run: Run) -> dict[str, Any]:
    """What the reader may do in the box below a run's steps: assign, offer, answer, pause, set the due
    time."""
    if run.state != "open":
        return {}
    leads = access.may(actor(), "run.assign", run)
    theirs = leads or run.assignee_id == actor().id
    zone = zone_of(run.location)
    return {
        "leads": leads,
        "theirs": theirs,
        "takers": handover.takers(db.session(), actor(), run) if theirs else [],
        "teams": directory.teams(db.session()) if leads else [],
        "seen": assignment.whose_key(run),
        "zone": zone,
        "due": walltime.as_field(run.due_at, zone),
        "due_made_from": _due_field(run),
    }


def _due_field(run: Run) -> list[Shown]:
    """The form of a run's due time as it stands."""
    zone = zone_of(run.location)
    return [Shown("due", gettext("Due"), walltime.as_field(run.due_at, zone))]


def _say_with_it(session: Session, run: Run) -> None:
    """What the form says along with the act, if anything, as a comment on the run."""
    comments.add_if_any(session, actor(), now(), run, request.form.get("comment", ""))


def _seen() -> str:
    """Whose the run was on the page that the form is from; a form that does not say so is refused."""
    return request.form.get("seen", "")


def _changed(run_id: int, action: str, change: Callable[[Session, Run], Any]) -> Any:
    began = now()
    _change(run_id, action, change)
    return way_back.after(run_id, began)


def _change(run_id: int, action: str, change: Callable[[Session, Run], Any]) -> None:
    with writing() as session:
        change(session, loading.load(session, actor(), run_id, action, lock=True))
