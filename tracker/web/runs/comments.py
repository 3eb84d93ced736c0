"""What people say on a run, and whom they can mention there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from tracker.db import db, writing
from tracker.domain.runs import comments, loading
from tracker.models import Comment, Person, Run
from tracker.web.actions import needs
from tracker.web.answers import wants_fragment
from tracker.web.reader import actor, may, now
from tracker.web.runs import way_back

bp = Blueprint("comments", __name__)


@dataclass(frozen=True, slots=True)
class Said:
    """The comments on a run as its page shows them: each with its parts."""

    run: Run
    lines: Sequence[tuple[Comment, Sequence[tuple[str, Person | None]]]]
    may_add: bool


@bp.post("/runs/<int:run_id>/comments")
@needs("run.comment")
def add(run_id: int) -> Any:
    """Say something on a run."""
    began = now()
    with writing() as session:
        run = loading.find(session, actor(), run_id, "run.comment")
        comments.add(session, actor(), now(), run, request.form.get("comment", ""))
    if wants_fragment():
        return render_template("runs/comment_added.html", said=said(run))
    return way_back.after(run_id, began, anchor="comments")


@bp.get("/runs/<int:run_id>/mentions")
@needs("run.comment")
def mentions(run_id: int) -> Any:
    """Whom somebody may mean who has typed the beginning of a name after an @."""
    run = loading.find(db.session(), actor(), run_id, "run.comment")
    people = comments.suggested(db.session(), actor(), run, request.args.get("q", ""))
    return render_template("runs/mentions.html", people=people)


def said(run: Run) -> Said:
    """What was said on a run, for its page."""
    session = db.session()
    found = comments.of_run(session, run)
    people = comments.mentioned(session, found)
    lines = [(comment, list(comments.parts(comment, people))) for comment in found]
    return Said(run, lines, may("run.comment", run))
