"""Closed runs with all that was recorded, as a file: for leads where they lead, for owners of their SOPs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import ColumnElement, or_, select

from tracker.db import snapshots
from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.facts.closed import Which
from tracker.errors import N_, InvalidError
from tracker.models import Run, Sop
from tracker.reports.render import runs as rendered
from tracker.reports.whole_runs import whole_runs
from tracker.web.actions import needs
from tracker.web.answers import download_in_pieces
from tracker.web.reader import actor, zone_of
from tracker.web.reports import closed
from tracker.web.reports.formats import WORDS, formats, usual

bp = Blueprint("downloads", __name__)


@bp.get("/closed-runs/download")
@needs("run.export")
def page() -> Any:
    """Choose the days and the format of a download."""
    return render_template("reports/download.html", which=closed.asked(), formats=formats(), usual=usual())


@bp.get("/closed-runs/records")
@needs("run.export")
def records() -> Any:
    """The closed runs that the address asks for, of those that the reader may see, with every record."""
    which, wanted = closed.asked(), request.args.get("as") or usual()
    if wanted not in WORDS:
        raise InvalidError(N_("“%(text)s” is none of: %(words)s."), text=wanted[:40], words=", ".join(WORDS))
    runs = whole_runs(snapshots(), _theirs(actor()), which, zone_of(None))
    if wanted == rendered.JSON_LINES:
        return download_in_pieces(rendered.as_json_lines(runs), _name(which, "jsonl"), "application/jsonl")
    pieces = rendered.as_csv(runs, rendered.FORMATS[wanted])
    return download_in_pieces(pieces, _name(which, "csv"), "text/csv")


def _theirs(person: Actor) -> ColumnElement[bool]:
    """The runs that somebody may take with them: of their reach, and of SOPs whose figures they see."""
    sops = select(Sop.id).where(access.sops_for(person, "report.export"))
    return or_(access.reachable(person), Run.sop_id.in_(sops))


def _name(which: Which, ending: str) -> str:
    days = [day.isoformat() for day in (which.days.since, which.days.until) if day]
    return "-".join(["closed-runs", *filter(None, (which.sop, which.step)), *days]) + f".{ending}"
