"""What a database must still be after a fault: whole, with all that was acknowledged, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, NullPool, create_engine, func, select, text
from sqlalchemy.orm import Session

from tests.faults.clients import Ledger
from tracker.models import Deviation, Event, Evidence, Outcome, Record, Run, Step


@dataclass(slots=True)
class Found:
    """What an audit has found; all of it is empty where nothing is wrong."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return not (self.lost or self.doubled or self.broken)


def address(database: Path) -> str:
    return f"sqlite:///{database}"


def audit(url: str, ledger: Ledger | None = None, evidence: Path | None = None) -> Found:
    """Look through a database at rest or at work, for all that was acknowledged in `ledger`."""
    engine = create_engine(url, poolclass=NullPool)
    found = Found(broken=list(damage(engine)))
    with Session(engine) as session:
        found.broken += _halves(session)
        found.broken += _without_files(session, evidence) if evidence else []
        if ledger is not None:
            found.lost = list(_lost(session, ledger))
            found.doubled = list(_doubled(session, ledger))
    return found


def there(database: Path, form: Mapping[str, str]) -> bool:
    """Whether the record that this form makes is in the database."""
    engine = create_engine(address(database), poolclass=NullPool)
    with Session(engine) as session:
        return session.get(Record, UUID(form["id"])) is not None


def damage(engine: Engine) -> Iterator[str]:
    """What the database itself says of its state: PostgreSQL has no such check, and reads every row here."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            yield from (row for row in connection.scalars(text("PRAGMA integrity_check")) if row != "ok")
            yield from (f"foreign key: {row}" for row in connection.execute(text("PRAGMA foreign_key_check")))
        else:
            connection.execute(
                text("SELECT count(r.*), count(e.*) FROM records r, events e WHERE r.run_id = e.id")
            )


def _halves(session: Session) -> Iterator[str]:
    """Changes without their event, and events without their change."""
    states = dict(session.execute(select(Run.id, Run.state)).all())
    for kind, wanted in (
        ("run.started", set(states)),
        ("run.closed", {run for run, state in states.items() if state == "done"}),
    ):
        told = session.execute(
            select(Event.subject, func.count()).where(Event.kind == kind).group_by(Event.subject)
        ).all()
        yield from (f"{kind} twice: {subject}" for subject, count in told if count != 1)
        for subject in {subject for subject, _ in told} ^ {f"run:{run}" for run in wanted}:
            yield f"{kind}: {subject} has one without the other"
    steps = dict(session.execute(select(Step.revision_id, func.count()).group_by(Step.revision_id)).all())
    kept = dict(session.execute(select(Outcome.run_id, func.count()).group_by(Outcome.run_id)).all())
    for run, revision, state in session.execute(select(Run.id, Run.revision_id, Run.state)):
        if kept.get(run, 0) != (steps[revision] if state == "done" else 0):
            yield f"run {run} is {state} and has {kept.get(run, 0)} outcomes"
    failed = set(session.scalars(select(Record.id).where(Record.kind == "failed")))
    opened = list(session.scalars(select(Deviation.record_id).where(Deviation.record_id.is_not(None))))
    if failed - set(opened) or len(opened) != len(set(opened)):
        yield f"{len(failed)} records of a failure, {len(opened)} deviations"
    events = session.scalar(select(func.count()).where(Event.kind == "deviation.opened"))
    deviations = session.scalar(select(func.count()).select_from(Deviation))
    if events != deviations:
        yield f"{deviations} deviations, {events} events of one"


def _without_files(session: Session, evidence: Path) -> Iterator[str]:
    there = {
        (file.name.partition(".")[0], file.stat().st_size) for file in evidence.rglob("*.*") if file.is_file()
    }
    for digest, size in session.execute(select(Evidence.digest, Evidence.size)):
        if (digest, size) not in there:
            yield f"evidence {digest} has no file of {size} bytes"


def _lost(session: Session, ledger: Ledger) -> Iterator[str]:
    records = set(session.scalars(select(Record.id)))
    yield from (f"record {one}" for one in ledger.records if UUID(one) not in records)
    refs = dict(session.execute(select(Run.ref, Run.id)).all())
    yield from (f"run {run}" for ref, run in ledger.runs.items() if refs.get(ref) != run)
    done = set(session.scalars(select(Run.id).where(Run.state == "done")))
    yield from (f"closing of run {run}" for run in ledger.closed - done)


def _doubled(session: Session, ledger: Ledger) -> Iterator[str]:
    """Records that nobody has sent, and a device's count that stands twice."""
    sent = {UUID(one) for one in ledger.sent}
    rows = session.execute(select(Record.id, Record.device_id, Record.device_seq)).all()
    yield from (f"record {row.id} was never sent" for row in rows if row.device_id and row.id not in sent)
    counts = [(row.device_id, row.device_seq) for row in rows if row.device_id]
    if len(counts) != len(set(counts)):
        yield f"{len(counts) - len(set(counts))} records of a device's count"
