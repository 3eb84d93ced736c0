"""Leads: move one open run, or all of an SOP, to the revision in force, after a look at what that changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from tracker.db import db, write_in_chunks, writing
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.runs import loading, moving
from tracker.errors import ConflictError
from tracker.models import Revision
from tracker.web.actions import needs
from tracker.web.forms import number
from tracker.web.reader import actor, now

AT_A_TIME = 2.0
"""Seconds that one answer moves runs for; then the page says how far it has come, and goes on."""

bp = Blueprint("moving", __name__)


@bp.get("/runs/<int:run_id>/revision")
@needs("run.move")
def one_page(run_id: int) -> Any:
    """What moving a run to the revision in force would keep, add and leave behind."""
    return _one_page(run_id)


@bp.post("/runs/<int:run_id>/revision")
@needs("run.move")
def one(run_id: int) -> Any:
    """Move a run to the revision that was looked at, or show the one in force by now."""
    try:
        with writing() as session:
            run = loading.load(session, actor(), run_id, "run.move", lock=True)
            moving.move(session, actor(), now(), run, _chosen(session, run.sop_id))
    except Outdated:
        return _one_page(run_id, outdated=True), 409
    return redirect(url_for("runs.run", run_id=run_id), 303)


@bp.get("/sops/<sop_id>/open-runs")
@needs("run.move")
def all_page(sop_id: str) -> Any:
    """The same for all open runs of an SOP that the lead reaches, summed."""
    return _all_page(sop_id)


@bp.post("/sops/<sop_id>/open-runs")
@needs("run.move")
def everything(sop_id: str) -> Any:
    """Move all open runs, AT_A_TIME seconds per request. The runs themselves tell which are left to move."""
    session = db.session()
    try:
        revision = _chosen(session, sop_id)
        waiting = moving.numbers_to_move(session, actor(), revision)
        write_in_chunks(_for_a_while(moving.units(actor(), now(), waiting, revision)))
    except (Outdated, ConflictError):
        return _all_page(sop_id, outdated=True), 409
    return redirect(url_for("moving.all_page", sop_id=sop_id, moved=revision.label), 303)


class Outdated(Exception):
    """Another revision is in force than the one that the reader has looked at."""


def _chosen(session: Session, sop_id: str) -> Revision:
    """The revision in force, if it is the one that the form was made for."""
    revision = catalogue.in_force(session, sop_id)
    if revision.id != number("revision"):
        raise Outdated
    return revision


def _for_a_while(units: Iterator[Callable[[Session], Any]]) -> Iterator[Callable[[Session], Any]]:
    until = time.monotonic() + AT_A_TIME
    for unit in units:
        yield unit
        if time.monotonic() > until:
            return


def _one_page(run_id: int, outdated: bool = False) -> str:
    session = db.session()
    run = loading.load(session, actor(), run_id, "run.move")
    revision = catalogue.in_force(session, run.sop_id)
    previews = [] if run.revision_id == revision.id else [moving.preview(session, run, revision)]
    return render_template(
        "runs/moving.html", run=run, revision=revision, previews=previews, outdated=outdated, moved=""
    )


def _all_page(sop_id: str, outdated: bool = False) -> str:
    session = db.session()
    revision = catalogue.in_force(session, sop_id)
    access.require(actor(), "revision.see", revision.sop)
    return render_template(
        "runs/moving.html",
        run=None,
        revision=revision,
        previews=moving.previews(session, actor(), revision),
        outdated=outdated,
        moved=request.args.get("moved", ""),
    )
