"""The closed runs of an SOP with who completed each: the evidence that an SOP hangs on one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.domain.facts import contributions, counts
from tracker.models import IS_DONE, Person, Run


@dataclass(frozen=True, slots=True)
class CompletedRun:
    """A closed run, and who recorded most of its steps, else who closed it."""

    run: Run
    person: Person | None


def completed_runs(
    session: Session, sop_id: str, since: date, *, most: int, after: int
) -> Sequence[CompletedRun]:
    """The runs of an SOP that were closed since a day, latest first: `most` after the first `after`."""
    query = select(Run).where(IS_DONE, Run.sop_id == sop_id, counts.closed_from(session, since))
    query = query.options(joinedload(Run.location)).order_by(Run.closed_at.desc(), Run.id.desc())
    runs = session.scalars(query.limit(most).offset(after)).all()
    who = {one.id: one.person_id for one in contributions.closed_runs(session, [run.id for run in runs])}
    rows = session.scalars(select(Person).where(Person.id.in_([id for id in who.values() if id])))
    people = {person.id: person for person in rows}
    return [CompletedRun(run, people.get(who[run.id] or 0)) for run in runs]
