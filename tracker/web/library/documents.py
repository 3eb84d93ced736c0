"""Owners: every document, how well it is kept, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import select

from tracker.db import db
from tracker.domain import access
from tracker.models import DocumentProblem, Sop
from tracker.sop.parse import area_of
from tracker.web.actions import needs
from tracker.web.reader import actor, person

bp = Blueprint("documents", __name__)


@bp.get("/library")
@needs("library.see")
def library() -> Any:
    """The SOPs in force, and the documents that need mending, of those that the reader answers for."""
    session, theirs = db.session(), access.sops_answered_for(actor())
    published = select(Sop).where(Sop.path.is_not(None)).order_by(Sop.area_order, Sop.title_order)
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
    return access.reaches_all(actor()) or area_of(path) in person().areas
