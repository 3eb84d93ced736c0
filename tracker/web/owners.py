"""Owners: what was done, skipped, failed and omitted, per SOP, step and revision."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select

from tracker.db import db, writing
from tracker.domain import access, analytics, ceiling, dependency, people, spotchecks
from tracker.domain import revisions as sop_revisions
from tracker.errors import N_, NotFoundError
from tracker.models import DocumentProblem, Revision, Sop
from tracker.reports import csv as as_csv
from tracker.reports import overview as overviews
from tracker.sop.changes import places, sentences
from tracker.sop.parse import area_of
from tracker.web import signals
from tracker.web.pages import Page, actor, download, needs, now, number, row_id

bp = Blueprint("owners", __name__)

SHOWN = 50
"""SOPs on one page of the overview."""


@bp.get("/overview")
@needs("report.see")
def overview() -> Any:
    """What needs a decision this week; then the areas, and every SOP."""
    session = db.session()
    return render_template(
        "reports/overview.html",
        page=Page.asked(SHOWN),
        found=overviews.overview(session, actor(), now()),
        now=now(),
        unknown=people.unknown_owners(session),
        climbing=[(found.scope, signals.title(found)) for found in ceiling.climbing(session, actor(), 2)],
        key_people=dependency.kept(session, actor()),
        worth=spotchecks.listed(session, actor(), most=1)[0],
        hasty=[(h, signals.hastily(h)) for h in spotchecks.hasty(session, actor())[:2]],
    )


@bp.get("/overview.csv")
@needs("report.export")
def overview_csv() -> Any:
    """Every SOP with what came of its steps, as CSV."""
    return download(as_csv.overview(overviews.sops(db.session(), actor())), "overview.csv")


@bp.get("/sops/<sop_id>/revisions")
@needs("revision.see")
def revisions(sop_id: str) -> Any:
    """What each revision of an SOP has changed, latest first."""
    session = db.session()
    sop, _ = asked(sop_id, "revision.see")
    found = sop_revisions.published(session, sop, before=row_id(request.args.get("before", "")), most=21)
    pairs = list(zip_longest(found[:20], found[1:21]))
    return render_template(
        "library/revisions.html",
        sop=sop,
        entries=[(new, sop_revisions.rows(old, new) if old else ()) for new, old in pairs],
        earlier=found[19].number if len(found) > 20 else None,
        decided=sop_revisions.judgements(session, sop),
        **_WORDS,
    )


@bp.get("/sops/<sop_id>/diff")
@needs("revision.see")
def diff(sop_id: str) -> Any:
    """Two revisions side by side; the one in force against the one before it unless others are named."""
    session = db.session()
    sop, _ = asked(sop_id, "revision.see")
    last = (sop.in_force.number if sop.in_force else None) or 1
    to = row_id(request.args.get("to", "")) or last
    before = sop_revisions.numbered(session, sop, row_id(request.args.get("from", "")) or max(1, to - 1))
    after = sop_revisions.numbered(session, sop, to)
    return render_template(
        "library/diff.html",
        sop=sop,
        before=before,
        after=after,
        found=sop_revisions.compare(session, sop, before, after),
        others=analytics.revisions(session, sop),
        **_WORDS,
    )


@bp.post("/sops/<sop_id>/judgements")
@needs("revision.judge")
def judge(sop_id: str) -> Any:
    """Decide whether a revision is editorial or material."""
    sop, _ = asked(sop_id, "revision.judge")
    revision = number("revision") or 0
    with writing() as session:
        sop_revisions.judge(session, actor(), now(), sop, revision, request.form.get("judgement", ""))
    return redirect(url_for("owners.diff", sop_id=sop.id, to=revision, **{"from": revision - 1}), 303)


_WORDS = {
    "proposed": sop_revisions.proposed,
    "sentences": sentences,
    "places": places,
    "asked": sop_revisions.asked,
}


@bp.get("/library")
@needs("library.see")
def library() -> Any:
    """The SOPs in force, and the documents that need mending, of those that the reader answers for."""
    session, theirs = db.session(), access.answered(actor())
    published = select(Sop).where(Sop.path.is_not(None)).order_by(Sop.area, Sop.title)
    sops = session.scalars(published.where(theirs)).all()
    mine = {sop.path for sop in sops}
    others = set(session.scalars(published.with_only_columns(Sop.path))) - mine
    problems = session.scalars(
        select(DocumentProblem).order_by(
            DocumentProblem.error.desc(), DocumentProblem.path, DocumentProblem.line
        )
    ).all()
    problems = [p for p in problems if p.path in mine or (p.path not in others and _is_of_an_area(p.path))]
    return render_template("library/library.html", sops=sops, problems=problems)


def _is_of_an_area(path: str) -> bool:
    """Whether a document that is no SOP yet belongs to the reader, by its folder."""
    return access.reaches_all(actor()) or area_of(path) in actor().areas


def asked(sop_id: str, action: str) -> tuple[Sop, Revision | None]:
    """The SOP that the address names, if the reader may do `action` to it, and the revision, if any."""
    sop = db.session.get(Sop, sop_id)
    if sop is None:
        raise NotFoundError(N_("There is no SOP “%(id)s”. Search for it by its title."), id=sop_id)
    access.require(actor(), action, sop)
    wanted = request.args.get("revision", "")
    if not wanted:
        return sop, None
    revision = db.session.get(Revision, row_id(wanted) or 0)
    if revision is None or revision.sop_id != sop.id:
        abort(404)
    return sop, revision
