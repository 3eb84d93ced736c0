"""Where an act on a run leads: to the run's page, or to the board beside which it was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from tracker.db import db
from tracker.domain import events
from tracker.domain.event_kinds import CommentAdded
from tracker.domain.people import directory
from tracker.models import Comment, Event, Run
from tracker.web import paging
from tracker.web.reader import actor
from tracker.web.spoken import event_sentence, subject_name


def after(run_id: int, began: datetime, anchor: str | None = None) -> Any:
    """The answer to a form about a run: back to the list that it was sent from, where is said what was done.

    `began`: when the request began to act. `anchor`: the place on the run's page. Forms of the board carry
    its address in their field `board`.
    """
    if "board" not in request.form:
        return redirect(url_for("runs.run", run_id=run_id, _anchor=anchor), 303)
    _tell(run_id, began)
    return redirect(paging.with_filters("board.board", dict(parse_qsl(request.form["board"][:2000]))), 303)


def _tell(run_id: int, began: datetime) -> None:
    """Say on the next page what has just been done, in the words of the run's history."""
    session = db.session()
    run, me = session.get_one(Run, run_id), actor()
    name, written = subject_name(run) or run.sop.title, events.since(session, f"run:{run_id}", began, me.id)
    if not written:
        flash(gettext("%(run)s is as it was: nothing was different.", run=name), "good")
        return
    people = directory.names(session)
    what = "; ".join(f"{event_sentence(event, people, {}, run.location)}{_words(event)}" for event in written)
    flash(gettext("%(run)s: %(name)s %(what)s.", run=name, name=me.holder.name, what=what), "good")


def _words(event: Event) -> str:
    """What was said, where somebody said something: its sentence ends before that."""
    if event.kind != CommentAdded.kind:
        return ""
    return f" {db.session.get_one(Comment, event.data['comment']).text.rstrip('.')}"
