"""What a record that came late may do by itself, and what waits for a lead.

It is judged by the run's history, never by what a form claims: by what was so when the record was made, and
whether its person took part then. A record that breaks a rule counts by itself, flagged, only where that rule
began to hold after it was made: the run was closed, paused, moved or handed over, a critical step was taken
back. After the closing it counts only where it fills what nobody had touched ("omitted"). It takes back only
its own person's record in an open run, as long as nobody else has built on that. Everything else is kept and
waits for a lead.

The order of arrival decides nothing, so nothing here looks at what else came late, with two exceptions: a
critical step that was done late holds up nothing, also if that was taken back late, and what is taken back
must have come. Both can only become more, so that what waits for them alone may be judged again after each
record (`recording.settle`) and ends the same in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.runs import loading
from tracker.domain.runs.progress import StepState, blocking, final_outcome, step_states, uncancelled
from tracker.models import Event, Person, Record, Run, Step

AFTERWARDS = {"late", "amended", "accepted"}
"""The flags of records that were written after their run was closed."""

DECIDED = {"amended", "accepted"}
"""Those by which a lead has decided what the closed run says of a step."""


class Judgement(NamedTuple):
    """Why a late record waits for a lead, or how it is flagged where it counts."""

    waits: str | None = None
    flags: tuple[str, ...] = ()


def judge(
    session: Session,
    actor: Actor,
    run: Run,
    state: StepState,
    kind: str,
    made_at: datetime,
    cancels: UUID | None = None,
) -> Judgement:
    """What becomes of a record that the actor made at `made_at` and that comes now.

    `run` was loaded with its lock, `state` is that of the step as it stands; a step that the run does not
    have any more is of another revision than the run. `cancels` is the id of what an "undone" takes back.
    """
    if kind == "undone":
        return _undoing(session, actor, run, state.step, made_at, cancels)
    gone = state.step.revision_id != run.revision_id
    if run.state != "open":
        return _closed(session, actor, run, state.step, made_at, gone)
    allowed = _allowed(session, actor, run, state.step, kind, made_at)
    if allowed.waits is not None:
        return allowed
    if gone:
        return Judgement(flags=(*allowed.flags, "gone"))
    if kind == "done" and state.signed is not None:
        return Judgement("signed")
    if _held_up(run, state.step, made_at):
        return Judgement("blocked")
    flags = [*allowed.flags]
    if state.blocked_by is not None:
        flags.append("blocked")
    if not state.applies:
        flags.append("condition")
    return Judgement(flags=tuple(flags))


def _allowed(session: Session, actor: Actor, run: Run, step: Step, kind: str, made_at: datetime) -> Judgement:
    """Whether its person might record this in the open run when they did, whatever stands in it."""
    flags = []
    gone = step.revision_id != run.revision_id
    if not access.may_record(actor, run, None if gone else step, kind):
        if not _might(session, actor, run, step, kind, made_at):
            return Judgement("part")
        flags.append("handed")
    if run.paused_at is not None:
        if made_at >= run.paused_at:
            return Judgement("paused")
        flags.append("paused")
    return Judgement(flags=tuple(flags))


def _undoing(
    session: Session, actor: Actor, run: Run, step: Step, made_at: datetime, cancels: UUID | None
) -> Judgement:
    """About what takes something back. Whatever it waits for is called "undo": the rest may still come.

    Several of one record count like one, so that it does not matter which of them comes first.
    """
    target = next((r for r in run.records if r.id == cancels and r.step_key == step.key), None)
    if target is None or run.state != "open" or step.revision_id != run.revision_id:
        return Judgement("undo")
    if target.person_id != actor.holder.id or target.kind == "undone" or _is_built_on(run, target):
        return Judgement("undo")
    allowed = _allowed(session, actor, run, step, "undone", made_at)
    return allowed if allowed.waits is None else Judgement("undo")


def _is_built_on(run: Run, target: Record) -> bool:
    """Whether somebody else has relied on a record: a lead accepted it, or let the run go on past its step,
    the step was signed, or another has recorded something about it since."""
    if "accepted" in target.flags:
        return True
    decided = {given.step_key for given in run.overrides} | {given.step_key for given in run.sign_offs}
    if target.step_key in decided:
        return True
    direct = (r for r in run.records if r.made_at is None and r.step_key == target.step_key)
    return any(r.person_id != target.person_id and r.received_at > target.happened_at for r in direct)


def _closed(session: Session, actor: Actor, run: Run, step: Step, made_at: datetime, gone: bool) -> Judgement:
    """About a run that is closed or cancelled. What a cancelled one says counts nowhere, so nothing waits."""
    if not _took_part(session, actor, run):
        return Judgement("part")
    if run.state == "done" and gone and any(given.record_id is None for given in run.sign_offs):
        return Judgement("signed")  # that of a whole run is void once anything more stands in it
    if run.state == "cancelled" or gone:
        return Judgement(flags=("late", "gone") if gone else ("late",))
    if run.closed_at is None or made_at > run.closed_at:
        return Judgement("closed")
    return Judgement(flags=("late",)) if _was_omitted(run, step.key) else Judgement("outcome")


def _was_omitted(run: Run, step_key: str) -> bool:
    """Whether the closing found a step untouched that should have been done, and no lead has decided since.

    Two who come late for one step are both in time, as while the run was open.
    """
    if any(record.step_key == step_key and DECIDED & set(record.flags) for record in run.records):
        return False
    before = [record for record in run.records if not AFTERWARDS & set(record.flags)]
    state = next((state for state in _states(run, before) if state.step.key == step_key), None)
    return state is not None and final_outcome(state) == "omitted"


def _took_part(session: Session, actor: Actor, run: Run) -> bool:
    """Whether a person had a part in a run before it was closed: it was theirs, or they recorded in it."""
    person = actor.holder
    if person.disabled_at is not None:
        return False
    if person.id in (run.assignee_id, run.closed_by_id):
        return True
    if any(r.person_id == person.id and not AFTERWARDS & set(r.flags) for r in run.records):
        return True
    return any(event.data.get("assignee") == person.id for event in _handed(session, run))


def had_part(session: Session, actor: Actor, run: Run) -> bool:
    """Whether a run was somebody's before, or open to them, though it is another's by now."""
    person = actor.holder
    if person.disabled_at is not None:
        return False
    if any(record.person_id == person.id for record in run.records):
        return True
    return any(_was_theirs(person, run, event) for event in _handed(session, run))


def is_stranger(session: Session, actor: Actor, run: Run) -> bool:
    """Whether a run is nothing to a person: they don't see it, and it never was theirs or open to them."""
    return not access.may(actor, "run.see", run) and not had_part(session, actor, run)


def _might(session: Session, actor: Actor, run: Run, step: Step, kind: str, made_at: datetime) -> bool:
    """Whether a person who may not record in a run any more might when the record was made.

    Roles, teams and places are taken as they are: nobody keeps when they were others.
    """
    person = actor.holder
    if person.disabled_at is not None:
        return False
    if step.role and not step.verify and kind != "skipped" and not access.may_run(actor, [step.role]):
        return False
    before: Event | None = None
    for event in _handed(session, run):
        if event.at > made_at:
            break
        before = event
    return before is not None and _was_theirs(person, run, before)


def _was_theirs(person: Person, run: Run, handed: Event) -> bool:
    """Whether a run was the person's from this event on, or open to them."""
    given = handed.data
    if given.get("assignee") is not None:
        return bool(given["assignee"] == person.id)
    team = person.team.name if person.team else None
    role = given.get("role")
    open_to = given.get("team") in (None, team) and (not role or access.has_role(person, role))
    return open_to and access.is_at_place(person, run)


def _handed(session: Session, run: Run) -> Sequence[Event]:
    """The events that say whose the run was from then on, oldest first."""
    query = select(Event).where(Event.subject == f"run:{run.id}").order_by(Event.at, Event.id)
    return [event for event in session.scalars(query) if "assignee" in event.data]


def _held_up(run: Run, step: Step, made_at: datetime) -> bool:
    """Whether a critical step keeps this one from being done, now as when the record was made.

    Seen without what came late, but for that a critical step was done. That this was taken back late does not
    matter either: whether it comes before or after what followed is chance.
    """
    direct = [record for record in run.records if record.made_at is None]
    holding = blocking(step, _states(run, direct))
    if not holding:
        return False
    everything = {state.step.key: state for state in loading.states(run)}
    standing = uncancelled(r for r in run.records if r.made_at is None or r.kind != "undone")
    late = {r.step_key for r in standing if r.made_at is not None and r.kind == "done"}
    holding -= {
        key for key in late & holding if everything[key].signed is not None or not everything[key].step.verify
    }
    then = [record for record in direct if record.received_at <= made_at]
    return bool(holding & blocking(step, _states(run, then, made_at)))


def _states(run: Run, records: Iterable[Record], until: datetime | None = None) -> list[StepState]:
    """The run's states by these records alone; with `until` also as it was overridden and signed by then."""
    signs = loading.plan(run).signs
    overridden = [o.step_key for o in run.overrides if until is None or o.at <= until]
    given = [s for s in run.sign_offs if until is None or s.at <= until] if signs else []
    return step_states(loading.steps(run), records, overridden, given)
