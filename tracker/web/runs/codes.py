"""QR codes to print: they open an SOP to start, or a run, with any phone's camera."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple
from urllib.parse import urlsplit

import segno
from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from tracker.db import db
from tracker.domain.library import catalogue
from tracker.domain.runs import loading, subjects
from tracker.errors import N_, NotFoundError
from tracker.models import Run, Sop
from tracker.web import hosts
from tracker.web.actions import needs
from tracker.web.policy import from_people
from tracker.web.reader import actor
from tracker.web.spoken import subject_name

bp = Blueprint("codes", __name__)


class Card(NamedTuple):
    """One code with the words around it."""

    title: str
    about: str
    more: str
    address: str
    code: Markup


@bp.get("/start/<sop_id>/qr")
@needs("run.start")
def sop_code(sop_id: str) -> Response:
    """The code that opens the start of an SOP, as an image."""
    return _image(_start_of(catalogue.in_force(db.session(), sop_id).sop))


@bp.get("/runs/<int:run_id>/qr")
@needs("run.see")
def run_code(run_id: int) -> Response:
    """The code that opens a run, as an image."""
    return _image(_address_of(loading.load(db.session(), actor(), run_id, "run.see")))


@bp.get("/start/<sop_id>/sheet")
@needs("run.start")
def sop_sheet(sop_id: str) -> str:
    """A sheet to hang up where the SOP is done."""
    sop = catalogue.in_force(db.session(), sop_id).sop
    return _sheet([_of_sop(sop)], sop.title, url_for("start.start_page", sop_id=sop.id))


@bp.get("/runs/<int:run_id>/sheet")
@needs("run.see")
def run_sheet(run_id: int) -> str:
    """A label to stick on what the run is about."""
    run = loading.load(db.session(), actor(), run_id, "run.see")
    more = ", ".join(subjects.aliases_of(db.session(), run.subject_kind, run.subject_ref))
    address = _address_of(run)
    card = Card(run.sop.title, subject_name(run), more, address, code(address))
    return _sheet([card], run.sop.title, url_for("runs.run", run_id=run.id))


@bp.get("/sheets")
@needs("sop.find")
def area_sheets() -> str:
    """A code for every SOP of an area."""
    area = request.args.get("area", "")
    sops = [sop for sop in catalogue.startable(db.session(), actor()) if sop.area == area]
    if not sops:
        raise NotFoundError(N_("There is no SOP that you may start in the area “%(area)s”."), area=area)
    return _sheet([_of_sop(sop) for sop in sops], area, url_for("search.search"))


def code(address: str) -> Markup:
    """The QR code of an address, black on white in every scheme; level M survives a scratch."""
    made = segno.make(address, error="m", micro=False)
    return Markup(made.svg_inline(omitsize=True, light="#fff", svgclass=None, lineclass=None))


def _sheet(cards: list[Card], title: str, back: str) -> str:
    only_here = hosts.is_loopback(urlsplit(hosts.origin()).hostname or "")
    return render_template("runs/codes.html", cards=cards, title=title, back=back, only_here=only_here)


def _of_sop(sop: Sop) -> Card:
    meta, address = catalogue.meta(sop), _start_of(sop)
    return Card(sop.title, meta.description or "", sop.area, address, code(address))


def _start_of(sop: Sop) -> str:
    return hosts.origin() + url_for("start.start_page", sop_id=sop.id)


def _address_of(run: Run) -> str:
    return hosts.origin() + url_for("runs.run", run_id=run.id)


def _image(address: str) -> Response:
    made = segno.make(address, error="m", micro=False)
    drawn = BytesIO()
    made.save(drawn, kind="svg", scale=8, light="#fff")
    return from_people(Response(drawn.getvalue(), mimetype="image/svg+xml"))
