"""A second person looks at what was done, and signs it or sends it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from tracker.db import db, writing
from tracker.domain import access
from tracker.domain.phone import noted_entries
from tracker.domain.records import signing
from tracker.domain.runs import loading
from tracker.domain.runs import words as runs_words
from tracker.domain.runs.progress import StepState
from tracker.domain.work import signing_queue
from tracker.errors import N_, ForbiddenError, HoldfastError, InvalidError
from tracker.models import Person, Record, Run, SignOff
from tracker.web.actions import needs
from tracker.web.entrance.auth import identify
from tracker.web.forms import row_id, unique
from tracker.web.paging import Page
from tracker.web.reader import actor, now
from tracker.web.runs.records import changed
from tracker.web.runs.view import RunView, meaning_of, reading_of, view_of
from tracker.web.spoken import error_text, subject_name

bp = Blueprint("signing", __name__)

SHOWN = 10
"""Things to be signed on one page: each brings its evidence."""

MOST_TO_DO = 20


@dataclass(frozen=True)
class Waits:
    """What is to be signed, as the queue shows it: a step (`state`) of a run, or without it the whole run."""

    view: RunView
    state: StepState | None

    @property
    def name(self) -> str:
        """What the form names the thing by."""
        return "record" if self.state else "seen"

    @property
    def value(self) -> str:
        return str(self.state.done.id) if self.state and self.state.done else self.view.state_key

    @property
    def meaning(self) -> str:
        return (self.state.step.meaning or gettext(signing.MEANING)) if self.state else self.view.meaning


@bp.get("/signoffs", endpoint="waiting")
@needs("run.start")
def waiting_page() -> Any:
    """The queue of what waits for the person's signature, with its evidence; and what is for their role."""
    return _queue()


def _queue(error: str = "") -> str:
    """The page of the queue that the address asks for, of all runs or of the one that it names."""
    page, run_id = Page.from_address(SHOWN), row_id(request.args.get("run", ""))
    count, waiting = signing_queue.to_sign(
        db.session(), actor(), most=page.size, after=page.after, run=run_id
    )
    if not waiting and count:  # everything on this page has been signed: show the page before
        page = Page((count - 1) // page.size + 1, page.size)
        count, waiting = signing_queue.to_sign(
            db.session(), actor(), most=page.size, after=page.after, run=run_id
        )
    views = {run.id: view_of(run) for run, _ in waiting}
    shown = [Waits(views[run.id], state and views[run.id].state_of(state.step.key)) for run, state in waiting]
    to_do_page = Page.from_address(MOST_TO_DO, "to_do")
    to_do_count, to_do = 0, list[Any]()
    if not run_id:
        given = {"most": to_do_page.size, "after": to_do_page.after}
        to_do_count, to_do = signing_queue.to_do(db.session(), actor(), **given)
    return render_template(
        "runs/signoffs.html",
        shown=shown,
        count=count,
        page=page,
        run=views[run_id].run if run_id in views else None,
        run_signed=None if count else run_id,
        late=noted_entries.to_decide(db.session(), actor()) if access.may(actor(), "record.accept") else None,
        to_do=to_do,
        to_do_count=to_do_count,
        to_do_page=to_do_page,
        error=error,
        given=request.form,
        now=now(),
    )


@bp.post("/runs/<int:run_id>/signoffs")
@needs("run.see")
def sign(run_id: int) -> Any:
    """Sign a step or a run, or send it back. Whoever signs gives name and password, on whosever phone."""
    if "queue" not in request.args:
        run, before, entry = _sign(run_id)
        return changed(run, before, entry)
    try:
        run, _, entry = _sign(run_id)
    except HoldfastError as error:
        return _queue(error_text(error)), error.status
    flash(_done(run, entry), "good")
    asked: dict[str, Any] = {name: request.args[name] for name in ("run", "page") if name in request.args}
    return redirect(url_for("signing.waiting", **asked), 303)


def _done(run: Run, entry: Record | SignOff) -> str:
    """What has just been done, in words."""
    what = run.sop.title + (f" · {subject_name(run)}" if run.subject_ref else "")
    if isinstance(entry, SignOff) and entry.verdict == "signed":
        return gettext("%(name)s has signed: %(what)s.", name=entry.person.name, what=what)
    return gettext("Sent back: %(what)s.", what=what)


def _sign(run_id: int) -> tuple[Run, list[StepState], Record | SignOff]:
    """Do what the form says; returns the run, its states before, and the record or event that was written."""
    # only people who may see the run may try passwords here
    loading.load(db.session(), actor(), run_id, "run.see")
    record_id, seen = unique("record"), request.form.get("seen", "")
    verdict, reason = request.form.get("verdict"), request.form.get("reason", "")
    if not (record_id or seen) or verdict not in ("signed", "rejected"):
        raise InvalidError(N_("There is nothing to sign here any more. Reload the page."))
    if verdict == "signed" and reason.strip():  # Enter in the field of the reason presses the first button
        raise InvalidError(N_("You wrote what is wrong. Press “Send it back”, or empty that field to sign."))
    signer = identify()
    if signer is None:
        raise ForbiddenError(N_("Name or password is wrong, so nothing is signed. Try again."))
    with writing() as session:
        run = loading.load(session, actor(), run_id, "run.see", lock=True)
        before = loading.states(run)
        given = (session, replace(signer, person=session.get_one(Person, signer.id)), now(), run)
        entry: Record | SignOff
        if record_id and verdict == "rejected":
            entry = signing.reject(*given, record_id, reason)
        elif record_id:
            shown = runs_words.states(before, reading_of(run))
            entry = signing.sign(*given, record_id, _meaning(shown, record_id))
        elif verdict == "rejected":
            entry = signing.send_back(*given, seen, reason)
        else:
            entry = signing.sign_run(*given, seen, meaning_of(run))
    return run, before, entry


def _meaning(shown: list[StepState], record_id: UUID) -> str:
    """What a signature under the record says, if it is what the signer was shown."""
    steps = (state.step for state in shown if state.done and state.done.id == record_id)
    return next((step.meaning for step in steps if step.meaning), gettext(signing.MEANING))
