"""Closed runs and days of facts, as if work had been done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tracker.db import new_id
from tracker.models import Person, PersonDay, Record, Run, RunDay, Sop


def closed_run(
    session: Session,
    person: Person,
    began: datetime,
    gaps: Sequence[float],
    *,
    sop_id: str = "pack",
    values: Mapping[str, Any] | None = None,
    folded: bool = True,
) -> Run:
    """A closed run whose steps a person ticked one after the other, `gaps` seconds apart."""
    sop = session.get_one(Sop, sop_id)
    assert sop.in_force is not None
    at = began
    run = Run(sop_id=sop_id, revision_id=sop.in_force_id, state="done", started_at=began, folded=folded)
    session.add(run)
    session.flush()
    for number, step in enumerate(sop.in_force.steps[: len(gaps) + 1]):
        at += timedelta(seconds=gaps[number - 1] if number else 0)
        value = (values or {}).get(step.key)
        session.add(
            Record(
                id=new_id(),
                run_id=run.id,
                step_key=step.key,
                kind="done",
                value=value,
                person_id=person.id,
                device_at=at,
                received_at=at,
            )
        )
    run.closed_at, run.closed_by_id = at, person.id
    session.flush()
    return run


def day_of_runs(
    session: Session,
    day: date,
    runs: int,
    failed: int = 0,
    *,
    sop_id: str = "pack",
    place: int = 0,
    by: Mapping[int, int] | None = None,
) -> None:
    """A day in the facts: the runs of an SOP, and how many of them which person completed."""
    session.add(RunDay(day=day, sop_id=sop_id, location_id=place, runs=runs, failed=failed))
    for person_id, count in (by or {}).items():
        session.add(PersonDay(day=day, sop_id=sop_id, location_id=place, person_id=person_id, runs=count))
