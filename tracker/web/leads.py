"""Leads: what is open and whose it is; assign, take over, override, cancel."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement

from tracker.db import db, new_id, writing
from tracker.domain import access, finding, moving, records, runs, subjects, waiting
from tracker.errors import N_, HoldfastError, InvalidError
from tracker.models import Person, Run
from tracker.reports import csv as as_csv
from tracker.web.pages import actor, download, needs, now, row_id, words

bp = Blueprint("leads", __name__)


@bp.get("/board")
@needs("board.see")
def board() -> Any:
    """Everything open where the lead works; filters stand in the address."""
    conditions = _asked()
    found = finding.runs(db.session(), *conditions)
    return render_template(
        "leads/board.html",
        runs=found,
        counted=finding.open_runs(db.session(), now(), *conditions),
        progress=finding.progress(db.session(), found),
        aliases=subjects.known_as(db.session(), found),
        sops=finding.sops(db.session(), ""),
        people=finding.people(db.session()),
        behind=moving.behind(db.session(), actor()),
        unsigned=sum(state.unsigned for _, state in waiting.waiting_for(db.session(), actor())),
        now=now(),
    )


@bp.get("/board.csv")
@needs("board.see")
def board_csv() -> Any:
    """The same as CSV, all of it."""
    found = finding.runs(db.session(), *_asked(), most=None)
    progress: dict[int, tuple[int, int]] = {}
    for start in range(0, len(found), 500):  # a query has room for so many ids only
        progress |= finding.progress(db.session(), found[start : start + 500])
    return download(as_csv.board(found, progress), "board.csv")


@bp.get("/assign")
@needs("run.assign")
def assign_page() -> Any:
    """Open a run for somebody, or for a role."""
    return _assign_page({"sop": request.args.get("sop", ""), "ref": str(new_id())}, "")


@bp.post("/assign")
@needs("run.assign")
def assign() -> Any:
    form = request.form
    try:
        with writing() as session:
            assignee, role = _whom(session)
            run = runs.start(
                session,
                actor(),
                now(),
                form.get("sop", ""),
                subject=form.get("subject", ""),
                ref=form.get("ref", "")[:64],
                assignee=assignee,
                role=role,
                location=assignee.location if assignee else None,
            )
    except HoldfastError as error:
        return _assign_page(form, words(error)), error.status
    return redirect(url_for("staff.run", run_id=run.id), 303)


@bp.post("/runs/<int:run_id>/assignee")
@needs("run.assign")
def assignee(run_id: int) -> Any:
    """Give an open run to somebody else, or leave it open to a role."""
    with writing() as session:
        found = runs.load(session, actor(), run_id, "run.assign", lock=True)
        person, role = _whom(session)
        runs.assign(session, actor(), now(), found, assignee=person, role=role)
    return redirect(url_for("staff.run", run_id=run_id), 303)


@bp.post("/runs/<int:run_id>/takeover")
@needs("run.take-over")
def take_over(run_id: int) -> Any:
    """Make somebody's run one's own."""
    with writing() as session:
        runs.take_over(
            session, actor(), now(), runs.load(session, actor(), run_id, "run.take-over", lock=True)
        )
    return redirect(url_for("staff.run", run_id=run_id), 303)


@bp.post("/runs/<int:run_id>/cancellation")
@needs("run.cancel")
def cancel(run_id: int) -> Any:
    """Cancel a run, with a reason."""
    with writing() as session:
        found = runs.load(session, actor(), run_id, "run.cancel", lock=True)
        runs.cancel(session, actor(), now(), found, request.form.get("reason", ""))
    return redirect(url_for("staff.run", run_id=run_id), 303)


@bp.post("/runs/<int:run_id>/overrides")
@needs("run.override")
def override(run_id: int) -> Any:
    """Let a run go on past a critical step, with a reason."""
    with writing() as session:
        found = runs.load(session, actor(), run_id, "run.override", lock=True)
        records.override(
            session, actor(), now(), found, request.form.get("step", ""), request.form.get("reason", "")
        )
    return redirect(url_for("staff.run", run_id=run_id), 303)


def _asked() -> list[ColumnElement[bool]]:
    """The runs that the lead reaches, as far as the address's filters let them through."""
    conditions = [access.reachable(actor())]
    if sop_id := request.args.get("sop"):
        conditions.append(Run.sop_id == sop_id)
    who = request.args.get("who", "")
    if who == "nobody":
        conditions.append(Run.assignee_id.is_(None))
    elif person := row_id(who):
        conditions.append(Run.assignee_id == person)
    return conditions


def _whom(session: Any) -> tuple[Person | None, str | None]:
    """Whom the form means: "person:7", "role:picker" or "" for everybody."""
    kind, _, name = request.form.get("whom", "").partition(":")
    if kind == "person":
        person = session.get(Person, row_id(name) or 0)
        if person is None:
            raise InvalidError(N_("There is no such person. Choose one from the list."))
        return person, None
    if kind == "role":
        return None, name[:80]
    return None, None


def _assign_page(given: Any, error: str) -> str:
    return render_template(
        "leads/assign.html",
        given=given,
        error=error,
        sops=finding.sops(db.session(), ""),
        people=finding.people(db.session()),
        roles=finding.roles(db.session()),
    )
