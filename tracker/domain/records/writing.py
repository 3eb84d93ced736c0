"""One record is written with all that it brings, once somebody has judged that it may be made at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from tracker.domain.actor import Actor, in_person, signed_in
from tracker.domain.deviations import opening
from tracker.domain.evidence import pieces as evidence_pieces
from tracker.domain.facts import contributions, figures, folding
from tracker.domain.records import late_records, values
from tracker.domain.records.clocks import UNKNOWN, Device
from tracker.domain.records.entry import Entry
from tracker.domain.runs import subjects
from tracker.domain.runs.loading import states
from tracker.domain.runs.progress import final_outcome
from tracker.domain.runs.rules import why
from tracker.domain.runs.standing import keep_standing
from tracker.errors import N_, ConflictError, InvalidError
from tracker.models import LateRecord, Outcome, Record, Run, Step, subject_key
from tracker.rows import attach

_COLUMNS = [column.key for column in Record.__table__.columns]
_INSERT = insert(Record)
_OTHER = N_(
    "This is “%(text)s”, but the run is about “%(subject)s”. Nothing was recorded: take the right one."
)


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
    kind, value, reason, deviation = judged(run, step, said, outside)
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
        digest=row.digest if row else digest(run, actor, said),
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
    if again is not None and again.digest != digest(run, actor, said):
        raise InvalidError(late_records.USED)
    return again


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


def judged(run: Run, step: Step, said: Entry, missed: str) -> tuple[str, Any, str, str | None]:
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


def digest(run: Run, actor: Actor, said: Entry) -> str:
    """Of what the person said, without clocks: a retry may carry another time."""
    content = [run.id, actor.id, said.step_key, said.kind, said.value, said.reason, said.note, said.cancels]
    content += [piece.sent for piece in said.pieces]
    return hashlib.sha256(json.dumps([str(part) for part in content]).encode()).hexdigest()
