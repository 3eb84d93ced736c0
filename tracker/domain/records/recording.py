"""Recording what was done about a step: the one verb for every edge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor, in_person, signed_in
from tracker.domain.events import emit
from tracker.domain.evidence import pieces as evidence_pieces
from tracker.domain.evidence.content import Piece
from tracker.domain.records import late_records, late_rules, senders, sequences, values, writing
from tracker.domain.records.clocks import UNKNOWN, Device, Made, made, moment
from tracker.domain.records.entry import Entry
from tracker.domain.records.late_rules import Judgement
from tracker.domain.records.sequences import Known
from tracker.domain.runs import assignment, moving
from tracker.domain.runs.loading import own_record, plan, states
from tracker.domain.runs.progress import StepState, step_states, uncancelled
from tracker.domain.runs.rules import must_be_open, must_go_on, why
from tracker.domain.runs.standing import keep_standing
from tracker.errors import N_, ConflictError, ForbiddenError, InvalidError
from tracker.models import KINDS, LateRecord, Override, Record, Run, Step

_NOT_YET = N_("“%(step)s” is only done if an earlier step says so. Do that one first.")
_NOT_HERE = N_("“%(step)s” does not apply to this run as its answers stand. Reload the page.")
_FIRST = N_("First do “%(step)s”: it is critical.")
_SIGN_FIRST = N_("First somebody has to sign “%(step)s”: it is critical.")
_GONE = N_(
    "“%(step)s” is gone: a lead has moved this run to revision %(revision)s. Reload the page; "
    "what was recorded stays in the history."
)


def record(
    session: Session,
    actor: Actor,
    now: datetime,
    run: Run,
    *,
    record_id: UUID,
    step_key: str,
    kind: str,
    value: str = "",
    reason: str = "",
    note: str = "",
    cancels: UUID | None = None,
    device: Device = UNKNOWN,
    pieces: Sequence[Piece] = (),
    known: Known | None = None,
    before: Sequence[StepState] | None = None,
) -> Record | LateRecord:
    """Add one record to a run that was loaded with its lock (`senders.load`).

    The same id with the same content is the same record. `value` is as typed; outside its limits it is
    kept as failed. What came late, by what its `device` says, is never refused for what has happened
    meanwhile: it counts, flagged, or waits for a lead (`records.late_rules`). If it is about another subject
    than the step asks for (`match=subject`), it is kept as failed. `pieces` are the evidence that the step
    asks for, put away already (`pieces.put`). Whoever has them at hand gives `known`, which came with the
    run (`senders.load`), and `before`, the run's states.
    Raises InvalidError (unknown step or kind, value of the wrong kind, no reason, no evidence, an id used
    twice); of a direct request also ConflictError (closed run, blocked step, nothing to undo) and
    ForbiddenError.
    """
    in_person(actor)
    said = Entry(record_id, step_key, kind, value, reason, note, cancels, pieces)
    came = made(device, now, run.started_at)
    if not came.late and not device.queued and own_record(actor, run, record_id) is None:
        # a repetition is answered even after the run was taken over
        _require(actor, run, said)
    if (again := writing.repeated(actor, run, said)) is not None:
        return again
    if known is None or came.late:
        # What was read with the lock is from before one waited for it: a twin may have come meanwhile.
        known = sequences.known(session, run, record_id, device)
    if known.kept:
        return late_records.repeated(session, record_id, writing.digest(run, actor, said))
    before = states(run) if before is None else before
    state = _of(before, step_key) or _gone(session, run, step_key, came.late or device.queued)
    if kind not in KINDS:
        raise InvalidError(
            N_("“%(kind)s” can’t be recorded: use done, skipped, failed or undone."), kind=kind
        )
    judged, quick, came = _judgement(session, actor, now, run, before, state, said, device, came)
    outside = writing.another_subject(session, run, state.step, said, late=came.late)
    number = sequences.note(session, actor, now, run, device, came.at or now, known)
    flags = [*judged.flags, "clock" if came.doubtful else "", number or "", quick]
    flag = " ".join(filter(None, flags)) or None
    if judged.waits is not None and came.at is not None:
        _must_be_acceptable(session, run, state.step, said, outside)
        digest = writing.digest(run, actor, said)
        rows = evidence_pieces.rows(session, now, run, state.step, pieces)
        stranger = (
            judged.waits == "part" and device.by is None and late_rules.is_stranger(session, actor, run)
        )
        return late_records.keep(
            session, actor, now, run, said, judged.waits, device, came.at, digest, rows,
            flag=flag, stranger=stranger,
        )  # fmt: skip
    entry = writing.write(
        session, actor, now, run, state.step, said,
        flag=flag, device=device, outside=outside, made_at=came.at,
    )  # fmt: skip
    _claim(session, actor, now, run, state.step, kind)
    settle(session, now, run)
    return entry


def _require(actor: Actor, run: Run, said: Entry) -> None:
    """Raise ForbiddenError unless they may record this, and ConflictError where they might before."""
    with senders.words_to_who_lost_it(actor, run):
        access.require_record(actor, run, plan(run).by_key.get(said.step_key), said.kind)


def _judgement(
    session: Session,
    actor: Actor,
    now: datetime,
    run: Run,
    before: Sequence[StepState],
    state: StepState,
    said: Entry,
    device: Device,
    came: Made,
) -> tuple[Judgement, str, Made]:
    """What becomes of a record: of a direct request, or of what came late by the run's history.

    Whoever works through a queue has not seen what happened a moment ago: where that alone stands in the way,
    a record is taken by its history however young it is.
    """
    if came.at is not None:
        return late_rules.judge(session, actor, run, state, said.kind, came.at, said.cancels), "", came
    try:
        if device.queued:
            _require(actor, run, said)
        if state.step.revision_id != run.revision_id:
            raise ConflictError(_GONE, step=state.step.name, revision=run.revision.label)
        return Judgement(), _direct(run, actor, before, state, said, now), came
    except (ConflictError, ForbiddenError):
        if not device.queued:
            raise
        at = moment(device, now, run.started_at)
        judged = late_rules.judge(session, actor, run, state, said.kind, at, said.cancels)
        if judged.waits not in (None, "outcome"):
            raise
        return judged, "", Made(at, came.doubtful)


def _claim(session: Session, actor: Actor, now: datetime, run: Run, step: Step, kind: str) -> None:
    """Whoever begins on a run that is open to them has it from then on, and others see that at once.

    A step that names a role of its own is done by whoever has that, and taking something back is no work.
    """
    own = step.role and not step.verify and step.role != run.role
    begins = run.state == "open" and run.assignee_id is None and kind != "undone" and not own
    if begins and access.takes_part(actor.holder, run):
        assignment.claim(session, actor, now, run)


def _must_be_acceptable(session: Session, run: Run, step: Step, said: Entry, outside: str) -> None:
    """Raise InvalidError at once for a late record that no lead could ever accept."""
    if session.get(Record, said.id) is not None:  # of another run
        raise InvalidError(late_records.USED)
    evidence_pieces.require(step, said.kind, said.value.strip(), said.pieces)
    writing.judged(run, step, said, outside)
    values.checked_text(said.note)


def settle(session: Session, now: datetime, run: Run) -> None:
    """Let those late records count that waited only for what has come now.

    That is a critical step which blocks nothing any more, or the record that is taken back. Call it after
    whatever writes a record or may clear a critical step of a run that was loaded with its lock.
    """
    while run.late_waiting and run.state == "open":
        before = states(run)
        rows = late_records.waiting(session, run, "blocked", "undo")
        if not any(_settled(session, now, run, before, row) for row in rows):
            return


def _settled(session: Session, now: datetime, run: Run, before: Sequence[StepState], row: LateRecord) -> bool:
    """Whether a record that waits counts from now on."""
    state = _of(before, row.step_key)
    if state is None:
        return False
    judged = late_rules.judge(
        session, signed_in(row.person), run, state, row.kind, row.made_at, row.cancels_id
    )
    if judged.waits is not None:
        return False
    try:
        writing.write_late(session, now, run, state.step, row, judged.flags)
    except InvalidError:  # the run was moved, and its step asks for something else by now
        return False
    late_records.decide(run, row, "counted", now)
    session.flush()
    return True


def override(session: Session, actor: Actor, now: datetime, run: Run, step_key: str, reason: str) -> None:
    """A lead lets a run go on, with a reason: past a critical step, or without a signature."""
    access.require(actor, "run.override", run)
    must_be_open(run)
    state = _of(states(run), step_key) or _gone(session, run, step_key)
    if not state.holds_up and not state.unsigned:
        raise ConflictError(N_("“%(step)s” does not block anything."), step=state.step.name)
    entry = Override(
        run_id=run.id, step_key=step_key, person_id=in_person(actor).id, reason=why(reason), at=now
    )
    run.overrides.append(entry)
    emit(session, actor, now, kinds.StepOverridden(step=step_key, reason=entry.reason), f"run:{run.id}")
    session.flush()
    keep_standing(session, run)
    settle(session, now, run)


def _of(found: Sequence[StepState], step_key: str) -> StepState | None:
    return next((state for state in found if state.step.key == step_key), None)


def _gone(session: Session, run: Run, step_key: str, late: bool = False) -> StepState:
    """The state of a step that the run had before it was moved, for a record that came late.

    Raises ConflictError for one that did not, InvalidError for a step that the run never had.
    """
    step = moving.earlier_steps(session, run, [step_key]).get(step_key)
    if step is None:
        raise InvalidError(
            N_("This SOP has no step “%(step)s” in revision %(revision)s. Reload the page."),
            step=step_key[:80],
            revision=run.revision.label,
        )
    if not late:
        raise ConflictError(_GONE, step=step.name, revision=run.revision.label)
    return step_states([step], [record for record in run.records if record.step_key == step_key])[0]


def _direct(
    run: Run, actor: Actor, before: Sequence[StepState], state: StepState, said: Entry, now: datetime
) -> str:
    """ "quick" for a direct request that came so, else "". Raises ConflictError where it breaks a rule."""
    if run.state != "open":
        raise ConflictError(N_("This run is closed. What was recorded stays as it is."))
    must_go_on(run)
    if said.kind == "undone":
        _must_be_undoable(run, actor, said)
        return ""
    if state.blocked_by is not None:
        blocking = _of(before, state.blocked_by)
        assert blocking is not None
        raise ConflictError(_SIGN_FIRST if blocking.unsigned else _FIRST, step=blocking.step.name)
    if not state.applies:
        raise ConflictError(_NOT_YET if state.applies is None else _NOT_HERE, step=state.step.name)
    return "quick" if said.kind == "done" and _is_quick(run, state.step, now) else ""


def _is_quick(run: Run, step: Step, now: datetime) -> bool:
    """Whether the step was done sooner after what came before it than its author thinks plausible."""
    least = step.attributes.get("at-least")
    before = run.records[-1].received_at if run.records else run.started_at
    return bool(least) and now - before < timedelta(seconds=least or 0)


def _must_be_undoable(run: Run, actor: Actor, said: Entry) -> None:
    standing = uncancelled(run.records)
    target = next((r for r in standing if r.id == said.cancels and r.step_key == said.step_key), None)
    if target is None:
        raise ConflictError(
            N_("There is nothing to undo here: somebody may have been quicker. Reload the page.")
        )
    if target.person_id != actor.id and not access.may(actor, "run.take-over", run):
        raise ForbiddenError(
            N_("%(name)s recorded this. They or a lead can undo it."),
            name=target.person.name if target.person else "?",
        )
