"""Owners: the revisions of an SOP, what changed, and whether it matters."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from tracker.db import alone, db, writing
from tracker.domain.library import reviews
from tracker.domain.library import revisions as library_revisions
from tracker.domain.library import revisions as sop_revisions
from tracker.models import Event
from tracker.sop.around import sentence
from tracker.sop.changes import places, sentences
from tracker.sop.excerpts import parts
from tracker.web import versions
from tracker.web.actions import needs
from tracker.web.forms import number, row_id
from tracker.web.library import loading
from tracker.web.reader import actor, now
from tracker.web.versions import Shown

bp = Blueprint("revisions", __name__)


@bp.get("/sops/<sop_id>/revisions")
@needs("revision.see")
def revisions(sop_id: str) -> Any:
    """What each revision of an SOP has changed, latest first."""
    session = db.session()
    sop, _ = loading.load(sop_id, "revision.see")
    rows = sop_revisions.latest(session, sop, before=row_id(request.args.get("before", "")), most=21)
    pairs = list(zip_longest(rows[:20], rows[1:21]))
    return render_template(
        "library/revisions.html",
        sop=sop,
        entries=[
            (new, sop_revisions.rows(old, new), sop_revisions.beside(old, new)) if old else (new, (), ())
            for new, old in pairs
        ],
        earlier=rows[19].number if len(rows) > 20 else None,
        decided=sop_revisions.judgements(session, sop.id),
        **_WORDS,
    )


@bp.get("/sops/<sop_id>/diff")
@needs("revision.see")
def diff(sop_id: str) -> Any:
    """Two revisions side by side; the one in force against the one before it unless others are named."""
    session = db.session()
    sop, _ = loading.load(sop_id, "revision.see")
    last = (sop.in_force.number if sop.in_force else None) or 1
    to = row_id(request.args.get("to", "")) or last
    before = sop_revisions.by_number(session, sop, row_id(request.args.get("from", "")) or max(1, to - 1))
    after = sop_revisions.by_number(session, sop, to)
    return render_template(
        "library/diff.html",
        sop=sop,
        before=before,
        after=after,
        found=sop_revisions.compare(session, sop, before, after),
        made_from=_fields(sop_revisions.judgements(session, sop.id).get(after.number or 0)),
        others=library_revisions.with_runs(session, sop),
        **_WORDS,
    )


@bp.post("/sops/<sop_id>/judgements")
@needs("revision.judge")
@versions.changes
def judge(sop_id: str) -> Any:
    """Keep the owner's decision whether a revision is editorial or material."""
    sop, _ = loading.load(sop_id, "revision.judge")
    revision = number("revision") or 0
    with writing() as session:
        alone(session, f"judgements:{sop.id}")
        versions.check(_fields(sop_revisions.judgements(session, sop.id).get(revision)), f"sop:{sop.id}")
        reviews.judge(session, actor(), now(), sop, revision, request.form.get("judgement", ""))
    compared: dict[str, Any] = {"from": revision - 1, "to": revision}
    return redirect(url_for("revisions.diff", sop_id=sop.id, **compared), 303)


def _fields(decided: Event | None) -> list[Shown]:
    """The form of the decision about a revision as it stands."""
    words = {"editorial": gettext("editorial"), "material": gettext("material")}
    value = decided.data["judgement"] if decided else ""
    return [Shown("judgement", gettext("What the revision is"), value, lambda word: words.get(word, ""))]


_WORDS = {
    "proposed": sop_revisions.proposal,
    "sentences": sentences,
    "sentence": sentence,
    "parts": parts,
    "places": places,
    "asked": sop_revisions.questions,
}
