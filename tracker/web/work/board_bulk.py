"""Leads: give, cancel or put off many runs of the board at once, the ticked ones or all that match."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from tracker.db import db, write_in_chunks
from tracker.domain import walltime
from tracker.domain.runs import rules
from tracker.domain.work import bulk
from tracker.domain.work.bulk import Act, Seen
from tracker.errors import N_, HoldfastError, InvalidError
from tracker.web import forms, paging, repeats
from tracker.web.actions import needs
from tracker.web.dispatch import whom
from tracker.web.reader import actor, now, zone_of
from tracker.web.spoken import error_text
from tracker.web.work import board_view
from tracker.web.work.board_words import LATER

bp = Blueprint("board_bulk", __name__)

AT_A_TIME = 8.0
"""Seconds that one answer works for; then the page says how far it has come, and goes on."""

MOST_TOLD = 5
"""Messages travel in a cookie, which is small; more of them stand on a page of their own."""


@dataclass(slots=True)
class Outcome:
    """What became of the runs that were meant: done, refused and why, and how many are left for later."""

    meant: int
    done: list[int] = field(default_factory=list)
    refused: dict[int, HoldfastError] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return self.meant - len(self.done) - len(self.refused)


@bp.post("/board/assignments")
@needs("run.assign")
def give() -> Any:
    """Give the chosen runs to somebody; each is judged by itself."""
    _must_be_some()
    if not request.form.get("whom"):
        raise InvalidError(N_("Choose whom to give them to: a person, a team, a role or everybody."))
    person, team, role = whom.whom(db.session())  # raises for a wrong form before anything is changed
    found = _act("run.assign", bulk.give(actor(), now(), _to))
    whose = person.name if person else team.name if team else role or gettext("everybody")
    return _answer(
        found,
        lambda n: ngettext(
            "%(num)d run is given to %(whom)s.", "%(num)d runs are given to %(whom)s.", n, whom=whose
        ),
    )


@bp.post("/board/cancellations")
@needs("run.cancel")
def cancel() -> Any:
    """Cancel the chosen runs, with one reason for all of them."""
    _must_be_some()
    reason = rules.why(request.form.get("reason", ""))
    found = _act("run.cancel", bulk.cancel(actor(), now(), reason))
    return _answer(found, lambda n: ngettext("%(num)d run is cancelled.", "%(num)d runs are cancelled.", n))


@bp.post("/board/due")
@needs("run.assign")
def put_due() -> Any:
    """Let the chosen runs be due at a time by the clocks of their places, or so much later."""
    _must_be_some()
    act = _later() if request.form.get("how") == "later" else _at()
    found = _act("run.assign", act)
    return _answer(
        found,
        lambda n: ngettext("%(num)d run has its new due time.", "%(num)d runs have their new due time.", n),
    )


def _later() -> Act:
    minutes = forms.number("later")
    if minutes not in LATER:
        raise InvalidError(N_("Choose from the list by how much later they are due."))
    return bulk.due_later(actor(), now(), timedelta(minutes=minutes), _drawn())


def _at() -> Act:
    text, moment = request.form.get("due", ""), now()
    if not text.strip():
        raise InvalidError(N_("Say when they are due: choose a day and a time."))
    walltime.read(text, zone_of(None), moment)  # raises for what is no time before anything is changed
    return bulk.due_at(actor(), moment, lambda run: walltime.read(text, zone_of(run.location), moment))


def _to(session: Session) -> dict[str, Any]:
    """Whom the form means, as `assignment.assign` takes it."""
    person, team, role = whom.whom(session)
    return {"assignee": person, "team": team, "role": role}


def _must_be_some() -> None:
    if not request.form.get("everything") and not _ticked():
        raise InvalidError(N_("Choose the runs first: tick the box in front of each, then give them."))


def _ticked() -> dict[int, Seen | None]:
    """The runs that were ticked, each as it was when the page was drawn."""
    chosen: dict[int, Seen | None] = {}
    for text in request.form.getlist("run")[: board_view.ROWS]:
        number, _, seen = text.partition("|")
        whose, _, due = seen.rpartition("|")  # a role may have such a line in its name, a moment has none
        if id := forms.row_id(number):
            chosen[id] = Seen(whose, due)
    return chosen


def _act(action: str, act: Act) -> Outcome:
    """Do `act` to the ticked runs, or to all that match, as far as the time of one answer reaches."""
    chosen = _ticked()
    if request.form.get("everything"):
        filters = board_view.filters(board_view.of_form())
        chosen = dict.fromkeys(bulk.all_that_match(db.session(), actor(), filters, _drawn()))
        act = bulk.still_matching(act, filters, now())
    found = Outcome(len(chosen))
    write_in_chunks(_for_a_while(bulk.units(actor(), action, chosen, act, found.refused, found.done)))
    return found


def _drawn() -> datetime:
    """When the page that the form is from was drawn."""
    return min(forms.moment("drawn") or now(), now())


def _for_a_while(units: Iterator[Callable[[Session], Any]]) -> Iterator[Callable[[Session], Any]]:
    until = time.monotonic() + AT_A_TIME
    for unit in units:
        yield unit
        if time.monotonic() > until:
            return


def _answer(found: Outcome, say: Callable[[int], str]) -> Any:
    """Back to the list, where it is said; or a page that says it, where it is much or not all is done yet."""
    back = paging.with_filters("board.board", board_view.of_form())
    if found.left or len(found.refused) > MOST_TOLD:
        repeats.leads_to(back)
        return render_template(
            "work/board_bulk_done.html",
            found=found,
            back=back,
            told=say(len(found.done)) if found.done else "",
            refused=_named(found.refused),
            again=[(name, value) for name, value in request.form.items(multi=True) if name not in _OWN],
        )
    if found.done:
        flash(say(len(found.done)), "good")
    for number, error in found.refused.items():
        flash(
            gettext("Run %(number)s is as it was. %(why)s", number=number, why=error_text(error)), "problem"
        )
    return redirect(back, 303)


_OWN = ("csrf_token", repeats.FIELD)


def _named(refused: dict[int, HoldfastError]) -> list[tuple[int, str]]:
    return [(number, error_text(error)) for number, error in refused.items()]
