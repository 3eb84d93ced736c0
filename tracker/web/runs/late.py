"""Leads: what came late and waits for their decision, and the words for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from tracker.db import db, writing
from tracker.domain.phone import noted_entries
from tracker.domain.records import kept_late, late_decisions, late_records, sequences
from tracker.domain.runs import loading, moving
from tracker.errors import N_, HoldfastError, InvalidError, NotFoundError
from tracker.models import Evidence, LateRecord, Record, SequenceGap
from tracker.web.actions import needs
from tracker.web.paging import Page
from tracker.web.reader import actor, now
from tracker.web.runs.evidence import file_answer
from tracker.web.runs.noted_entries import by_person
from tracker.web.spoken import error_text, say

bp = Blueprint("late", __name__)

RUNS = 20
"""Runs on one page."""

NOTED = noted_entries.MOST_OF_PERSON
"""Entries of phones that are shown at once: those that wait longest."""

MOST_TOLD = 3
_ANONYMOUS = 24
"""Letters of the name that a phone gives itself: nobody knows it by that."""

_WHYS = {
    "part": N_("they had no part in the run then"),
    "undo": N_("it takes something back"),
    "closed": N_("made after the run was closed"),
    "outcome": N_("it would change what the closed run says"),
    "paused": N_("made while the run was paused"),
    "signed": N_("it would make a signature void"),
    "blocked": N_("a critical step before it was not done"),
}
_FLAGS = {
    "late": N_("came after the run was closed"),
    "handed": N_("came after the run had become another’s"),
    "paused": N_("came late, while the run was paused"),
    "blocked": N_("came late, and the step was blocked"),
    "gone": N_("came late; the run’s revision does not have this step"),
    "condition": N_("came late, while the step did not apply"),
    "accepted": N_("came late, and a lead has accepted it"),
    "clock": N_("the device’s clock is wrong; our time counts"),
    "sequence": N_("the numbers of its device run backwards"),
    "quick": N_("sooner after the step before it than is plausible"),
    "amended": N_("put right after the run was closed"),
}


@bp.get("/late")
@needs("record.accept")
def page() -> Any:
    """What came late and waits for the lead, run by run, what never came, and what phones were refused."""
    session, here = db.session(), Page.from_address(RUNS)
    waiting = late_records.by_run(session, actor(), most=here.size, after=here.after)
    return render_template(
        "runs/late.html",
        counted=noted_entries.to_decide(session, actor()),
        waiting=[(run, rows, moving.texts(session, run)) for run, rows in waiting.items()],
        gaps=sequences.missing(session, actor(), now()),
        noted_entries=by_person(session, noted_entries.waiting(session, actor(), most=NOTED)),
        page=here,
    )


@bp.post("/runs/<int:run_id>/late")
@needs("record.accept")
def decide(run_id: int) -> Any:
    """Accept or decline what came late in a run: what was ticked, each judged by itself."""
    verdict, reason = request.form.get("verdict"), request.form.get("reason", "")
    if verdict not in ("accept", "decline"):
        raise InvalidError(N_("Choose whether to accept or to decline."))
    refused: list[HoldfastError] = []
    with writing() as session:
        run = loading.load(session, actor(), run_id, "record.accept", lock=True)
        chosen = [late_records.one(session, run, id) for id in _chosen()]
        chosen.sort(key=lambda row: (row.made_at, row.device_seq or 0, row.id))
        for row in chosen:
            try:
                if verdict == "accept":
                    late_decisions.accept(session, actor(), now(), run, row, reason)
                else:
                    late_decisions.decline(session, actor(), now(), run, row, reason)
            except HoldfastError as error:  # the error came before anything of this record was written
                refused.append(error)
    _tell(verdict, len(chosen) - len(refused), refused)
    to_run = request.form.get("back") == "run"
    return redirect(
        url_for("runs.run", run_id=run_id, _anchor="late") if to_run else url_for("late.page"), 303
    )


@bp.post("/runs/<int:run_id>/late/sight")
@needs("record.accept")
def see(run_id: int) -> Any:
    """A lead has seen what came late into a run and is kept: nobody is told of it any more."""
    with writing() as session:
        run = loading.load(session, actor(), run_id, "record.accept", lock=True)
        kept_late.see(session, actor(), now(), run)
    return redirect(url_for("runs.run", run_id=run_id), 303)


@bp.post("/late/entries/<entry_id>/dismissal")
@needs("record.accept")
def dismiss(entry_id: str) -> Any:
    """A lead has seen to an entry that was refused, or that they were told of, and says how.

    With it to all that the form names beside it, but for what somebody else has seen to meanwhile.
    """
    try:
        first, *others = dict.fromkeys(map(UUID, [entry_id, *request.form.getlist("entry")[:NOTED]]))
    except ValueError:
        raise NotFoundError(N_("There is no such entry, or another lead looks after it.")) from None
    with writing() as session:
        rows = [noted_entries.one(session, actor(), id) for id in others]
        rows = [noted_entries.one(session, actor(), first), *(row for row in rows if row.state == "waiting")]
        for row in rows:
            noted_entries.dismiss(session, actor(), now(), row, request.form.get("reason", ""))
    flash(gettext("Seen to."), "good")
    return redirect(url_for("late.page"), 303)


@bp.get("/runs/<int:run_id>/late/<late_id>/evidence/<int:place>")
@needs("record.accept")
def evidence(run_id: int, late_id: str, place: int) -> Any:
    """What a record that came late brings as evidence, for whoever decides about it."""
    run = loading.find(db.session(), actor(), run_id, "record.accept")
    try:
        pieces = late_records.one(db.session(), run, UUID(late_id)).pieces or []
        return file_answer(Evidence(id=place, **pieces[place]))
    except (ValueError, IndexError):
        raise NotFoundError(N_("There is no such record in this run.")) from None


def _chosen() -> list[UUID]:
    """The records that were ticked, each once. Raises InvalidError."""
    try:
        ids = [UUID(text) for text in dict.fromkeys(request.form.getlist("record"))]
    except ValueError:
        raise InvalidError(N_("This is no id of a record. Reload the page and try again.")) from None
    if not ids:
        raise InvalidError(N_("Tick the records first, then decide."))
    return ids


def _tell(verdict: str, count: int, refused: list[HoldfastError]) -> None:
    if count and verdict == "accept":
        flash(ngettext("%(num)d record counts now.", "%(num)d records count now.", count), "good")
    elif count:
        flash(ngettext("%(num)d record is declined.", "%(num)d records are declined.", count), "good")
    for text in list(dict.fromkeys(error_text(error) for error in refused))[:MOST_TOLD]:
        flash(gettext("Not decided: %(why)s", why=text), "problem")


def why_late(why: str) -> str:
    """Why a late record waits, in words."""
    return say(_WHYS[why])


def flags_of(entry: Record | LateRecord) -> list[str]:
    """The flags of a record in words, such as that it came late."""
    return [say(_FLAGS[flag]) for flag in (entry.flag or "").split() if flag in _FLAGS]


def device_of(gap: SequenceGap) -> str:
    """A device as people know it: a shared one by its name, a phone by whose it is."""
    own = len(gap.device_id) == _ANONYMOUS and " " not in gap.device_id
    return gettext("%(name)s’s device", name=gap.person.name) if own else gap.device_id


def register(app: Flask) -> None:
    """Put the words at the templates' disposal."""
    app.jinja_env.filters.update(why_late=why_late, flags_of=flags_of, device_of=device_of)
