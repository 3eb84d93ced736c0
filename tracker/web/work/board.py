"""Leads: what is open and whose it is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request

from tracker.db import db
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.people import directory
from tracker.domain.phone import noted_entries
from tracker.domain.records import kept_late, sequences
from tracker.domain.runs import moving
from tracker.domain.work import board as domain
from tracker.domain.work import board_lines, lists, signing_queue, views
from tracker.reports.render import csv as as_csv
from tracker.web.actions import needs
from tracker.web.answers import download
from tracker.web.paging import elsewhere
from tracker.web.polling import live
from tracker.web.reader import actor, now
from tracker.web.work import board_view, board_views
from tracker.web.work.board_view import filters, mark, view
from tracker.web.work.board_words import LATER, STATES, options, said

bp = Blueprint("board", __name__)

MOST_TOLD = 5


@bp.get("/board")
@needs("board.see")
def board() -> Any:
    """Everything open where the lead works; filters stand in the address.

    An address that comes from the other tab leads back there: pages know one address of the board.
    """
    if request.args.get("tab") == "closed":
        return redirect(elsewhere("board_closed.closed", tab=""))
    session, shown, offered = db.session(), view(), choices()
    return render_template(
        "work/board.html",
        **shown,
        **offered,
        states=options(STATES),
        said=said(shown["chosen"], STATES, offered),
        later=options(LATER),
        views=views.of(session, actor()),
        shown_of=board_views.shown,
        query=board_view.query(shown["chosen"]),
        behind=moving.behind(session, actor()),
        to_sign=signing_queue.count(session, actor()).signatures,
        late=noted_entries.to_decide(session, actor()),
        kept_late=kept_late.unseen(session, actor(), now()),
        gaps=sequences.missing(session, actor(), now(), most=MOST_TOLD),
        seen=mark(shown),
    )


@bp.get("/board/live")
@needs("board.see")
def board_live() -> Any:
    """What has changed on a board that is looked at; its filters stand in the address, too."""
    shown = view()
    more = givable if shown["panel"] else dict
    return live(mark(shown), lambda: render_template("work/board_live.html", **shown, **more()))


@bp.get("/board.csv")
@needs("board.export")
def board_csv() -> Any:
    """The same as CSV, all of it."""
    session = db.session()
    matching = domain.matching(filters(request.args), now())
    runs = lists.runs(session, access.reachable(actor()), *matching, most=None)
    lines: dict[int, board_lines.Line] = {}
    for start in range(0, len(runs), 500):  # a query has room for so many ids only
        lines |= board_lines.lines(session, runs[start : start + 500])
    return download(as_csv.board(runs, lines), "board.csv")


def choices() -> dict[str, Any]:
    """What the filters can be chosen from."""
    session = db.session()
    return {
        "sops": catalogue.titles(session),
        "places": [(place.id, place.name) for place in directory.locations(session)],
        "teams": [(team.id, team.name) for team in directory.teams(session)],
        "left": domain.left_behind(session, actor()),
        **givable(),
    }


def givable() -> dict[str, Any]:
    """To whom a run can be given."""
    session = db.session()
    return {
        "givable": directory.teams(session),
        "people": directory.people(session),
        "roles": directory.roles(session),
    }
