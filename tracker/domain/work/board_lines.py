"""What the board says of each run that it shows: how far it is, what comes next, who did something last.

It is read from the records of the shown runs alone, by the same rules as on their own pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from tracker.domain.runs import loading
from tracker.domain.runs.progress import StepState, Tally, current, tally
from tracker.models import Override, Person, Record, Run, SignOff
from tracker.rows import Rows, flushed

_RECORDS = Rows(Record)


class Turn(NamedTuple):
    """The step whose turn it is: what people call it ("2c"), and what it says in short."""

    number: str
    name: str


class Held(NamedTuple):
    """What holds a run up: the step, how it went ("failed", "skipped"), and why."""

    step: str
    kind: str
    reason: str


class Last(NamedTuple):
    """When somebody last did something in a run, and their name; "" where nobody knows it."""

    at: datetime
    name: str


class Line(NamedTuple):
    """A run in a line of the board. `turn`: None where every step was touched. `held`: None if it goes on."""

    tally: Tally
    turn: Turn | None
    held: Held | None
    last: Last


def lines(session: Session, runs: Sequence[Run]) -> dict[int, Line]:
    """The line of each of some runs, by the run's number; in a handful of queries, however many they are."""
    if not runs:
        return {}
    _read(session, runs)
    acts = {run.id: _last_act(run) for run in runs}
    names = _names(session, {person for _, person in acts.values() if person is not None})
    return {
        run.id: _line(run, loading.states(run), Last(at, names.get(person or 0, "")))
        for run in runs
        for at, person in (acts[run.id],)
    }


def turn_of(run: Run, states: Sequence[StepState]) -> Turn | None:
    """The step whose turn it is in a run with these states; None once nothing is left to do."""
    state = current(states)
    return Turn(loading.plan(run).numbers[state.step.key], state.step.name) if state is not None else None


def held_up(run: Run, states: Sequence[StepState]) -> Held | None:
    """What holds a run with these states up; None if it goes on."""
    state = next((state for state in states if run.held_by and state.step.key == run.held_by), None)
    why = state.last if state is not None else None
    return Held(state.step.name, why.kind, why.reason) if state is not None and why is not None else None


def _line(run: Run, states: Sequence[StepState], last: Last) -> Line:
    return Line(tally=tally(states), turn=turn_of(run, states), held=held_up(run, states), last=last)


def _read(session: Session, runs: Sequence[Run]) -> None:
    """Give each run what stands in it, in one query for each table."""
    ids = [run.id for run in runs]
    loading.keep_plans(session, {run.revision_id for run in runs})
    query = select(*_RECORDS.columns).where(Record.run_id.in_(ids)).order_by(Record.received_at, Record.id)
    records: dict[int, list[Record]] = {}
    for row in flushed(session).execute(query):
        record = _RECORDS.object(session, row)
        records.setdefault(record.run_id, []).append(record)
    overrides: dict[int, list[Override]] = {}
    for override in session.scalars(select(Override).where(Override.run_id.in_(ids))):
        overrides.setdefault(override.run_id, []).append(override)
    signed = [run.id for run in runs if loading.plan(run).signs]
    sign_offs: dict[int, list[SignOff]] = {}
    if signed:
        found = select(SignOff).where(SignOff.run_id.in_(signed)).order_by(SignOff.id)
        for sign_off in session.scalars(found):
            sign_offs.setdefault(sign_off.run_id, []).append(sign_off)
    for run in runs:
        set_committed_value(run, "records", records.get(run.id, []))
        set_committed_value(run, "overrides", overrides.get(run.id, []))
        set_committed_value(run, "sign_offs", sign_offs.get(run.id, []))


def _last_act(run: Run) -> tuple[datetime, int | None]:
    """When somebody last did or signed something in the run, and who; else when it was started."""
    acts = [(record.happened_at, record.person_id) for record in run.records]
    acts += [(sign_off.at, sign_off.person_id) for sign_off in run.sign_offs]
    return max(acts, key=lambda act: act[0], default=(run.started_at, run.started_by_id))


def _names(session: Session, people: set[int]) -> dict[int, str]:
    query = select(Person.id, Person.name).where(Person.id.in_(people))
    return dict(session.execute(query).all()) if people else {}
