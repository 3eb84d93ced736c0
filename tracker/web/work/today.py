"""Staff: what is mine, what is open to me, who has what else, what I have finished, and the next one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from tracker.db import db, writing
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.phone import noted_entries
from tracker.domain.runs import subjects
from tracker.domain.runs.handover import offered_to
from tracker.domain.work import lists, signing_queue
from tracker.domain.work import today as domain
from tracker.errors import N_, InvalidError
from tracker.models import Run
from tracker.sop.text import clean
from tracker.web.actions import needs
from tracker.web.paging import Page
from tracker.web.policy import WEBASSEMBLY
from tracker.web.polling import live
from tracker.web.reader import actor, now, voice
from tracker.web.runs import starting
from tracker.web.runs.view import at_its_step, view_of
from tracker.web.spoken import kind_first

bp = Blueprint("today", __name__)

MANY = 100
"""Runs on a page of one's own, or of those open to one, for who asks for more than the first."""

MOST_TO_START = 24
"""SOPs that Today offers to start where nothing else is to be done; the others are found."""

MOST_USED = 3
"""SOPs that were used last, of which Today offers another run at its top."""

FEW = 8
"""Runs that Today shows of what others have, and of what was finished today."""


@bp.get("/")
@needs("run.start")
def today() -> Any:
    """My runs, late first, and those open to me; filters stand in the address."""
    g.also_allowed = WEBASSEMBLY
    session, view = db.session(), _view()
    library = catalogue.startable(session, actor())
    busy = bool(view["mine"])
    return render_template(
        "work/today.html",
        **view,
        library=library[:MOST_TO_START] if not busy else [],
        more=len(library) > MOST_TO_START,
        used=domain.last_used(session, actor(), library)[:MOST_USED],
        places=starting.places(),
        closed_to_me=not busy and not library and bool(catalogue.count(session)),
        seen=_mark(view),
    )


@bp.get("/today/live")
@needs("run.start")
def today_live() -> Any:
    """What has changed on a Today that is looked at; its filters stand in the address, too."""
    view = _view()
    return live(_mark(view), lambda: render_template("work/today_live.html", **view))


@bp.post("/next")
@needs("run.claim")
def take_next() -> Any:
    """Take the run that is due first of those open to me, as the filter has it; of an SOP `first` before."""
    chosen = wanted(request.form)
    with writing() as session:
        conditions = _conditions(chosen)
        run = domain.take_next(session, actor(), now(), request.form.get("first", "")[:200], *conditions)
    if run is None:
        flash(gettext("Nothing is open to you just now."), "good")
        return redirect(url_for("today.today"), 303)
    return redirect(at_its_step(run), 303)


def wanted(given: Mapping[str, str]) -> domain.Wanted:
    """The filter that an address or a form names. Raises InvalidError for what can't be one."""
    text, due = clean(given.get("text", "")), given.get("due", "")
    if due not in ("", *domain.DUE):
        raise InvalidError(
            N_("“%(text)s” is none of the choices there are. Choose from the list."), text=due[:40]
        )
    if len(text) > subjects.LONGEST:
        raise InvalidError(N_("Keep the subject below 200 characters."))
    return domain.Wanted(text=text, sop=given.get("sop", "")[:200], due=due)


def _conditions(chosen: domain.Wanted) -> list[Any]:
    """The filter as conditions on runs; a kind of subject may be written as the pages say it."""
    wanted = replace(chosen, text=kind_first(chosen.text))
    return domain.matching(db.session(), wanted, now(), _tomorrow())


def _view() -> dict[str, Any]:
    """What Today shows of runs."""
    session, moment, own, chosen = db.session(), now(), Run.assignee_id == actor().id, wanted(request.args)
    pages = {"all": _page("all", 12), "open": _page("open", 8)}
    open_of = domain.open_by_sop(session, actor(), moment)
    matching = _conditions(chosen) if open_of else []
    mine = lists.runs(session, own, most=pages["all"].size, after=pages["all"].after)
    open_to_me = _open_to_me(pages["open"], matching) if open_of else []
    others, has_more_others = domain.others(session, actor(), most=FEW)
    finished_counted, finished = domain.finished(session, actor(), _midnight(), most=FEW)
    waiting_counted, first = signing_queue.first(session, actor(), 5)
    going, stands = _going(mine)
    counted = lists.open_runs(session, moment, own)
    return {
        "going": going,
        "stands": stands,
        "mine": mine,
        "counted": counted,
        "open_to_me": open_to_me,
        "open_of": open_of,
        "open_counted": sum(of.all for of in open_of),
        "late_counted": counted.late + sum(of.late for of in open_of),
        "open_matching": _matching(chosen, open_of, matching),
        "chosen": chosen,
        "pages": pages,
        "others": others,
        "has_more_others": has_more_others,
        "may_be_seen": domain.to_be_seen(session, actor(), others),
        "finished": finished,
        "finished_counted": finished_counted,
        "tallies": lists.progress(session, finished),
        "progress": lists.progress(session, [*mine, *open_to_me, *others]),
        "offered": offered_to(session, actor()),
        "waiting": first,
        "waiting_counted": waiting_counted,
        "late": noted_entries.to_decide(session, actor()) if access.may(actor(), "record.accept") else None,
        "now": moment,
    }


def _open_to_me(page: Page, conditions: list[Any]) -> Any:
    session, which = db.session(), access.open_to(actor().holder)
    return lists.runs(session, which, *conditions, most=page.size, after=page.after)


def _matching(chosen: domain.Wanted, open_of: list[domain.Of], conditions: list[Any]) -> int:
    """How many of the runs open to me are as the filter wants them."""
    if not open_of:
        return 0
    if not chosen.text and chosen.due != "today":  # what was counted by SOP says it
        of_sop = [of for of in open_of if chosen.sop in ("", of.sop)]
        return sum(of.late if chosen.due else of.all for of in of_sop)
    return lists.open_runs(db.session(), now(), access.open_to(actor().holder), *conditions).all


def _page(name: str, few: int) -> Page:
    """The page of a list: its first `few`, or MANY at a time once the reader asks for more."""
    return Page.from_address(MANY, name) if request.args.get(name) else Page(1, few)


def _going(mine: Any) -> tuple[Run | None, dict[str, Any]]:
    """The run that the reader is in the middle of, else the first of their own, and the step that is next."""
    begun = lists.in_progress(db.session(), actor())
    run = begun or next((run for run in mine if run.paused_at is None), None)
    if run is None:
        return None, {}
    view = view_of(run)
    turn = view.current
    number = view.numbers[turn.step.key] if turn else ""
    return run, {"state": turn, "number": number, "tally": view.tally, "begun": begun is not None}


def _midnight() -> datetime:
    """When the reader's day has begun, by the clocks where they work."""
    return voice().local(now()).replace(hour=0, minute=0, second=0, microsecond=0)


def _tomorrow() -> datetime:
    return (_midnight() + timedelta(days=1)).replace(fold=0)


def _mark(view: Mapping[str, Any]) -> str:
    """A short mark of all that Today shows of runs: another one means that something is different."""
    shown = [
        (
            run.id, run.assignee_id, run.team_id, run.role, run.paused_at, run.due_at, run.state,
            run.held_by, bool(run.due_at and run.due_at < view["now"]),
        )
        for name in ("mine", "open_to_me", "others", "finished", "offered")
        for run in view[name]
    ]  # fmt: skip
    going = view["going"] and (view["going"].id, view["stands"]["number"], view["stands"]["begun"])
    waiting = [(run.id, state and state.step.key) for run, state in view["waiting"]]
    names = ("counted", "open_of", "open_matching", "has_more_others", "finished_counted", "progress", "late")
    whole = (shown, going, waiting, [view[name] for name in names], view["now"].date())
    return hashlib.blake2b(repr(whole).encode(), digest_size=12).hexdigest()
