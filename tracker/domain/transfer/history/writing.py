"""Writing finished runs, some at a time: each whole, with its records, its outcomes and its event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain.event_kinds import RunImported
from tracker.domain.transfer.history.bulk import Bulk, Row
from tracker.domain.transfer.history.job import FinishedRun, Import, Line
from tracker.domain.transfer.history.known import Known
from tracker.models import Event, Outcome, Record, Run, subject_key
from tracker.sop.text import clean

RECORDED = ("done", "skipped", "failed")
STRENGTH = {"na": 0, "omitted": 1, "done": 2, "skipped": 3, "failed": 4}

_RUNS = Bulk(
    Run, "ref", "sop_id", "revision_id", "subject_kind", "subject_ref", "subject_key", "location_id",
    "assignee_id", "state", "started_at", "started_by_id", "closed_at", "closed_by_id", "unsigned",
    "complete", "folded", "late_waiting",
)  # fmt: skip
_OUTCOMES = Bulk(
    Outcome, "run_id", "step_key", "sop_id", "revision_id", "outcome", "reason", "recovered", "closed_at"
)
_RECORDS = Bulk(
    Record, "id", "run_id", "step_key", "kind", "value", "reason", "note", "person_id", "device_at",
    "received_at", "digest",
)  # fmt: skip
_EVENTS = Bulk(Event, "at", "kind", "subject", "data")
_NAMED = select(Run.sop_id, Run.ref, Run.id).where(
    Run.sop_id.in_(bindparam("sops", expanding=True)), Run.ref.in_(bindparam("refs", expanding=True))
)


def write(session: Session, job: Import, known: Known, runs: Sequence[FinishedRun], now: datetime) -> None:
    """Write those of the runs that the database does not have yet."""
    alone(session, "import")
    there = _numbers(session, runs)
    new = [run for run in runs if (run.sop_id, run.ref) not in there]
    job.passed_over += len(runs) - len(new)
    if not new:
        return
    revisions = [known.revision(session, run) for run in new]
    connection = session.connection()
    _RUNS.insert(connection, [_run(session, known, *pair) for pair in zip(new, revisions, strict=True)])
    numbers = _numbers(session, new)
    outcomes: list[Row] = []
    records: list[Row] = []
    events: list[Row] = []
    imported = RunImported(file=job.path.name)
    for run, revision in zip(new, revisions, strict=True):
        number = numbers[run.sop_id, run.ref]
        outcomes += _outcomes(run, number, revision)
        records += _records(session, known, run, number)
        events.append((now, imported.kind, f"run:{number}", imported.data()))
    _OUTCOMES.insert(connection, outcomes)
    _RECORDS.insert(connection, records)
    _EVENTS.insert(connection, events)
    job.written += len(new)


def _numbers(session: Session, runs: Sequence[FinishedRun]) -> dict[tuple[str, str], int]:
    """The numbers of those runs that are there, and perhaps of others of the same names."""
    named = {"sops": list({run.sop_id for run in runs}), "refs": list({run.ref for run in runs})}
    return {(sop_id, ref): number for sop_id, ref, number in session.execute(_NAMED, named)}


def _run(session: Session, known: Known, run: FinishedRun, revision: int) -> Row:
    place = known.place(session, run.location)
    actor, closer = known.person(session, run.actor), known.person(session, run.closer)
    subject = clean(run.subject)[:200]
    about = (run.ref, run.sop_id, revision, "", subject, subject_key(subject), place, actor, "done")
    return *about, run.started_at, actor, run.closed_at, closer, 0, False, False, 0


def _outcomes(run: FinishedRun, number: int, revision: int) -> Iterator[Row]:
    """One outcome a step; of several lines for one step the strongest counts, as in a run made here."""
    lines: dict[str, Line] = {}
    cleared = set()
    for line in run.lines:
        if line.outcome == "done":
            cleared.add(line.step)
        before = lines.get(line.step)
        if before is None or STRENGTH[before.outcome] < STRENGTH[line.outcome]:
            lines[line.step] = line
    for key, line in lines.items():
        recovered = line.outcome == "failed" and key in cleared
        yield number, key, run.sop_id, revision, line.outcome, line.reason, recovered, run.closed_at


def _records(session: Session, known: Known, run: FinishedRun, number: int) -> Iterator[Row]:
    name = blake2b(f"{run.sop_id}\0{run.ref}".encode(), digest_size=8).digest()
    for place, (step, outcome, reason, value, actor, at) in enumerate(run.lines):
        if outcome in RECORDED:
            person = known.person(session, actor)
            about = (
                _record_id(name, place, at),
                number,
                step,
                outcome,
                value if value != "" else None,
                reason,
                "",
                person,
            )
            yield *about, at, at, ""


def _record_id(run: bytes, place: int, at: datetime) -> UUID:
    """A UUIDv7 as a device makes it, but the same at every import: run and place in it instead of chance.

    Ids that sort by their time keep the records of a day together, which is most of an import's speed.
    """
    stamp = max(0, int(at.timestamp() * 1000))
    rest = int.from_bytes(run) << 16 | place & 0xFFFF
    return UUID(int=stamp << 80 | 0x7 << 76 | (rest >> 62 & 0xFFF) << 64 | 0b10 << 62 | rest & (1 << 62) - 1)
