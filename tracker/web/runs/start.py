"""Staff: say what a run is about, and start it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from tracker.db import db, new_id
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.runs import (
    lifecycle,
    one_open_run,
    recovery,
    subjects,
)
from tracker.domain.work import today
from tracker.errors import AlreadyOpenError, AmbiguousError, InvalidError
from tracker.models import Location, Run, subject_key
from tracker.sop.text import clean
from tracker.together import writing_together
from tracker.web import answers, paper
from tracker.web.actions import needs
from tracker.web.forms import row_id
from tracker.web.policy import WEBASSEMBLY
from tracker.web.reader import actor, now, person
from tracker.web.runs import starting
from tracker.web.runs.view import at_its_step
from tracker.web.spoken import error_text, kind_first

bp = Blueprint("start", __name__)


@bp.get("/start")
@needs("run.start")
def choose() -> Any:
    """All SOPs that the reader may start, what they used last first."""
    g.also_allowed = WEBASSEMBLY
    every = catalogue.startable(db.session(), actor())
    used = today.last_used(db.session(), actor(), every)
    return render_template(
        "runs/choose.html",
        count=len(every),
        used=used,
        others=[sop for sop in every if sop not in used],
        places=starting.places(),
    )


@bp.get("/start/<sop_id>")
@needs("run.start")
def start_page(sop_id: str) -> Any:
    """Ask what the run is about; this address is printed on paper and never changes.

    Where that is said already, one press starts it.
    """
    origin = _origin()
    subject, again = _about(sop_id, origin, request.args.get("subject", "")), None
    if subject and not origin:
        kind = one_open_run.subject_kind(catalogue.in_force(db.session(), sop_id), None)
        again = one_open_run.already_open(db.session(), sop_id, subject, kind)
    return _start_page(sop_id, subject, str(new_id()), origin, again=again)


@bp.post("/start/<sop_id>")
@needs("run.start")
def start(sop_id: str) -> Any:
    """Start a run. What was scanned and is an address of ours is opened; so is, where the form says that it
    `goes` there, a run of the reader that is open about the same.
    """
    said, ref = request.form.get("subject", ""), request.form.get("ref", "")[:64]
    if target := paper.page_of(clean(said)):
        return _to(target)
    origin = _origin()
    subject = _about(sop_id, origin, said)
    try:
        with writing_together() as session:
            run = lifecycle.start(
                session,
                actor(),
                now(),
                sop_id,
                subject=subject,
                ref=ref,
                assignee=person(),
                location=_where(session),
                origin=origin,
                anyway=request.form.get("anyway") == "1",
            )
    except AlreadyOpenError as error:
        again = db.session().get_one(Run, error.run)
        if request.form.get("goes") and access.may(actor(), "run.record", again):
            return _to(at_its_step(again))
        return _start_page(sop_id, subject, ref, origin, again=again), error.status
    except (InvalidError, AmbiguousError) as error:
        return _start_page(sop_id, subject, ref, origin, error=error_text(error)), error.status
    other = subjects.plain(subject)
    alias = other if subject_key(other, run.subject_kind) != run.subject_key else None
    return _to(url_for("runs.run", run_id=run.id, said=alias), run.id)


def _to(address: str, run: int | None = None) -> Any:
    """Lead to the address; a script that sends the form is told it, so that it can go there by itself, and
    the number of the run that was started for it.
    """
    if answers.wants_json():
        return {"address": address, "run": run}
    return redirect(address, 303)


def _start_page(
    sop_id: str,
    subject: str,
    ref: str,
    origin: tuple[Run, str] | None,
    *,
    error: str = "",
    again: Run | None = None,
) -> str:
    revision = catalogue.in_force(db.session(), sop_id)
    g.also_allowed = WEBASSEMBLY
    return render_template(
        "runs/start.html",
        revision=revision,
        kind=one_open_run.subject_kind(revision, origin and origin[0]),
        subject=subject,
        ref=ref,
        origin=origin,
        again=again,
        locations=[] if origin else starting.places(),
        mine=again is not None and access.may(actor(), "run.see", again),
        error=error,
    )


def _about(sop_id: str, origin: tuple[Run, str] | None, said: str) -> str:
    """What the run is about, without its kind before it as the reader's pages name that: "Auftrag 7" is 7.

    Its twin on a phone is in `static/phone/start.js`.
    """
    about = kind_first(said)
    if about == said:
        return said
    kind = one_open_run.subject_kind(catalogue.in_force(db.session(), sop_id), origin and origin[0])
    return about.removeprefix(f"{kind} ") if about.startswith(f"{kind} ") else said


def _where(session: Any) -> Location | None:
    """The location that somebody chose who works everywhere; others start where they work."""
    chosen = row_id(request.form.get("location", "")) if person().location_id is None else None
    return session.get(Location, chosen) if chosen else None


def _origin() -> tuple[Run, str] | None:
    """The run and step whose recovery leads here."""
    origin = recovery.origin(
        db.session(), row_id(request.values.get("from", "")), request.values.get("step", "")
    )
    if origin is not None:
        access.require(actor(), "run.see", origin[0])
    return origin
