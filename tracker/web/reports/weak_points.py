"""Owners: all weak points, and what is being done about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select

from tracker.db import db
from tracker.domain import access
from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts.counts import WEAK
from tracker.domain.signals import shortening
from tracker.domain.weakpoints import listing
from tracker.domain.weakpoints.listing import Wanted
from tracker.errors import N_, InvalidError
from tracker.models import Sop
from tracker.reports.render import csv as as_csv
from tracker.sop.ordering import order_key
from tracker.stats.weakpoints import BANDS
from tracker.web.actions import needs
from tracker.web.answers import download
from tracker.web.paging import Page
from tracker.web.reader import actor, now

bp = Blueprint("weak_points", __name__)

SHOWN = 40
"""Weak points on one page."""


@bp.get("/weak-points")
@needs("report.see")
def page() -> Any:
    """The weak points of a band, what costs most first; those to fix first unless another is asked for."""
    session = db.session()
    counts = listing.counts(session, actor(), _wanted(""))
    band = _one_of("band", BANDS) or next((band for band in BANDS if counts.get(band)), BANDS[0])
    shown = Page.from_address(SHOWN)
    wanted = _wanted(band)
    theirs = select(Sop).where(access.sops_answered_for(actor())).order_by(Sop.title_order)
    sops = session.scalars(theirs).all()
    return render_template(
        "reports/weak_points.html",
        found=listing.weak(session, actor(), wanted, most=SHOWN, after=shown.after),
        wanted=wanted,
        counts=counts,
        flagged=listing.counts(session, actor(), replace(_wanted(""), flagged=True)),
        undecided=listing.undecided(session, actor(), _wanted("")),
        bands=BANDS,
        kinds=WEAK,
        page=shown,
        sops=sops,
        areas=sorted({sop.area for sop in sops if sop.area}, key=order_key),
        shorten=shortening.candidates(session, actor()),
        as_of=facts_counts.as_of(session),
        now=now(),
    )


@bp.get("/weak-points.csv")
@needs("report.export")
def page_csv() -> Any:
    """All weak points that the filters leave, of every band unless one is asked for."""
    band = _one_of("band", BANDS)
    return download(as_csv.weak_points(listing.weak(db.session(), actor(), _wanted(band))), "weak-points.csv")


def _wanted(band: str) -> Wanted:
    given = request.args
    return Wanted(
        band=band,
        area=given.get("area", ""),
        sop=given.get("sop", ""),
        kind=_one_of("kind", WEAK),
        mine=given.get("mine", "") == "yes",
    )


def _one_of(name: str, words: tuple[str, ...]) -> str:
    """The word that the address gives, or "". Raises InvalidError."""
    word = request.args.get(name, "")
    if word and word not in words:
        raise InvalidError(N_("“%(text)s” is none of: %(words)s."), text=word[:40], words=", ".join(words))
    return word
