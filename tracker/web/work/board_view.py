"""What the board shows, by the filters that stand in its address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request
from sqlalchemy.orm import joinedload

from tracker.db import db
from tracker.domain import access
from tracker.domain.runs import assignment, comments, subjects
from tracker.domain.work import board as domain
from tracker.domain.work import board_lines, bulk, lists
from tracker.domain.work.board import Filters
from tracker.errors import N_, InvalidError
from tracker.models import Run
from tracker.sop.text import clean
from tracker.web.forms import row_id
from tracker.web.paging import Page
from tracker.web.reader import actor, now
from tracker.web.work import board_panel

ROWS = 50
"""Runs on one page of the board."""

NAMES = ("state", "sop", "location", "team", "who", "subject")
"""The filters as the address calls them."""


def filters(given: Mapping[str, str], states: tuple[str, ...] = domain.STATES) -> Filters:
    """The filters of an address. Raises InvalidError for what can't be one."""
    state, who, subject = given.get("state", ""), given.get("who", ""), clean(given.get("subject", ""))
    if state not in ("", *states):
        raise InvalidError(
            N_("“%(text)s” is nothing that a run can be. Choose from the board’s first line."),
            text=state[:40],
        )
    if len(subject) > subjects.LONGEST:
        raise InvalidError(N_("Keep the subject below 200 characters."))
    return Filters(
        state=state,
        sop=given.get("sop", "")[:200],
        location=_chosen(given, "location"),
        team=_chosen(given, "team"),
        who=0 if who == "nobody" else _chosen(given, "who"),
        subject=subject,
    )


def _chosen(given: Mapping[str, str], name: str) -> int | None:
    """The number of a row that a list of choices in the address names. Raises InvalidError."""
    text = given.get(name, "")
    id = row_id(text)
    if text and not id:
        raise InvalidError(
            N_("“%(text)s” is none of the choices there are. Choose from the list."), text=text[:40]
        )
    return id


def here(**more: str) -> str:
    """The filters of the address, and the run that is open beside the list, as they stand in an address."""
    return urlencode({name: value for name, value in {**request.args.to_dict(), **more}.items() if value})


def of_form() -> dict[str, str]:
    """The address of the board that a form was sent from, by its names."""
    return parsed(request.form.get("board", ""))


def parsed(query: str) -> dict[str, str]:
    """What stands in an address after its question mark, by its names."""
    return dict(parse_qsl(query[:2000]))


def query(filters: Filters) -> str:
    """The filters as they stand in an address, always in the same order."""
    given = {name: getattr(filters, name) for name in NAMES}
    given["who"] = "nobody" if filters.who == 0 else filters.who
    return urlencode({name: value for name, value in given.items() if value})


def view() -> dict[str, Any]:
    """What the board shows of the runs."""
    session, moment, page, chosen = db.session(), now(), Page.from_address(ROWS), filters(request.args)
    everybody = domain.tallies(session, actor(), Filters(), moment)
    tallies = domain.tallies(session, actor(), chosen, moment) if chosen.narrow else everybody
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
        "here": here(),
        "home": "board.board",
        "page": page,
        "runs": runs,
        "counted": counted,
        "matching": getattr(counted, chosen.state or "all"),
        "loads": domain.loads(session, actor(), everybody),
        "lines": board_lines.lines(session, runs),
        "aliases": subjects.known_as(session, runs),
        "comments": comments.counted(session, runs),
        "whose_key": assignment.whose_key,
        "due_key": bulk.due_key,
        "now": moment,
        "panel": board_panel.panel(session, runs),
    }


def mark(view: Mapping[str, Any]) -> str:
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
    # "4 min ago" is another text with every minute
    minute = view["now"].replace(second=0, microsecond=0)
    panel = view["panel"] and view["panel"].mark
    parts = [view[name] for name in ("loads", "counted", "lines", "aliases", "comments")]
    shown = (rows, parts, panel, minute)
    return hashlib.blake2b(repr(shown).encode(), digest_size=12).hexdigest()
