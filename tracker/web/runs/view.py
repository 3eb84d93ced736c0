"""A run as its page shows it: what the templates of the run page ask of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

from flask import request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from tracker.db import db
from tracker.domain import access, numbers
from tracker.domain.evidence import pieces as evidence_pieces
from tracker.domain.records import late_records, signing
from tracker.domain.runs import headings as runs_headings
from tracker.domain.runs import loading, signatures, subjects, words
from tracker.domain.runs import recovery as runs_recovery
from tracker.domain.runs.progress import (
    StepState,
    Tally,
    current,
    final_outcome,
    mark,
    tally,
    untouched,
    wholes,
)
from tracker.domain.runs.signatures import Whole
from tracker.domain.runs.words import Reading
from tracker.models import Evidence, LateRecord, Run, SignOff, Step
from tracker.sop import headings
from tracker.web.reader import actor, language, now, read_languages
from tracker.web.runs import ahead, rows, step_words
from tracker.web.runs.ahead import Ahead, Another
from tracker.web.runs.rows import Blank, Form
from tracker.web.runs.stands import stands
from tracker.web.spoken import say

LONGEST = 60
"""Steps of a run whose page brings the forms of all of them."""

_Item = Callable[["RunView", StepState, Form | Blank], str]


@dataclass(frozen=True)
class RunView:
    """A run as its page shows it to whoever is signed in."""

    run: Run
    states: list[StepState]
    current: StepState | None
    numbers: dict[str, str]
    reading: Reading | None = None  # None: in the SOP's own language
    working: bool = False  # the reader may record steps
    evidence: Mapping[UUID, list[Evidence]] = field(default_factory=dict)  # by record
    at: str | None = None  # the key of a step that was asked for
    _may: dict[str | None, bool] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.run.state == "open"

    @property
    def path(self) -> str:
        """Where the document lies that the reader reads this run in."""
        return words.place(self.run, self.reading)

    @property
    def long(self) -> bool:
        """Whether the forms of a step come only when it is asked for: a browser chokes on thousands."""
        return len(self.states) > LONGEST

    def opens(self, state: StepState) -> bool:
        """Whether a step that is not the one to do now stands open: something is to be done about it."""
        if state.step.key == self.at:
            return True
        if self.run.state != "open":
            return False
        if state.unsigned:
            return self.may_sign(state)
        wrong = state.outcome in ("failed", "skipped") and not state.cleared
        helps = state.step.recovery and not state.overridden
        return wrong and bool(state.holds_up or state.step.verify or helps)

    @cached_property
    def left(self) -> int:
        return len(untouched(self.states))

    @property
    def seconds_left(self) -> int:
        """What the steps to come take, as far as their author says it."""
        to_come = (state.step.attributes for state in self.states if state.outcome is None and state.applies)
        return sum(asked.get("takes") or 0 for asked in to_come)

    @cached_property
    def holding(self) -> StepState | None:
        return next((state for state in self.states if state.holds_up), None)

    @cached_property
    def unsigned(self) -> StepState | None:
        return next((state for state in self.states if state.unsigned), None)

    @cached_property
    def whole(self) -> Whole | None:
        """How the second person's signature under the whole run stands, where its SOP asks for one."""
        return loading.whole(self.run, self.states)

    def void(self, state: StepState) -> SignOff | None:
        """The step's last signature, if the record that it signed has been taken back since."""
        if state.signed is not None or not state.step.verify:
            return None
        given = [s for s in self.run.sign_offs if s.step_key == state.step.key]
        return given[-1] if given else None

    @cached_property
    def amends(self) -> bool:
        """Whether the reader may put right what is recorded in this closed run."""
        return self.run.state == "done" and access.may(actor(), "run.amend", self.run)

    @property
    def leads_on(self) -> bool:
        """Whether there is nothing more to do here for the reader: it is closed, or waits for another's
        signature alone."""
        if not self.open or self.run.paused_at is not None:
            return not self.open
        waits = self.unsigned is not None or (self.whole is not None and self.whole.waits)
        mine = self.may_sign_run or any(s.unsigned and self.may_sign(s) for s in self.states)
        return waits and not self.left and not mine and self.working

    @cached_property
    def ahead(self) -> Ahead | None:
        """Where the page leads on; None while there is something to do here."""
        if not self.leads_on:
            return None
        lost = (state for kind, states in self.conspicuous for state in states if not state.put_right)
        waits_for = None
        if self.open:
            role = self.unsigned.step.role if self.unsigned else self.whole and self.whole.role
            waits_for = role or ""
        return ahead.of(self.run, sorted(lost, key=lambda state: state.step.position), waits_for)

    @cached_property
    def another(self) -> Another | None:
        """Another run of the SOP, for a phone that closes this one by itself."""
        return ahead.another(self.run)

    @property
    def to_put_right(self) -> list[StepState]:
        """The steps of this open run that have failed, and that the reader can do again."""
        amiss = (state for state in self.states if state.outcome == "failed" and not state.cleared)
        return [state for state in amiss if self.working and self.may_do(state.step)]

    @cached_property
    def leading(self) -> bool:
        """Whether the reader may take back what others have recorded in this open run."""
        return self.open and access.may(actor(), "run.take-over", self.run)

    @cached_property
    def overriding(self) -> bool:
        """Whether the reader may let this open run go on past what holds it up."""
        return self.open and access.may(actor(), "run.override", self.run)

    @property
    def may_sign_run(self) -> bool:
        """Whether the reader is the second person whose signature the whole run waits for."""
        if self.whole is None or self.run.paused_at is not None:
            return False
        return signing.may_sign_run(actor(), self.run, self.whole)

    @cached_property
    def late(self) -> Sequence[LateRecord]:
        """What came late and waits for a lead."""
        return late_records.waiting(db.session(), self.run) if self.run.late_waiting else ()

    def late_of(self, key: str) -> Sequence[LateRecord]:
        """What waits for a lead of what came late about a step."""
        return [row for row in self.late if row.step_key == key]

    @cached_property
    def headings(self) -> dict[str, list[tuple[int, str]]]:
        """The headings of the document that begin with a step, each with its depth, by the step's key."""
        over = runs_headings.over(self.run, self.reading)
        keys = [state.step.key for state in self.states]
        return dict(zip(keys, headings.between([over.get(key, ()) for key in keys]), strict=True))

    @property
    def state_key(self) -> str:
        """What of the run the reader has before their eyes, for whoever signs it here."""
        return signatures.state_key(self.run)

    @property
    def meaning(self) -> str:
        """What a signature under the whole run says."""
        return meaning_of(self.run)

    def may_do(self, step: Step) -> bool:
        """Whether the reader may do this step now: those of a role are for whoever has it."""
        kind = None if step.verify else step.role  # asked once for each role
        if kind not in self._may:
            going_on = self.run.state == "open" and self.run.paused_at is None
            self._may[kind] = going_on and access.may_do(actor(), self.run, step)
        return self._may[kind]

    def may_sign(self, state: StepState) -> bool:
        """Whether the reader is the second person whose signature the step waits for."""
        if self.run.paused_at is not None:
            return False
        did_it = state.done is not None and state.done.person_id == actor().id
        return not did_it and access.may_sign(actor(), self.run, state.step.role)

    @property
    def elapsed(self) -> int:
        """Seconds since the last record, or since whoever has the run started it: how long the step to do is
        at hand. A run that was assigned has waited until now, and its first step with it."""
        own = self.run.started_by_id == self.run.assignee_id
        first = self.run.started_at if own else now()
        last = max((record.received_at for record in self.run.records), default=first)
        return max(0, round((now() - last).total_seconds()))

    @property
    def times(self) -> bool:
        """Whether a step says how long it takes."""
        return any(state.step.attributes.get("takes") for state in self.states)

    @property
    def asks_signature(self) -> bool:
        """Whether a step is done by signing on the screen."""
        return any(state.step.input == "signature" for state in self.states)

    @property
    def scans(self) -> bool:
        """Whether a step asks for a code, which the camera can read."""
        return any(state.step.input == "scan" for state in self.states)

    @cached_property
    def tally(self) -> Tally:
        """How far the run is."""
        return tally(self.states, self.run.state)

    @property
    def marks(self) -> list[tuple[str | None, bool]]:
        """What the bar shows of each step that `tally` counts, and whether it was put right."""
        now = self.current.step.key if self.current else None
        return [mark(whole, now, self.run.state) for whole in wholes(self.states)]

    @property
    def conspicuous(self) -> list[tuple[str, list[StepState]]]:
        """What did not go as its SOP says in a run that is over: what happened, and the steps."""
        if self.open:
            return []
        kinds: dict[str, list[StepState]] = {"failed": [], "skipped": [], "omitted": []}
        for state in self.states:
            became = state.outcome or self.ended(state)
            if became in kinds:
                kinds[became].append(state)
        return [(kind, states) for kind, states in kinds.items() if states]

    def state_of(self, key: str) -> StepState | None:
        return next((state for state in self.states if state.step.key == key), None)

    def numbered(self, states: Sequence[StepState]) -> str:
        """The numbers of some steps, as people say them: "2, 6, 7b"."""
        return ", ".join(self.numbers[state.step.key] for state in states)

    def title_of(self, key: str) -> str:
        return next((state.step.name for state in self.states if state.step.key == key), key)

    @property
    def texts(self) -> dict[str, str]:
        """What the steps say, by their keys."""
        return self._titles

    def ended(self, state: StepState) -> str | None:
        """What became of a step that nobody touched, once that is sure."""
        if state.outcome or self.run.state == "cancelled":
            return None
        sure = self.run.state == "done" or state.applies is False
        return final_outcome(state) if sure else None

    def asks(self, state: StepState) -> bool:
        """Whether the step can be done here and now by the reader: its field stands open."""
        waits = state.applies is not True or (state.blocked_by and not state.outcome)
        answered = state.outcome == "done" or (state.outcome and state.cleared)
        return self.run.state == "open" and not waits and not answered and self.may_do(state.step)

    @cached_property
    def form(self) -> Form:
        """The form with which records of this run are sent."""
        from_board = request.args.get("board")  # where the page leads back to, also without scripts
        url = url_for("records.record", run_id=self.run.id, revision=self.run.revision_id, board=from_board)
        token = request.form.get("csrf_token") or generate_csrf()  # that which just came in is good still
        return Form(escape(url), escape(token), Markup(""), lambda: self.elapsed)

    @cached_property
    def _form_out_of_band(self) -> Form:
        return replace(self.form, oob=Markup(' hx-swap-oob="true"'))

    def row(self, item: _Item, state: StepState, oob: bool) -> Markup:
        """A step's row as `item` makes it, to be swapped into its place on a page where `oob`.

        That of a step which nobody has touched is made once for everybody, with blanks that are filled in.
        """
        form = self._form_out_of_band if oob else self.form
        key = self._same(state)
        if key is None:
            return Markup(item(self, state, form))
        return rows.shared(state.step, key, lambda blank: item(self, state, blank), form)

    def _same(self, state: StepState) -> tuple[object, ...] | None:
        """The key of a row that other runs may share: all that it depends on beside its step.

        None: not shared.
        """
        step, here = state.step, self.current is not None and self.current.step.key == state.step.key
        touched = state.records or state.outcome or state.overridden or state.signed or not state.applies
        own = step.key == self.at or step.attributes.get("match") or self.late_of(step.key)
        if self.run.state != "open" or self.reading or self.long or touched or own:
            return None
        signs = self.unsigned is not None and self.unsigned.step.key == state.blocked_by
        whose = self.working, self.may_do(step), self._language, self._usual_mark, request.script_root
        return here, state.blocked_by, signs, *whose

    @cached_property
    def _language(self) -> str:
        return language()

    @cached_property
    def _usual_mark(self) -> str:
        return numbers.decimal_mark(self.run.location.zone if self.run.location else "")

    def badges(self, state: StepState) -> list[tuple[str, str]]:
        """What a step asks, as on its page; an input that has its field here needs no words."""
        return step_words.asked(state.step, self._titles, self.asks(state))

    def only_if(self, state: StepState) -> str:
        """The condition that keeps a step from applying."""
        return step_words.only_if(state, self.states, self._titles)

    def recovery(self, step: Step) -> Markup:
        """What to do when a step fails."""
        return step_words.recovery(self.run, step, lambda: self._startable)

    def started(self) -> Sequence[Run]:
        """The runs that recoveries of this one have started, also of what was taken back since."""
        return runs_recovery.started_from(db.session(), self.run)

    @cached_property
    def aliases(self) -> Sequence[str]:
        """The other names of what the run is about; a run that nobody has started yet has none."""
        run = self.run
        return subjects.aliases_of(db.session(), run.subject_kind, run.subject_ref) if run.subject_ref else []

    @cached_property
    def _startable(self) -> dict[str, str]:
        return runs_recovery.startable(db.session())

    def stands(self, state: StepState) -> str:
        """What the row of a step shows, for the phone."""
        anything = self.run.records or self.run.overrides
        return stands(self.run, state, None if self.leading else actor().id) if anything else ""

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {state.step.key: state.step.text for state in self.states}


def view_of(run: Run, at: str | None = None) -> RunView:
    """The run as its page shows it, in the reader's language, with the step that is theirs to do next.

    `at` is the key of another step that they have asked for.
    """
    reading = reading_of(run)
    states = words.states(loading.states(run), reading)
    pieces = evidence_pieces.of_run(db.session(), run) if run.records else {}
    working = run.state == "open" and run.paused_at is None and access.may(actor(), "run.record", run)
    view = RunView(run, states, None, loading.plan(run).numbers, reading, working, pieces, at)
    if run.state != "open":
        return view
    return replace(view, current=current(s for s in states if view.may_do(s.step)) or current(states))


def at_its_step(run: Run) -> str:
    """The address of a run's page, at the step that is the reader's to do next."""
    turn = view_of(run).current
    return url_for("runs.run", run_id=run.id, _anchor=f"step-{turn.step.position}" if turn else None)


def changed_since(run: Run, before: list[StepState], also: str = "") -> tuple[RunView, list[StepState]]:
    """The run's page now, and its steps that are not as `before` (all, if that is empty), or are `also`.

    The step to do next is among them, and the one that was.
    """
    view = view_of(run)
    then = words.states(before, view.reading)
    was = {state.step.key: state for state in then}
    mine = current(s for s in then if view.may_do(s.step)) or current(then)
    shown = {also} | {state.step.key for state in view.states if state != was.get(state.step.key)}
    shown |= {state.step.key for state in (mine, view.current) if state}
    return view, [state for state in view.states if state.step.key in shown]


def meaning_of(run: Run) -> str:
    """What a signature under the whole run says, in its author's words or the usual ones."""
    return run.revision.meta.meaning or say(signing.RUN_MEANING)


def reading_of(run: Run) -> Reading | None:
    """The run in the first of the reader's languages that there is; None means as its SOP was written."""
    return words.reading(run, read_languages())
