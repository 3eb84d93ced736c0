"""Recording what was done about a step: the one verb for every edge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor, in_person, signed_in
from tracker.domain.deviations import opening
from tracker.domain.events import emit
from tracker.domain.evidence import pieces as evidence_pieces
from tracker.domain.evidence.content import Piece
from tracker.domain.facts import contributions, figures, folding
from tracker.domain.records import late_records, late_rules, sequences, values
from tracker.domain.records.clocks import UNKNOWN, Device, Made, made, moment
from tracker.domain.records.entry import Entry
from tracker.domain.records.late_rules import Judgement
from tracker.domain.records.sequences import Known
from tracker.domain.runs import assignment, loading, moving, subjects
from tracker.domain.runs.loading import NO_RUN, own_record, plan, states
from tracker.domain.runs.progress import StepState, final_outcome, step_states, uncancelled
from tracker.domain.runs.rules import must_be_open, must_go_on, why
from tracker.domain.runs.standing import keep_standing
from tracker.errors import N_, ConflictError, ForbiddenError, InvalidError, NotFoundError
from tracker.models import KINDS, LateRecord, Outcome, Override, Record, Run, Step, subject_key
from tracker.rows import attach

_COLUMNS = [column.key for column in Record.__table__.columns]
_INSERT = insert(Record)
_NOT_YET = N_("“%(step)s” is only done if an earlier step says so. Do that one first.")
_NOT_HERE = N_("“%(step)s” does not apply to this run as its answers stand. Reload the page.")
_FIRST = N_("First do “%(step)s”: it is critical.")
_SIGN_FIRST = N_("First somebody has to sign “%(step)s”: it is critical.")
_GONE = N_(
    "“%(step)s” is gone: a lead has moved this run to revision %(revision)s. Reload the page; "
    "what was recorded stays in the history."
)
_NOT_THEIRS = N_(
    "This run was never yours, so its files were not taken. A lead where it is done can give it to you."
)
_OTHER = N_(
    "This is “%(text)s”, but the run is about “%(subject)s”. Nothing was recorded: take the right one."
)


def load(
    session: Session, actor: Actor, now: datetime, run_id: int, record_id: UUID, device: Device
) -> tuple[Run, Known, bool]:
    """The run that a record is about, with its lock, what is known of the record, whether they see the run.

    For whoever may see the run; also where the record came late, or is a repetition: whoever has lost the
    run meanwhile still brings what they made before. Raises NotFoundError, ForbiddenError.
    """
    found = sequences.lock(session, run_id, record_id, device)
    if found is None:
        raise NotFoundError(NO_RUN, id=run_id)
    loading.read(session, found[0])
    return *found, _may_send(actor, now, found[0], record_id, device)


def find(session: Session, actor: Actor, now: datetime, run_id: int, record_id: UUID, device: Device) -> Run:
    """The run of a record that brings files, for whom `load` gives it.

    But not for a stranger, whose record would wait for a lead: nobody fills the disk of others. Raises like
    `load`.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(NO_RUN, id=run_id)
    sees = _may_send(actor, now, run, record_id, device)
    if not sees and device.by is None and late_rules.is_stranger(session, actor, run):
        raise ForbiddenError(_NOT_THEIRS)
    return run


def _may_send(actor: Actor, now: datetime, run: Run, record_id: UUID, device: Device) -> bool:
    """Whether they see the run. Raises ForbiddenError where they do not, and bring nothing from before."""
    sees = access.may(actor, "run.see", run)
    brings = device.queued or made(device, now, run.started_at).late
    if not sees and not brings and own_record(actor, run, record_id) is None:
        with words_to_who_lost_it(actor, run):
            access.require(actor, "run.see", run)
    return sees


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
    """Add one record to a run that was loaded with its lock (`load`).

    The same id with the same content is the same record. `value` is as typed; outside its limits it is
    kept as failed. What came late, by what its `device` says, is never refused for what has happened
    meanwhile: it counts, flagged, or waits for a lead (`records.late_rules`). If it is about another subject
    than the step asks for (`match=subject`), it is kept as failed. `pieces` are the evidence that the step
    asks for, put away already (`pieces.put`). Whoever has them at hand gives `known`, which came with the
    run (`load`), and `before`, the run's states.
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
    if (again := repeated(actor, run, said)) is not None:
        return again
    known = known or sequences.known(session, run, record_id, device)
    if known.kept:
        return late_records.repeated(session, record_id, _digest(run, actor, said))
    before = states(run) if before is None else before
    state = _of(before, step_key) or _gone(session, run, step_key, came.late or device.queued)
    if kind not in KINDS:
        raise InvalidError(
            N_("“%(kind)s” can’t be recorded: use done, skipped, failed or undone."), kind=kind
        )
    judged, quick, came = _judgement(session, actor, now, run, before, state, said, device, came)
    outside = another_subject(session, run, state.step, said, late=came.late)
    number = sequences.note(session, actor, now, run, device, came.at or now, known)
    flags = [*judged.flags, "clock" if came.doubtful else "", number or "", quick]
    flag = " ".join(filter(None, flags)) or None
    if judged.waits is not None and came.at is not None:
        _must_be_acceptable(session, run, state.step, said, outside)
        digest, rows = _digest(run, actor, said), evidence_pieces.rows(session, now, run, state.step, pieces)
        stranger = (
            judged.waits == "part" and device.by is None and late_rules.is_stranger(session, actor, run)
        )
        return late_records.keep(
            session, actor, now, run, said, judged.waits, device, came.at, digest, rows,
            flag=flag, stranger=stranger,
        )  # fmt: skip
    entry = write(
        session, actor, now, run, state.step, said,
        flag=flag, device=device, outside=outside, made_at=came.at,
    )  # fmt: skip
    _claim(session, actor, now, run, state.step, kind)
    settle(session, now, run)
    return entry


def _require(actor: Actor, run: Run, said: Entry) -> None:
    """Raise ForbiddenError unless they may record this, and ConflictError where they might before."""
    with words_to_who_lost_it(actor, run):
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
        return late_rules.judge(session, actor, run, state, said.kind, came.at), "", came
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
        judged = late_rules.judge(session, actor, run, state, said.kind, at)
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


def must_have_part(session: Session, actor: Actor, run: Run) -> None:
    """Raise ForbiddenError for somebody who neither works on the run nor ever has."""
    if not access.may(actor, "run.record", run) and not late_rules.had_part(session, actor, run):
        access.require(actor, "run.record", run)


@contextmanager
def words_to_who_lost_it(actor: Actor, run: Run) -> Iterator[None]:
    """Say who has the run by now to somebody who may not act on it any more, though they might before.

    Raises ConflictError instead of ForbiddenError then.
    """
    try:
        yield
    except ForbiddenError:
        session = object_session(run)
        if session is None or run.assignee is None or run.assignee_id == actor.id:
            raise
        if not late_rules.had_part(session, actor, run):
            raise
        raise ConflictError(
            N_("%(name)s has this run now. Nothing of this was recorded: ask them, or a lead."),
            name=run.assignee.name,
        ) from None


def _must_be_acceptable(session: Session, run: Run, step: Step, said: Entry, outside: str) -> None:
    """Raise InvalidError at once for a late record that no lead could ever accept."""
    if session.get(Record, said.id) is not None:  # of another run
        raise InvalidError(late_records.USED)
    evidence_pieces.require(step, said.kind, said.value.strip(), said.pieces)
    _judged(run, step, said, outside)
    values.checked_text(said.note)


def settle(session: Session, now: datetime, run: Run) -> None:
    """Let those late records count that waited only for a critical step which blocks nothing any more.

    Call it after whatever may clear a critical step of a run that was loaded with its lock.
    """
    while run.late_waiting and run.state == "open":
        before = states(run)
        if not any(
            _settled(session, now, run, before, row) for row in late_records.waiting(session, run, "blocked")
        ):
            return


def _settled(session: Session, now: datetime, run: Run, before: Sequence[StepState], row: LateRecord) -> bool:
    """Whether a record that waits counts from now on."""
    state = _of(before, row.step_key)
    if state is None:
        return False
    judged = late_rules.judge(session, signed_in(row.person), run, state, row.kind, row.made_at)
    if judged.waits is not None:
        return False
    try:
        write_late(session, now, run, state.step, row, judged.flags)
    except InvalidError:  # the run was moved, and its step asks for something else by now
        return False
    late_records.decide(run, row, "counted", now)
    session.flush()
    return True


def write_late(
    session: Session, now: datetime, run: Run, step: Step, row: LateRecord, flags: Sequence[str]
) -> Record:
    """Write the record that a late one was sent as: it was received when it came. Raises like `write`."""
    said = Entry(row.id, row.step_key, row.kind, row.value, row.reason, row.note, row.cancels_id)
    device = Device(row.device_id, row.device_seq, row.device_at)
    outside = another_subject(session, run, step, said, late=True)
    flag = " ".join([*flags, *(row.flag or "").split()])
    return write(
        session, signed_in(row.person), now, run, step, said, flag=flag or None, device=device,
        outside=outside,
        made_at=row.made_at, row=row,
    )  # fmt: skip


def repeated(actor: Actor, run: Run, said: Entry) -> Record | None:
    """The record that this is once more. Raises InvalidError where its id was used for something else."""
    again = next((record for record in run.records if record.id == said.id), None)
    if again is not None and again.digest != _digest(run, actor, said):
        raise InvalidError(late_records.USED)
    return again


def write(
    session: Session,
    actor: Actor,
    now: datetime,
    run: Run,
    step: Step,
    said: Entry,
    *,
    flag: str | None = None,
    device: Device = UNKNOWN,
    outside: str = "",
    made_at: datetime | None = None,
    row: LateRecord | None = None,
) -> Record:
    """Write one record with all that it brings: its evidence, its deviation, a closed run's outcomes.

    Whoever calls this has judged whether it may be made at all, and how its value misses what it must be
    (`outside`). `row` is the late record as which it was kept until now, with its evidence. Raises
    InvalidError for what it lacks.
    """
    if row is None or not row.pieces:
        evidence_pieces.require(step, said.kind, said.value.strip(), said.pieces)
    kind, value, reason, deviation = _judged(run, step, said, outside)
    entry = Record(
        id=said.id,
        run_id=run.id,
        step_key=step.key,
        kind=kind,
        value=value,
        reason=reason,
        note=values.checked_text(said.note),
        person_id=in_person(actor).id,
        cancels_id=said.cancels if kind == "undone" else None,
        device_id=device.name,
        device_seq=device.seq,
        device_at=device.at,
        received_at=row.received_at if row else now,
        made_at=made_at,
        flag=flag,
        digest=row.digest if row else _digest(run, actor, said),
    )
    _insert(session, run, entry)
    found = row.pieces if row else evidence_pieces.rows(session, now, run, step, said.pieces)
    evidence_pieces.attach(session, entry, found or ())
    if entry.cancels_id:
        opening.withdraw(session, actor, now, run, entry.cancels_id)
    if deviation:
        opening.open_for(session, actor, now, run, entry, deviation)
    if run.state == "done":
        _amend(session, run, entry)
    keep_standing(session, run)
    return entry


def another_subject(session: Session, run: Run, step: Step, said: Entry, *, late: bool = False) -> str:
    """How it misses what the run is about, where the step must be given that, by any of its names; else "".

    Raises ConflictError for what did not come late.
    """
    if said.kind != "done" or step.attributes.get("match") != "subject" or not run.subject_ref:
        return ""
    text = values.plain(step, said.value)
    given, kind = subject_key(said.value, run.subject_kind), run.subject_kind
    names = [run.subject_ref, *subjects.aliases_of(session, kind, run.subject_ref)]
    if not given or given in {subject_key(name, kind) for name in names}:
        return ""
    if not late:
        raise ConflictError(_OTHER, text=text[:80], subject=run.subject_ref)
    return f"{text[:80]} (≠ {run.subject_ref})"


def _judged(run: Run, step: Step, said: Entry, missed: str) -> tuple[str, Any, str, str | None]:
    """What is kept of what was said: kind, value, reason, and the kind of deviation that it opens."""
    if said.kind == "done":
        zone = run.location.zone if run.location else ""
        value, outside = values.typed_value(step, said.value, zone)
        outside = missed or outside
        return ("failed", value, outside, "limits") if outside else ("done", value, "", None)
    if said.kind == "undone":
        return "undone", None, why(said.reason) if said.reason.strip() else "", None
    opens = "failed" if said.kind == "failed" else "skipped-critical" if step.critical else None
    return said.kind, None, why(said.reason), opens


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


def _amend(session: Session, run: Run, entry: Record) -> None:
    """A record about a closed run changes the outcomes of its step, and of those that ask for it.

    What the run has added to the facts, if it was folded, is swapped; one that is folded just now is seen to
    have a record more than was read, and waits.
    """
    before = contributions.of(session, run.id, without=entry.id) if run.folded else None
    now_is = {state.step.key: state for state in states(run)}
    for outcome in session.scalars(select(Outcome).where(Outcome.run_id == run.id)):
        if (state := now_is.get(outcome.step_key)) is not None:
            outcome.outcome = final_outcome(state)
            outcome.reason = state.last.reason if state.last else ""
            outcome.recovered = state.recovered
    session.flush()
    if before is not None:
        folding.swap(session, before, contributions.of(session, run.id))
        figures.look_again(session, run.sop_id)


def _insert(session: Session, run: Run, entry: Record) -> None:
    """Write a record past the unit of work: all wait for this insert, and a flush takes thrice as long."""
    row = {name: getattr(entry, name) for name in _COLUMNS}
    try:
        session.connection().execute(_INSERT, row)
    except IntegrityError as error:  # its id is the one thing that nothing before this has looked up
        raise InvalidError(late_records.USED) from error
    attach(session, entry)
    set_committed_value(run, "records", [*run.records, entry])


def _digest(run: Run, actor: Actor, said: Entry) -> str:
    """Of what the person said, without clocks: a retry may carry another time."""
    content = [run.id, actor.id, said.step_key, said.kind, said.value, said.reason, said.note, said.cancels]
    content += [piece.sent for piece in said.pieces]
    return hashlib.sha256(json.dumps([str(part) for part in content]).encode()).hexdigest()
