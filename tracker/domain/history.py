"""Finished runs from elsewhere: a CSV of step outcomes becomes runs, records and outcomes.

The file is read twice: first everything is checked and counted, then runs are written, each whole.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tracker.domain import walltime
from tracker.domain.events import emit
from tracker.errors import N_, InvalidError
from tracker.models import OUTCOMES, Location, Outcome, Person, Record, Revision, Run, Sop, Step

COLUMNS = (
    "run",
    "sop",
    "revision",
    "subject",
    "location",
    "step",
    "outcome",
    "reason",
    "value",
    "actor",
    "device_at",
)
REQUIRED = ("run", "sop", "step", "outcome", "device_at")

Row = dict[str, str]
Unit = Callable[[Session], Any]


@dataclass
class Import:
    """An import on its way: what is known of the installation, what was found and written."""

    path: Path
    zone: str
    create: bool = False
    lines: int = 0
    runs: int = 0
    written: int = 0
    passed_over: int = 0
    errors: list[str] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    sizes: Counter[tuple[str, str]] = field(default_factory=Counter)
    locations: dict[str, Location] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    revisions: dict[tuple[str, str], int] = field(default_factory=dict)
    keys: dict[str, set[str]] = field(default_factory=dict)


def check(session: Session, job: Import) -> Import:
    """Read the whole file, find every error with its first line, count each run's lines. Writes nothing.

    Raises InvalidError when the file is no such CSV at all; errors in lines are in `job.errors`.
    """
    for sop_id, key in session.execute(select(Revision.sop_id, Step.key).join(Step)):
        job.keys.setdefault(sop_id, set()).add(key)
    job.locations = {place.name: place for place in session.scalars(select(Location))}
    for line, row in _rows(job.path):
        job.lines += 1
        wrong = _wrong(job, row)
        if wrong:
            job.wrong[wrong] += 1
            if job.wrong[wrong] == 1:
                job.errors.append(f"{job.path.name}:{line}: {wrong}")
        job.sizes[row["sop"], row["run"]] += 1
    job.runs = len(job.sizes)
    return job


def units(job: Import, now: datetime) -> Iterator[Unit]:
    """One write for each run, as soon as its last line is read. Call `check` before."""
    open_runs: dict[tuple[str, str], list[Row]] = {}
    for _, row in _rows(job.path):
        place = (row["sop"], row["run"])
        rows = open_runs.setdefault(place, [])
        rows.append(row)
        if len(rows) == job.sizes[place]:
            yield partial(_write_run, job=job, rows=open_runs.pop(place), now=now)


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
            if missing:
                raise InvalidError(
                    N_("%(file)s has no column %(missing)s. The columns are: %(columns)s."),
                    file=path.name,
                    missing=", ".join(missing),
                    columns=", ".join(COLUMNS),
                )
            for row in reader:
                yield reader.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}
    except UnicodeDecodeError as error:
        raise InvalidError(N_("%(file)s is not UTF-8. Save it as “CSV UTF-8”."), file=path.name) from error
    except csv.Error as error:
        raise InvalidError(
            N_("%(file)s can’t be read as CSV: %(why)s."), file=path.name, why=error
        ) from error
    except OSError as error:
        raise InvalidError(N_("Can’t read %(file)s: %(why)s."), file=path, why=error.strerror) from error


def _wrong(job: Import, row: Row) -> str:
    """What is wrong with a line, and what to write instead; "" if nothing is."""
    for name in REQUIRED:
        if not row[name]:
            return f"the column “{name}” is empty."
    if row["outcome"] not in OUTCOMES:
        return f"the outcome “{row['outcome']}” is none of {', '.join(OUTCOMES)}."
    try:
        moment(row["device_at"], job.zone)
    except ValueError:
        return f"“{row['device_at']}” is no time. Write one like 2026-03-31T14:05:00+02:00."
    if not job.create:
        if row["sop"] not in job.keys:
            return f"there is no SOP “{row['sop']}”. Publish it first, or import with --create."
        if row["step"] not in job.keys[row["sop"]]:
            return (
                f"the SOP “{row['sop']}” has no step “{row['step']}”. Mend the key, or import with --create."
            )
    return ""


def moment(text: str, zone: str) -> datetime:
    """A time as written; one without a zone is in `zone`. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if not 1 < at.year < 9999:  # in another zone it would be outside of the calendar
        raise ValueError(text)
    return at.astimezone(UTC) if at.tzinfo else walltime.utc(at, zone)


def _write_run(session: Session, job: Import, rows: list[Row], now: datetime) -> None:
    first = rows[0]
    sop_id, ref = first["sop"], first["run"]
    if session.scalar(select(Run.id).where(Run.sop_id == sop_id, Run.ref == ref)):
        job.passed_over += 1
        return
    place = job.locations.get(first["location"])
    zone = place.zone if place else job.zone
    times = [moment(row["device_at"], zone) for row in rows]
    revision_id = _revision(session, job, first, rows, now)
    actor = _person(session, job, first["actor"], now)
    run = Run(
        ref=ref,
        sop_id=sop_id,
        revision_id=revision_id,
        subject_ref=first["subject"][:200],
        location_id=place.id if place else _new_location(session, job, first["location"], now),
        assignee_id=actor,
        state="done",
        started_at=min(times),
        started_by_id=actor,
        closed_at=max(times),
        closed_by_id=actor,
    )
    session.add(run)
    session.flush()
    session.execute(insert(Outcome), list(_outcomes(run, rows).values()))
    records = [
        _record(run, number, row, at, _person(session, job, row["actor"], now))
        for number, (row, at) in enumerate(zip(rows, times, strict=True))
        if row["outcome"] in ("done", "skipped", "failed")
    ]
    if records:
        session.execute(insert(Record), records)
    emit(session, None, now, "run.imported", f"run:{run.id}", file=job.path.name)
    session.flush()
    session.expunge(run)
    job.written += 1


def _outcomes(run: Run, rows: list[Row]) -> dict[str, dict[str, Any]]:
    """One outcome a step; of several lines for one step the strongest counts, as in a run made here."""
    strength = {"na": 0, "omitted": 1, "done": 2, "skipped": 3, "failed": 4}
    found: dict[str, dict[str, Any]] = {}
    cleared = {row["step"] for row in rows if row["outcome"] == "done"}
    for row in rows:
        before = found.get(row["step"])
        if before and strength[before["outcome"]] >= strength[row["outcome"]]:
            continue
        found[row["step"]] = {
            "run_id": run.id,
            "step_key": row["step"],
            "sop_id": run.sop_id,
            "revision_id": run.revision_id,
            "outcome": row["outcome"],
            "reason": row["reason"],
            "recovered": row["outcome"] == "failed" and row["step"] in cleared,
            "closed_at": run.closed_at,
        }
    return found


def _record(run: Run, number: int, row: Row, at: datetime, person: int | None) -> dict[str, Any]:
    return {
        "id": uuid5(NAMESPACE_URL, f"holdfast:{run.sop_id}:{run.ref}:{number}"),
        "run_id": run.id,
        "step_key": row["step"],
        "kind": row["outcome"],
        "value": row["value"] or None,
        "reason": row["reason"],
        "note": "",
        "person_id": person,
        "device_at": at,
        "received_at": at,
        "digest": "",
    }


def _revision(session: Session, job: Import, first: Row, rows: list[Row], now: datetime) -> int:
    """The revision of that label; a history's own is made on first sight and is never in force."""
    sop_id, label = first["sop"], first["revision"] or "imported"
    if (sop_id, label) not in job.revisions:
        revision = session.scalar(select(Revision).where(Revision.sop_id == sop_id, Revision.label == label))
        if revision is None:
            revision = _new_revision(session, sop_id, label, now)
        job.revisions[sop_id, label] = revision.id
    revision_id = job.revisions[sop_id, label]
    _add_steps(session, sop_id, revision_id, [row["step"] for row in rows], job)
    return revision_id


def _new_revision(session: Session, sop_id: str, label: str, now: datetime) -> Revision:
    sop = session.get(Sop, sop_id)
    if sop is None:
        sop = Sop(id=sop_id, title=sop_id.replace("-", " ").capitalize(), retired_at=now)
        session.add(sop)
        session.flush()
    revision = Revision(sop_id=sop_id, label=label, title=sop.title, published_at=now)
    session.add(revision)
    session.flush()
    emit(session, None, now, "revision.imported", f"sop:{sop_id}", label=label)
    return revision


def _add_steps(session: Session, sop_id: str, revision_id: int, keys: list[str], job: Import) -> None:
    """Give a history's revision the steps that its runs name; a published revision is never changed."""
    place = f"steps of {revision_id}"
    if place not in job.keys:
        job.keys[place] = set(session.scalars(select(Step.key).where(Step.revision_id == revision_id)))
    new = [key for key in dict.fromkeys(keys) if key not in job.keys[place]]
    if not new or session.get_one(Revision, revision_id).number is not None:
        return
    texts = dict(
        session.execute(select(Step.key, Step.text).join(Revision).where(Revision.sop_id == sop_id)).all()
    )
    start = len(job.keys[place])
    for position, key in enumerate(new, start):
        session.add(
            Step(
                revision_id=revision_id,
                position=position,
                key=key,
                text=texts.get(key) or key.replace("-", " "),
            )
        )
    job.keys[place].update(new)
    session.flush()


def _new_location(session: Session, job: Import, name: str, now: datetime) -> int | None:
    if not name:
        return None
    location = Location(name=name, zone=job.zone)
    session.add(location)
    session.flush()
    emit(session, None, now, "location.imported", f"location:{location.id}", name=name, zone=job.zone)
    job.locations[name] = location
    return location.id


def _person(session: Session, job: Import, login: str, now: datetime) -> int | None:
    """The person of that login; an unknown one is made as imported and can't sign in."""
    login = login.strip().lower()[:64]
    if not login:
        return None
    if login not in job.people:
        person = session.scalar(select(Person).where(func.lower(Person.login) == login))
        if person is None:
            person = Person(login=login, name=login, imported=True, created_at=now)
            session.add(person)
            session.flush()
            emit(session, None, now, "person.imported", f"person:{person.id}")
        job.people[login] = person.id
    return job.people[login]
