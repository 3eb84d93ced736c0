"""Staff: find an SOP, start it, work through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask import session as login
from flask_babel import gettext
from markupsafe import Markup

from tracker.db import db, new_id, writing
from tracker.domain import (
    access,
    events,
    evidence,
    finding,
    linked,
    moving,
    records,
    runs,
    translated,
    waiting,
)
from tracker.domain.progress import StepState, current, final_outcome, numbers, untouched
from tracker.domain.records import Device
from tracker.domain.translated import Reading
from tracker.errors import N_, InvalidError
from tracker.models import OUTCOMES, Evidence, Record, Run, SignOff, Step
from tracker.sop.badges import badges, only_if
from tracker.sop.model import INPUTS
from tracker.web.evidence import LARGEST_FORM, received
from tracker.web.pages import actor, moment, needs, now, number, row_id, takes, unique, wants_fragment, words

bp = Blueprint("staff", __name__)

# The scanner is WebAssembly; a browser compiles that only where the page's policy allows it.
WEBASSEMBLY = "; script-src 'self' 'wasm-unsafe-eval'"


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as its page shows it."""

    run: Run
    states: list[StepState]
    current: StepState | None
    counts: dict[str, int]
    numbers: dict[str, str]
    reading: Reading | None = None  # in another language than the SOP's own
    working: bool = False  # the reader may record steps
    asks_evidence: bool = False
    evidence: Mapping[UUID, list[Evidence]] = field(default_factory=dict)  # by record

    @property
    def left(self) -> int:
        return len(untouched(self.states))

    @property
    def holding(self) -> StepState | None:
        return next((state for state in self.states if state.holds_up), None)

    @property
    def unsigned(self) -> StepState | None:
        return next((state for state in self.states if state.unsigned), None)

    def may_do(self, step: Step) -> bool:
        """Whether the reader may do this step: those of a role are for whoever has it."""
        if step.role is None or step.verify:
            return self.working
        return self.run.state == "open" and access.may_do(actor(), self.run, step)

    def may_sign(self, state: StepState) -> bool:
        """Whether the reader is the second person whose signature the step waits for."""
        did_it = state.done is not None and state.done.person_id == actor().id
        return not did_it and access.may_sign(actor(), self.run, state.step)

    @property
    def scans(self) -> bool:
        """Whether the reader may be asked for a code, which the camera can read."""
        return any(state.step.input == "scan" and self.may_do(state.step) for state in self.states)

    @property
    def applying(self) -> int:
        """How many steps this run has, as its answers stand."""
        return sum(bool(state.applies or state.outcome) for state in self.states)

    def title_of(self, key: str) -> str:
        return next((state.step.name for state in self.states if state.step.key == key), key)

    def ended(self, state: StepState) -> str | None:
        """What became of a step that nobody touched, once that is sure."""
        if state.outcome or self.run.state == "cancelled":
            return None
        sure = self.run.state == "done" or state.applies is False
        return final_outcome(state) if sure else None

    def badges(self, step: Step) -> list[tuple[str, str]]:
        """What a step asks beyond its input, which has a field of its own."""
        return [badge for badge in badges(step.attributes, self._titles(), _say) if badge[0] not in INPUTS]

    def only_if(self, state: StepState) -> str:
        """The condition that keeps a step from applying: its own, or that of a step it is nested in."""
        by_key = {other.step.key: other for other in self.states}
        found: StepState | None = state
        while found and not found.applies:
            above = by_key.get(found.step.parent or "")
            if found.step.attributes.get("when") and (above is None or above.applies):
                return only_if(found.step.attributes["when"], self._titles(), _say)
            found = above
        return ""

    def recovery(self, step: Step) -> Markup:
        """What to do when a step fails; its links start what they name, while the run is open."""
        if self.run.state != "open":
            return Markup(step.recovery)
        return Markup(linked.recovery(db.session(), self.run, step.key, step.recovery))

    def started(self) -> Sequence[Run]:
        """The runs that recoveries of this one have started; nothing has failed, nothing is asked."""
        wrong = self.counts["failed"] or self.counts["skipped"]
        return linked.started_from(db.session(), self.run) if wrong else ()

    def _titles(self) -> dict[str, str]:
        return {state.step.key: state.step.text for state in self.states}


def _say(text: str, **details: Any) -> str:
    return str(gettext(text) % details)


def view_of(run: Run) -> RunView:
    reading = reading_of(run)
    states = translated.states(runs.states(run), reading)
    counts = dict.fromkeys(OUTCOMES, 0)
    for state in states:
        if state.outcome:
            counts[state.outcome] += 1
    asks = any(state.step.input in evidence.INPUTS for state in states)
    pieces = evidence.of_run(db.session(), run) if asks else {}
    working = run.state == "open" and access.may(actor(), "run.record", run)
    view = RunView(run, states, None, counts, numbers(runs.steps(run)), reading, working, asks, pieces)
    if run.state != "open":
        return view
    return replace(view, current=current(s for s in states if view.may_do(s.step)) or current(states))


def reading_of(run: Run) -> Reading | None:
    """The run in the first of the reader's languages that there is; None means as its SOP was written."""
    return translated.reading(run, (code for code, quality in request.accept_languages if quality))


@bp.get("/")
@needs("run.start")
def today() -> Any:
    """My runs, late first, and those open to my role."""
    login.modified = True  # whoever comes here at least once in 30 days stays signed in
    own, others = Run.assignee_id == actor().id, access.open_to(actor())
    mine = finding.runs(db.session(), own)
    open_to_me = finding.runs(db.session(), others, most=20)
    everything = finding.sops(db.session(), "") if not mine else []
    library = [sop for sop in everything if access.may_run(actor(), sop.in_force.meta.get("roles") or [])]
    return render_template(
        "staff/today.html",
        mine=mine,
        open_to_me=open_to_me,
        counted=finding.open_runs(db.session(), now(), own),
        open_counted=finding.open_runs(db.session(), now(), others),
        waiting=waiting.waiting_for(db.session(), actor()),
        library=library,
        closed_to_me=len(everything) - len(library),
        now=now(),
    )


@bp.get("/search")
@needs("sop.find")
def search() -> Any:
    """SOPs, steps, and runs by subject."""
    query = " ".join(request.args.get("q", "").split())[:200]
    found = finding.sops(db.session(), query)
    steps = finding.steps(db.session(), query) if query else []
    matching = finding.runs_about(db.session(), query, access.visible(actor())) if query else []
    return render_template("staff/search.html", query=query, sops=found, steps=steps, runs=matching)


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
                session, actor(), now(), sop_id, subject=subject, ref=ref, assignee=actor(), origin=origin
            )
    except InvalidError as error:
        return _start_page(sop_id, subject, ref, origin, error=words(error)), error.status
    return redirect(url_for("staff.run", run_id=run.id), 303)


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
        "staff/start.html",
        revision=revision,
        kind=(origin and origin[0].subject_kind) or revision.meta.get("subject"),
        subject=subject,
        ref=ref,
        origin=origin,
        again=again,
        mine=again is not None and access.may(actor(), "run.see", again),
        error=error,
    )


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
    deviations = finding.deviations(db.session(), found)
    view = view_of(found)
    if view.scans:
        g.also_allowed = WEBASSEMBLY
    return render_template(
        "staff/run.html", view=view, deviations=deviations, people=_leads(found), now=now()
    )


@bp.post("/runs/<int:run_id>/records")
@needs("run.record")
@takes(LARGEST_FORM)
def record(run_id: int) -> Any:
    """Take one step's record; answer with the steps that changed, and nothing else."""
    form = request.form
    record_id = unique("id")
    if record_id is None:
        raise InvalidError(N_("This record has no id. Reload the page and try again."))
    pieces = received(run_id, record_id)
    with writing() as session:
        found = runs.load(session, actor(), run_id, "run.see", lock=True, repeats=record_id)
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
            device=Device(form.get("device_id"), number("device_seq"), moment("device_at")),
            offline=form.get("offline") == "1",
            pieces=pieces,
        )
    return changed(found, [] if repeated else before, entry)


def changed(run: Run, before: list[StepState], entry: Record | SignOff) -> Any:
    """The answer to a record or signature: the steps that are not as `before`; all, if that is empty."""
    if wants_fragment() and request.args.get("revision", str(run.revision_id)) != str(run.revision_id):
        return "", 200, {"HX-Refresh": "true"}  # its page shows the steps of the revision before the move
    after = view_of(run)
    if not wants_fragment():
        place = after.current.step.position if after.current else "end"
        return redirect(url_for("staff.run", run_id=run.id) + f"#step-{place}", 303)
    was = {state.step.key: state for state in translated.states(before, after.reading)}
    shown = {entry.step_key} | {state.step.key for state in after.states if state != was.get(state.step.key)}
    shown |= {state.step.key for state in (current(before), after.current) if state}
    opens_deviation = isinstance(entry, Record) and entry.kind != "done"
    return render_template(
        "staff/changed.html",
        view=after,
        changed=[state for state in after.states if state.step.key in shown],
        entry=entry,
        deviations=finding.deviations(db.session(), run) if opens_deviation else None,
    )


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
        return render_template("staff/close.html", run=found, missing=missing, names=names), 409
    return redirect(url_for("staff.run", run_id=run_id), 303)


@bp.get("/runs/<int:run_id>/history")
@needs("run.see")
def history(run_id: int) -> Any:
    """Everything that happened in a run."""
    found = runs.load(db.session(), actor(), run_id, "run.see")
    words = reading_of(found)
    texts = {key: step.text for key, step in words.steps.items()} if words else {}
    return render_template(
        "staff/history.html",
        run=found,
        entries=events.history(db.session(), found),
        evidence=evidence.of_run(db.session(), found),
        texts=moving.texts(db.session(), found) | texts,
        names=finding.names(db.session()),
    )


def _leads(run: Run) -> list[Any]:
    """Whom a lead may give this run to; nobody else needs the list."""
    return finding.people(db.session()) if access.may(actor(), "run.assign", run) else []
