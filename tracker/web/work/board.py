"""Leads: what is open and whose it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext
from sqlalchemy.orm import joinedload

from tracker.db import db, write_in_chunks
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.people import directory
from tracker.domain.records import late_records, sequences
from tracker.domain.runs import assignment, moving, subjects
from tracker.domain.runs.progress import Tally
from tracker.domain.work import board as domain
from tracker.domain.work import lists, queue
from tracker.errors import N_, HoldfastError, InvalidError
from tracker.models import Run
from tracker.reports.render import csv as as_csv
from tracker.sop.text import clean
from tracker.web.actions import needs
from tracker.web.answers import download
from tracker.web.dispatch import whom
from tracker.web.forms import row_id
from tracker.web.paging import Page, elsewhere
from tracker.web.polling import live
from tracker.web.reader import actor, now
from tracker.web.spoken import error_text

bp = Blueprint("board", __name__)

ROWS = 50
"""Runs on one page of the board."""

MOST_TOLD = 5


@bp.get("/board")
@needs("board.see")
def board() -> Any:
    """Everything open where the lead works; filters stand in the address."""
    session = db.session()
    view = _view()
    return render_template(
        "work/board.html",
        **view,
        sops=catalogue.titles(session),
        places=[(place.id, place.name) for place in directory.locations(session)],
        teams=[(team.id, team.name) for team in directory.teams(session)],
        givable=directory.teams(session),
        people=directory.people(session),
        left=domain.left_behind(session, actor()),
        roles=directory.roles(session),
        behind=moving.behind(session, actor()),
        to_sign=queue.count(session, actor()).signatures,
        late=late_records.counted(session, actor()),
        gaps=sequences.missing(session, actor(), now(), most=MOST_TOLD),
        seen=_mark(view),
    )


@bp.get("/board/live")
@needs("board.see")
def board_live() -> Any:
    """What has changed on a board that is looked at; its filters stand in the address, too."""
    view = _view()
    return live(_mark(view), lambda: render_template("work/board_live.html", **view))


@bp.get("/board.csv")
@needs("board.export")
def board_csv() -> Any:
    """The same as CSV, all of it."""
    session = db.session()
    matching = domain.matching(filters(), now())
    runs = lists.runs(session, access.reachable(actor()), *matching, most=None)
    progress: dict[int, Tally] = {}
    held: dict[int, domain.Held] = {}
    for start in range(0, len(runs), 500):  # a query has room for so many ids only
        progress |= lists.progress(session, runs[start : start + 500])
        held |= domain.holding(session, runs[start : start + 500])
    return download(as_csv.board(runs, progress, held), "board.csv")


@bp.post("/board/assignments")
@needs("run.assign")
def give() -> Any:
    """Give the runs that were chosen on the board to somebody; each is judged by itself."""
    # each value names the run and whose it was when the page was drawn
    ticked = [text.partition("|") for text in request.form.getlist("run")]
    chosen = {number: seen for text, _, seen in ticked[:ROWS] if (number := row_id(text))}
    if not chosen:
        raise InvalidError(N_("Choose the runs first: tick the box in front of each, then give them."))
    if not request.form.get("whom"):
        raise InvalidError(N_("Choose whom to give them to: a person, a team, a role or everybody."))
    person, team, role = whom.whom(db.session())  # raises for a wrong form before anything is changed
    refused: dict[int, HoldfastError] = {}
    write_in_chunks(domain.give(actor(), now(), chosen, _to, refused))
    given = len(chosen) - len(refused)
    if given:
        whose = person.name if person else team.name if team else role or gettext("everybody")
        flash(
            ngettext(
                "%(num)d run is given to %(whom)s.", "%(num)d runs are given to %(whom)s.", given, whom=whose
            ),
            "good",
        )
    for number, error in list(refused.items())[:MOST_TOLD]:  # messages travel in a cookie, which is small
        flash(
            gettext("Run %(number)s is as it was. %(why)s", number=number, why=error_text(error)), "problem"
        )
    if len(refused) > MOST_TOLD:
        flash(gettext("So are %(num)s others.", num=len(refused) - MOST_TOLD), "problem")
    return redirect(elsewhere("board.board"), 303)


def filters() -> domain.Filters:
    """The filters that the address names. Raises InvalidError for what can't be one."""
    given = request.args
    state, who, subject = (
        given.get("state", ""),
        given.get("who", ""),
        clean(given.get("subject", "")),
    )
    if state not in ("", *domain.STATES):
        raise InvalidError(
            N_("“%(text)s” is nothing that a run can be. Choose from the board’s first line."),
            text=state[:40],
        )
    if len(subject) > subjects.LONGEST:
        raise InvalidError(N_("Keep the subject below 200 characters."))
    return domain.Filters(
        state=state,
        sop=given.get("sop", "")[:200],
        location=_chosen("location"),
        team=_chosen("team"),
        who=0 if who == "nobody" else _chosen("who"),
        subject=subject,
    )


def _chosen(name: str) -> int | None:
    """The number of a row that a list of choices in the address names. Raises InvalidError."""
    text = request.args.get(name, "")
    id = row_id(text)
    if text and not id:
        raise InvalidError(
            N_("“%(text)s” is none of the choices there are. Choose from the list."), text=text[:40]
        )
    return id


def _view() -> dict[str, Any]:
    """What the board shows of the runs, by the filters of the address."""
    session, moment, page, chosen = db.session(), now(), Page.from_address(ROWS), filters()
    tallies = domain.tallies(session, actor(), chosen, moment)
    runs = lists.runs(
        session,
        access.reachable(actor()),
        *domain.matching(chosen, moment),
        most=page.size,
        after=page.after,
        options=[joinedload(Run.offered_to)],
    )
    counted = domain.together(tallies, chosen)
    return {
        "chosen": chosen,
        "page": page,
        "runs": runs,
        "counted": counted,
        "matching": getattr(counted, chosen.state or "all"),
        "loads": domain.loads(session, actor(), tallies),
        "progress": lists.progress(session, runs),
        "held": domain.holding(session, runs),
        "aliases": subjects.known_as(session, runs),
        "whose_key": assignment.whose_key,
        "now": moment,
    }


def _mark(view: Mapping[str, Any]) -> str:
    """A short mark of all that a board shows: another one means that something is different."""
    rows = [
        (
            run.id,
            run.assignee_id,
            bool(run.assignee and run.assignee.disabled_at),
            run.team_id,
            run.role,
            run.offered_to_id,
            run.paused_at,
            run.due_at,
            run.unsigned,
            bool(run.due_at and run.due_at < view["now"]),
        )
        for run in view["runs"]
    ]
    shown = (rows, view["loads"], view["counted"], view["progress"], view["held"], view["aliases"])
    return hashlib.blake2b(repr((shown, view["now"].date())).encode(), digest_size=12).hexdigest()


def _to(session: Any) -> dict[str, Any]:
    """Whom the form means, as `assignment.assign` takes it."""
    person, team, role = whom.whom(session)
    return {"assignee": person, "team": team, "role": role}
