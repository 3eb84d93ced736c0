"""Where a run stands, as a pure function of its steps and records.

No clock decides: the same records give the same state in every order of arrival (glossary, Record).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tracker.models import Record, SignOff, Step
from tracker.sop.conditions import Answer, answers_of
from tracker.sop.logic import holds, keys, parse

STRENGTH = {"done": 1, "skipped": 2, "failed": 3}


@dataclass(frozen=True, slots=True)
class StepState:
    """One step of a run as it stands.

    `outcome` is the strongest of the uncancelled records, or None while nobody has touched the step.
    `cleared`: an uncancelled "done" exists. `blocked_by`: the key of the first critical step before it
    that holds up. `records`: the uncancelled ones. `applies`: whether the
    step's condition holds, and those of the steps that it is nested in; None while that can't be judged.
    `signed`: the second person's signature under the latest "done".
    """

    step: Step
    outcome: str | None
    cleared: bool
    overridden: bool
    blocked_by: str | None
    records: tuple[Record, ...]
    applies: bool | None = True
    signed: SignOff | None = None

    @property
    def recovered(self) -> bool:
        return self.outcome == "failed" and self.cleared

    @property
    def put_right(self) -> bool:
        """Whether the step failed or was skipped, and was then done."""
        return self.cleared and self.outcome != "done"

    @property
    def in_order(self) -> tuple[Record, ...]:
        """The records that count, as people read them: by when they were made."""
        return tuple(sorted(self.records, key=lambda record: (record.happened_at, record.id.int)))

    @property
    def holds_up(self) -> bool:
        """Whether the step is critical and blocks what follows, until it is done and, if need be, signed."""
        if not self.step.critical or self.overridden or not self.applies:
            return False
        return not self.cleared or self.unsigned

    @property
    def unsigned(self) -> bool:
        """Whether the step is done but lacks its second person's signature, without which the run can't be
        closed."""
        return self.cleared and self.signed is None and not self.overridden and self.step.verify

    @property
    def done(self) -> Record | None:
        """The latest record that counts and says "done", or None."""
        return max((r for r in self.records if r.kind == "done"), key=lambda r: r.id.int, default=None)

    @property
    def omittable(self) -> bool:
        """Whether leaving the step untouched is an omission."""
        return not self.step.optional and bool(self.applies)

    @property
    def answer(self) -> Answer | None:
        """The answer with which conditions of later steps compare."""
        return answers_of(self.outcome, self.cleared, self.done.value if self.done else None)

    @property
    def last(self) -> Record | None:
        return self.records[-1] if self.records else None


class Tally(NamedTuple):
    """How far a run is, counted as its steps are numbered: a nested step is a part of another.

    Of `all` steps of the first level, `done` are settled with all that is nested in them; `not_needed` of
    these were never touched, because they do not apply; `after_failure`, `after_skip`: how many of them
    failed or were skipped before. `share` of all steps, for a bar: those that are settled.

    What did not go as the SOP says is counted in steps, nested ones too. While a run is open, `failed` and
    `skipped` are those that are so still: somebody may put them right. Of one that is over they are its
    outcomes, as in every report: `failed_put_right`, `skipped_put_right` of them were done afterwards, and
    `omitted` ones were never touched.
    """

    done: int
    after_failure: int
    after_skip: int
    skipped: int
    failed: int
    all: int
    not_needed: int = 0
    share: float = 0.0
    omitted: int = 0
    failed_put_right: int = 0
    skipped_put_right: int = 0

    @property
    def put_right(self) -> int:
        """How many of the failed and skipped steps were done afterwards."""
        return self.failed_put_right + self.skipped_put_right


def wholes(states: Iterable[StepState]) -> list[list[StepState]]:
    """The steps of the first level, which are what is counted: each with all that is nested in it."""
    roots: dict[str, str] = {}
    groups: dict[str, list[StepState]] = {}
    for one in states:
        key = one.step.key
        root = roots[key] = roots.get(one.step.parent or "", key)
        groups.setdefault(root, []).append(one)
    return list(groups.values())


def tally(states: Iterable[StepState], state: str = "open") -> Tally:
    """How far a run in this `state` is, by the states of its steps in document order.

    Every page, list and figure of a single run counts by this.
    """
    states, over = list(states), state != "open"
    groups = wholes(states)
    through = [group for group in groups if all(_settled(one, over) for one in group)]
    put_right = [{one.outcome for one in group if one.put_right} for group in through]
    amiss = Counter(one.outcome for one in states if over or not one.cleared)
    righted = Counter(one.outcome for one in states if over and one.put_right)
    return Tally(
        done=len(through),
        after_failure=sum("failed" in outcomes for outcomes in put_right),
        after_skip=sum(outcomes == {"skipped"} for outcomes in put_right),
        skipped=amiss["skipped"],
        failed=amiss["failed"],
        all=len(groups),
        not_needed=sum(all(one.outcome is None for one in group) for group in through),
        share=sum(_settled(one, over) for one in states) / len(states) if states else 0.0,
        omitted=len(untouched(states)) if state == "done" else 0,
        failed_put_right=righted["failed"],
        skipped_put_right=righted["skipped"],
    )


def mark(whole: list[StepState], now: str | None, state: str = "open") -> tuple[str | None, bool]:
    """What a bar shows of one of the `wholes` of a run in this `state`, and whether it was put right.

    It is the worst that became of any step in it, "now" while the step with the key `now` is one of them, and
    nothing while something in it is left to do.
    """
    for outcome in ("failed", "skipped"):
        if any(one.outcome == outcome and not one.put_right for one in whole):
            return outcome, False
    if any(one.step.key == now for one in whole):
        return "now", False
    if state == "done" and any(final_outcome(one) == "omitted" for one in whole):
        return "omitted", False
    if any(one.outcome is None and one.applies is not False and state != "done" for one in whole):
        return None, False
    outcomes = {one.outcome for one in whole}
    righted = outcomes & {"failed", "skipped"}
    return next((one for one in ("failed", "skipped", "done") if one in outcomes), "na"), bool(righted)


def _settled(state: StepState, over: bool) -> bool:
    """Whether nothing is left to do about a step: it is done, or it does not apply."""
    if state.outcome is not None:
        return state.cleared
    return state.applies is False or (over and not state.omittable)


def step_states(
    steps: Sequence[Step],
    records: Iterable[Record],
    overridden: Iterable[str] = (),
    sign_offs: Iterable[SignOff] = (),
) -> list[StepState]:
    """The state of every step, in document order."""
    active = uncancelled(records)
    by_key: dict[str, list[Record]] = {}
    for record in active:
        by_key.setdefault(record.step_key, []).append(record)
    overridden = set(overridden)
    signed = {sign_off.record_id: sign_off for sign_off in sign_offs}
    holding: list[str] = []
    states: dict[str, StepState] = {}
    for step in steps:
        key = step.key
        own = tuple(sorted(by_key.get(key, ()), key=lambda r: (STRENGTH[r.kind], r.id.int)))
        state = StepState(
            step=step,
            outcome=own[-1].kind if own else None,
            cleared=any(record.kind == "done" for record in own),
            overridden=key in overridden,
            blocked_by=_first_not_above(step, holding, states),
            records=own,
            applies=_applies(step, states),
        )
        if signed and state.done is not None and state.done.id in signed:
            state = replace(state, signed=signed[state.done.id])
        states[key] = state
        if state.holds_up:
            holding.append(key)
    return list(states.values())


def _applies(step: Step, before: Mapping[str, StepState]) -> bool | None:
    """Whether a step applies, by the states of the steps before it."""
    parent = before.get(step.parent or "")
    above = parent.applies if parent else True
    when = step.attributes.get("when")
    if above is False or not when:
        return above
    condition = parse(when)
    own = holds(condition, {key: before[key].answer for key in keys(condition) if key in before})
    return own if above or own is False else None


def uncancelled(records: Iterable[Record]) -> list[Record]:
    """The records that count: without "undone", and without those that an "undone" takes back."""
    records = list(records)
    cancelled = {record.cancels_id for record in records if record.kind == "undone"}
    return [record for record in records if record.kind != "undone" and record.id not in cancelled]


def _first_not_above(step: Step, holding: Sequence[str], before: Mapping[str, StepState]) -> str | None:
    """The first blocking step that this one is not nested in: nested steps are how a critical step is
    done."""
    if not holding:
        return None
    above = _above(step, before)
    return next((key for key in holding if key not in above), None)


def _above(step: Step, states: Mapping[str, StepState]) -> set[str]:
    """The keys of the steps that a step is nested in."""
    above = set()
    parent = step.parent
    while parent is not None:
        above.add(parent)
        parent = states[parent].step.parent if parent in states else None
    return above


def blocking(step: Step, states: Sequence[StepState]) -> set[str]:
    """The keys of all critical steps that keep a step from being done; `blocked_by` is the first."""
    before = {state.step.key: state for state in states if state.step.position < step.position}
    return {key for key, state in before.items() if state.holds_up} - _above(step, before)


def current(states: Iterable[StepState]) -> StepState | None:
    """The step to do next: the first that applies, untouched and not blocked; else the one that blocks."""
    states = list(states)
    for state in states:
        if state.outcome is None and state.blocked_by is None and state.applies:
            return state
    return next((state for state in states if state.holds_up), None)


def untouched(states: Iterable[StepState]) -> list[StepState]:
    """Required steps that nobody has touched: closing the run makes them omitted."""
    return [state for state in states if state.outcome is None and state.omittable]


def is_complete(states: Iterable[StepState]) -> bool:
    """Whether nothing is left to say in a run: one whose SOP asks for no more is closed then.

    Every required step has a record, no optional one is still to come after the last that has one, nothing
    holds up, nothing waits for a signature, and whatever failed was put right: whether a failure stays as it
    is, its person says by closing the run.
    """
    states = list(states)
    touched = [place for place, state in enumerate(states) if state.outcome is not None]
    if not touched or untouched(states):
        return False
    if any(state.outcome is None and state.applies is not False for state in states[touched[-1] :]):
        return False
    return not any(
        state.holds_up or state.unsigned or (state.outcome == "failed" and not state.cleared)
        for state in states
    )


def final_outcome(state: StepState) -> str:
    """What a step's outcome is once the run is closed."""
    if state.outcome is not None:
        return state.outcome
    return "omitted" if state.omittable else "na"
