"""What was said of a step in a closed run, and what put it right: for lists of the steps of many runs."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.domain.runs.progress import STRENGTH, uncancelled
from tracker.models import Record, Run, Step

Place = tuple[int, str]  # run, step


class Answer(NamedTuple):
    """The last record of the strongest kind that counts, and the "done" that came to put it right, if any."""

    step: Step
    said: Record
    then: Record | None


def answers(session: Session, places: Collection[Place]) -> dict[Place, Answer]:
    """What was said of some steps of runs, where anything was."""
    runs, keys = {run for run, _ in places}, {key for _, key in places}
    query = select(Record).where(Record.run_id.in_(runs), Record.step_key.in_(keys))
    records: dict[Place, list[Record]] = {}
    for record in session.scalars(query.options(joinedload(Record.person))):
        records.setdefault((record.run_id, record.step_key), []).append(record)
    of_runs = select(Run.id, Step).join(Step, Step.revision_id == Run.revision_id)
    found = session.execute(of_runs.where(Run.id.in_(runs), Step.key.in_(keys))).all()
    steps = {(run, step.key): step for run, step in found}
    return {
        place: answer
        for place in places
        if place in steps and (answer := _answer(steps[place], records.get(place, ())))
    }


def _answer(step: Step, records: Collection[Record]) -> Answer | None:
    own = sorted(uncancelled(records), key=lambda record: (STRENGTH[record.kind], record.id.int))
    if not own:
        return None
    done = [record for record in own if record.kind == "done"]
    return Answer(step, own[-1], done[-1] if done and own[-1].kind != "done" else None)
