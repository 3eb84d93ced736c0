"""Scan or type what it is about: the run about it, or all that there is about it and what can be started."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from tracker.db import db
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.runs import subjects, whereabouts
from tracker.domain.work import lists
from tracker.sop.text import clean, fold
from tracker.web import paper
from tracker.web.actions import needs
from tracker.web.paging import Page
from tracker.web.policy import WEBASSEMBLY
from tracker.web.reader import actor, now
from tracker.web.runs import starting
from tracker.web.spoken import kind_first

bp = Blueprint("find", __name__)


@bp.get("/find")
@needs("sop.find")
def find() -> Any:
    """Go to the one open run about what was scanned or typed; else show what there is, and what to start.

    A scanned address of ours, as it is printed on paper, is opened.
    """
    session, query = db.session(), clean(request.args.get("q", ""))[:500]
    if not query:
        return redirect(url_for("today.today"))
    if target := paper.page_of(query):
        return redirect(target)
    every = catalogue.startable(session, actor())
    sought = kind_first(query)
    about = _without_kind(sought, {catalogue.meta(sop).subject for sop in every})
    page = Page.from_address(lists.MOST)
    count, runs = lists.about(session, sought, actor(), after=page.after)
    open_runs = [run for run in runs if run.state == "open"]
    doable = [run for run in open_runs if access.may(actor(), "run.record", run)]
    if len(doable) == 1 and page.number == 1:
        return redirect(url_for("runs.run", run_id=doable[0].id))
    others = lists.heard_of(session, sought, actor()) if page.number == 1 else []
    kinds = {run.subject_kind for run in [*runs, *others] if run.subject_kind}
    fits = [sop for sop in every if _fits(sop, kinds)]
    g.also_allowed = WEBASSEMBLY
    return render_template(
        "work/find.html",
        query=query,
        about=about,
        runs=runs,
        page=page,
        count=count,
        open_runs=open_runs,
        progress=lists.progress(session, open_runs),
        others=whereabouts.of_many(session, others).values(),
        fits=fits,
        other_sops=[sop for sop in every if sop not in fits],
        places=starting.places(),
        aliases=subjects.known_as(session, runs),
        now=now(),
    )


def _fits(sop: Any, kinds: set[str]) -> bool:
    """Whether an SOP is about such a subject; while nobody knows what it is, whether it asks for one."""
    kind = catalogue.meta(sop).subject
    return kind in kinds if kinds else bool(kind)


def _without_kind(query: str, kinds: set[Any]) -> str:
    """“1042” for “order 1042”: people say what they read on the page."""
    first, _, rest = query.partition(" ")
    return rest if rest and fold(first) in {fold(kind) for kind in kinds if kind} else query
