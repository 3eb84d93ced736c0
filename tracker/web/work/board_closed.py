"""Leads: the runs that are over, with the filters of the board and the days that are chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import and_, select, true
from sqlalchemy.orm import Session, joinedload

from tracker.db import db, snapshots
from tracker.domain.facts import closed as facts_closed
from tracker.domain.facts.closed import Which
from tracker.domain.work import ended, lists
from tracker.models import Run
from tracker.reports.render import csv as as_csv
from tracker.web.actions import needs
from tracker.web.answers import download_in_pieces
from tracker.web.paging import Page
from tracker.web.reader import actor, now
from tracker.web.reports import periods
from tracker.web.work import board, board_panel, board_view
from tracker.web.work.board_words import ENDS, options, said

bp = Blueprint("board_closed", __name__)

USUAL = "7d"
"""What is shown unless another period is asked for: whoever looks here looks for something recent."""

AT_ONCE = 500


@bp.get("/board/closed")
@needs("board.see")
def closed() -> Any:
    """Closed and cancelled runs where the lead works; filters and days stand in the address."""
    session, page = db.session(), Page.from_address(board_view.ROWS)
    chosen, days, choices = _filters(), periods.chosen(USUAL), board.choices()
    found = facts_closed.closed(
        session,
        true(),
        ended.which(chosen, days),
        most=page.size,
        after=page.after,
        runs=ended.conditions(actor(), chosen),
    )
    runs = [row.run for row in found.rows]
    return render_template(
        "work/board_closed.html",
        chosen=chosen,
        days=days,
        page=page,
        found=found,
        runs=runs,
        counted=ended.tally(session, actor(), chosen, days),
        tallies=lists.progress(session, runs),
        panel=board_panel.panel(session, runs),
        home="board_closed.closed",
        here=board_view.here(tab="closed"),
        states=options(ENDS),
        said=said(chosen, ENDS, choices),
        now=now(),
        **choices,
    )


@bp.get("/board/closed.csv")
@needs("board.export")
def closed_csv() -> Any:
    """The same as CSV, all of it."""
    chosen = _filters()
    which, theirs = ended.which(chosen, periods.chosen(USUAL)), and_(*ended.conditions(actor(), chosen))
    pieces = as_csv.in_pieces(as_csv.ENDED, _rows(snapshots()(), theirs, which))
    return download_in_pieces(pieces, "closed-runs.csv", "text/csv")


def _filters() -> Any:
    return board_view.filters(request.args, ended.STATES)


def _rows(session: Session, theirs: Any, which: Which) -> Iterator[Iterable[object]]:
    """Each run as a row, a part of them at a time; the session is closed after the last."""
    after = None
    with session:
        while True:
            ids, after = facts_closed.run_ids(session, theirs, which, most=AT_ONCE, after=after)
            whole = (joinedload(Run.sop), joinedload(Run.location), joinedload(Run.assignee))
            query = select(Run).where(Run.id.in_(ids)).options(*whole, joinedload(Run.closed_by))
            runs = {run.id: run for run in session.scalars(query)}
            outcomes = ended.outcomes(session, ids)
            for id in ids:
                yield as_csv.ended_run(runs[id], outcomes.get(id, {}))
            session.expunge_all()
            if after is None:
                return
