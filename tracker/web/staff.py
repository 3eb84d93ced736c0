"""Staff: find an SOP, start it, work through it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from tracker.db import db, new_id, writing
from tracker.domain import (
    access,
    amending,
    events,
    evidence,
    finding,
    late,
    linked,
    moving,
    records,
    runs,
    searching,
    seen,
    sequences,
    signatures,
    subjects,
    translated,
    waiting,
)
from tracker.domain.clocks import Device
from tracker.domain.handing import offered_to
from tracker.domain.progress import StepState, untouched
from tracker.errors import N_, AmbiguousError, InvalidError
from tracker.models import LateRecord, Location, Record, Run, SignOff
from tracker.web import handing, pages, seats
from tracker.web.evidence import LARGEST_FORM, received
from tracker.web.pages import actor, moment, needs, now, number, row_id, takes, unique, wants_fragment, words
from tracker.web.policy import WEBASSEMBLY
from tracker.web.runview import changed_since, reading_of, view_of

bp = Blueprint("staff", __name__)

MOST_TO_START = 24
"""SOPs that Today offers to start; the others are found."""


@bp.get("/")
@needs("run.start")
def today() -> Any:
    """My runs, late first, and those open to my role."""
    g.also_allowed = WEBASSEMBLY
    session, own, others = db.session(), Run.assignee_id == actor().id, access.open_to(actor())
    mine = finding.runs(session, own, most=200 if request.args.get("all") else 12)
    open_to_me = finding.runs(session, others, most=8)
    library = finding.startable(session, actor()) if not mine else []
    waiting_counted, first = waiting.first(session, actor(), 5)
    return render_template(
        "work/today.html",
        going=_going(),
        mine=mine,
        open_to_me=open_to_me,
        offered=offered_to(session, actor()),
        counted=finding.open_runs(session, now(), own),
        open_counted=finding.open_runs(session, now(), others),
        waiting=first,
        waiting_counted=waiting_counted,
        late=late.counted(session, actor()) if access.may(actor(), "record.accept") else None,
        library=library[:MOST_TO_START],
        more=len(library) > MOST_TO_START,
        closed_to_me=not mine and not library and bool(finding.sops(session, "")),
        now=now(),
    )


def _going() -> dict[str, Any] | None:
    """The run that the reader is in the middle of, and the step that is next in it."""
    found = finding.in_progress(db.session(), actor())
    if found is None:
        return None
    view = view_of(found)
    turn = view.current
    place = {"number": view.numbers[turn.step.key], "of": view.applying} if turn else {}
    return {"run": found, "state": turn, **place}


@bp.get("/search")
@needs("sop.find")
def search() -> Any:
    """Runs by what they are about, SOPs, steps, and people for those who lead them."""
    session, query = db.session(), subjects.seen(request.args.get("q", ""))[:200]
    runs_found = searching.runs(session, query, actor()) if query else []
    return render_template(
        "work/search.html",
        query=query,
        sops=finding.sops(session, query),
        steps=searching.steps(session, query) if query else [],
        runs=runs_found,
        people=searching.people(session, query, actor()) if query else [],
        aliases=subjects.known_as(session, runs_found),
        now=now(),
    )


@bp.get("/start/<sop_id>")
@needs("run.start")
def start_page(sop_id: str) -> Any:
    """Ask what the run is about; this address is printed on paper and never changes."""
    origin = _origin()
    return _start_page(sop_id, request.args.get("subject", ""), str(new_id()), origin)


@bp.post("/start/<sop_id>")
@needs("run.start")
def start(sop_id: str) -> Any:
    subject, ref = request.form.get("subject", ""), request.form.get("ref", "")[:64]
    origin, again = _origin(), None
    if not request.form.get("anyway"):
        again = runs.already_open(db.session(), sop_id, subject)
    if again is not None and again.ref != ref:
        return _start_page(sop_id, subject, ref, origin, again=again), 409
    try:
        with writing() as session:
            run = runs.start(
                session,
                actor(),
                now(),
                sop_id,
                subject=subject,
                ref=ref,
                assignee=actor(),
                location=_where(session),
                origin=origin,
            )
    except (InvalidError, AmbiguousError) as error:
        return _start_page(sop_id, subject, ref, origin, error=words(error)), error.status
    other = subjects.plain(subject)
    said = other if other != run.subject_ref else None
    return redirect(url_for("staff.run", run_id=run.id, said=said), 303)


def _start_page(
    sop_id: str,
    subject: str,
    ref: str,
    origin: tuple[Run, str] | None,
    *,
    error: str = "",
    again: Run | None = None,
) -> str:
    revision = runs.in_force(db.session(), sop_id)
    return render_template(
        "runs/start.html",
        revision=revision,
        kind=runs.subject_kind(revision, origin and origin[0]),
        subject=subject,
        ref=ref,
        origin=origin,
        again=again,
        locations=finding.locations(db.session()) if actor().location_id is None and not origin else [],
        mine=again is not None and access.may(actor(), "run.see", again),
        error=error,
    )


def _where(session: Any) -> Location | None:
    """The location that somebody chose who works everywhere; others start where they work."""
    chosen = row_id(request.form.get("location", "")) if actor().location_id is None else None
    return session.get(Location, chosen) if chosen else None


def _origin() -> tuple[Run, str] | None:
    """The run and step whose recovery leads here."""
    found = linked.origin(
        db.session(), row_id(request.values.get("from", "")), request.values.get("step", "")
    )
    if found is not None:
        access.require(actor(), "run.see", found[0])
    return found


@bp.get("/runs/<int:run_id>")
@needs("run.see")
def run(run_id: int) -> Any:
    """Work through a run; this address is printed on paper and never changes."""
    found = runs.load(db.session(), actor(), run_id, "run.see")
    shown = seen.mark(db.session(), run_id)
    view = view_of(found, request.args.get("at"))
    if view.scans:
        g.also_allowed = WEBASSEMBLY
    asked = next((state for state in view.states if state.step.key == view.at), None)
    if wants_fragment() and asked:
        return render_template("runs/one_step.html", view=view, state=asked)
    deviations = finding.deviations(db.session(), found)
    return render_template(
        "runs/run.html",
        view=view,
        deviations=deviations,
        amendments=amending.of(db.session(), found),
        handing=handing.choices(found),
        aliases=subjects.aliases_of(db.session(), found.subject_kind, found.subject_ref),
        now=now(),
        seen=shown,
    )


@bp.post("/runs/<int:run_id>/aliases")
@needs("run.record")
def aliases(run_id: int) -> Any:
    """Add another name of what the run is about, or take one back."""
    add, remove = request.form.get("alias", ""), request.form.get("remove", "")
    with writing() as session:
        found = runs.load(session, actor(), run_id, "run.record", lock=True)
        if remove:
            subjects.remove_alias(session, actor(), now(), found, remove)
        else:
            subjects.add_alias(session, actor(), now(), found, add)
    return redirect(url_for("staff.run", run_id=run_id), 303)


@bp.post("/runs/<int:run_id>/records")
@needs("run.record")
@takes(LARGEST_FORM)
def record(run_id: int) -> Any:
    """Take one step's record; answer with the steps that changed, and nothing else."""
    form = request.form
    record_id = unique("id")
    if record_id is None:
        raise InvalidError(N_("This record has no id. Reload the page and try again."))
    times = {"at": moment("device_at"), "sent_at": moment("device_now")}
    device = Device(seats.name(form.get("device_id", "")), number("device_seq"), **times)
    pieces = received(run_id, record_id, device)
    with writing() as session:
        found, known = records.load(session, actor(), now(), run_id, record_id, device)
        before, repeated = runs.states(found), any(entry.id == record_id for entry in found.records)
        entry = records.record(
            session,
            actor(),
            now(),
            found,
            record_id=record_id,
            step_key=form.get("step", ""),
            kind=form.get("kind", ""),
            value=form.get("value", ""),
            reason=form.get("reason", "").strip() or form.get("quick", ""),
            note=form.get("note", ""),
            cancels=unique("cancels"),
            device=device,
            pieces=pieces,
            known=known,
            before=before,
        )
    if not access.may(actor(), "run.see", found):
        return _kept(entry)
    return changed(found, [] if repeated else before, entry)


def _kept(entry: Record | LateRecord) -> Any:
    """The answer to whoever has no part in the run any more: it is kept, and nothing of the run."""
    waits = isinstance(entry, LateRecord)
    if wants_fragment():
        return render_template("runs/kept.html", waits=waits), 202 if waits else 200
    flash(gettext("Kept. It came late, so a lead decides about it.") if waits else gettext("Kept."), "good")
    return redirect(url_for("staff.today"), 303)


def changed(run: Run, before: list[StepState], entry: Record | LateRecord | SignOff) -> Any:
    """The answer to a record or signature: the steps that are not as `before`; all, if that is empty.

    Of what waits for a lead it says so, and is 202 ("accepted for processing").

    A page that says what it has seen is told of all records since, so that no later answer repeats them.
    """
    if wants_fragment() and request.args.get("revision", str(run.revision_id)) != str(run.revision_id):
        return "", 200, {"HX-Refresh": "true"}  # its page shows the steps of the revision before the move
    if not wants_fragment():
        here = view_of(run).current
        return redirect(
            url_for("staff.run", run_id=run.id) + f"#step-{here.step.position if here else 'end'}", 303
        )
    then = seen.read(pages.seen())
    if then is not None:
        before = seen.states(run, then)
    view, steps = changed_since(run, before, also=entry.step_key or "")
    opens_deviation = isinstance(entry, Record) and entry.kind != "done"
    text = render_template(
        "runs/changed.html",
        view=view,
        changed=steps,
        entry=entry,
        deviations=finding.deviations(db.session(), run) if opens_deviation else None,
    )
    status = 202 if isinstance(entry, LateRecord) else 200
    return text, status, {"HX-Seen": str(then.with_records(run.records))} if then else {}


@bp.post("/runs/<int:run_id>/claim")
@needs("run.claim")
def claim(run_id: int) -> Any:
    """Take a run that is open to my role."""
    with writing() as session:
        runs.claim(session, actor(), now(), runs.load(session, actor(), run_id, "run.claim", lock=True))
    return redirect(url_for("staff.run", run_id=run_id), 303)


@bp.post("/runs/<int:run_id>/close")
@needs("run.close")
def close(run_id: int) -> Any:
    """Close a run, after a warning that names the steps nobody touched."""
    with writing() as session:
        found = runs.load(session, actor(), run_id, "run.close", lock=True)
        missing = runs.close(session, actor(), now(), found, omit=request.form.getlist("omit"))
    if missing:
        names = [state.step.key for state in untouched(runs.states(found))]
        missing = translated.states(missing, reading_of(found))
        return render_template("runs/close.html", run=found, missing=missing, names=names), 409
    return redirect(url_for("staff.run", run_id=run_id), 303)


@bp.get("/runs/<int:run_id>/history")
@needs("run.see")
def history(run_id: int) -> Any:
    """Everything that happened in a run."""
    found = runs.load(db.session(), actor(), run_id, "run.see")
    words = reading_of(found)
    texts = {key: step.text for key, step in words.steps.items()} if words else {}
    entries = events.history(db.session(), found)
    pieces = evidence.of_run(db.session(), found)
    return render_template(
        "runs/history.html",
        run=found,
        entries=entries,
        said=moving.said(db.session(), found, entries),
        evidence=pieces,
        late={str(row.id): row for row in late.of_run(db.session(), found)},
        gaps=sequences.missing(db.session(), actor(), now(), run=found),
        signed={sign_off.digest: sign_off for sign_off in found.sign_offs if sign_off.digest},
        doubts=signatures.doubts(found, entries, pieces),
        texts=moving.texts(db.session(), found) | texts,
        aliases=subjects.aliases_of(db.session(), found.subject_kind, found.subject_ref),
        names=finding.names(db.session()),
    )
