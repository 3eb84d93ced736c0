"""What waits for a person in runs that may be others': a signature, or a step of their role.

The standing that is kept in a run's row (`domain.standing`) says in which runs to look at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from tracker.domain import access, runs
from tracker.domain.progress import StepState, current
from tracker.models import IS_OPEN, Override, Person, Record, Run, SignOff, Step


class Waiting(NamedTuple):
    """How many steps wait for a person: to be signed, and, in runs of others, to be done by their role."""

    signatures: int
    steps: int

    @property
    def all(self) -> int:
        return self.signatures + self.steps


def counted(session: Session, person: Person) -> Waiting:
    """How much waits for this person."""
    found = _waits(person).subquery()
    query = select(func.count(found.c.key), func.count().filter(found.c.key.is_(None)))
    return Waiting(*session.execute(query).one())


def first(session: Session, person: Person, most: int) -> tuple[Waiting, list[tuple[Run, StepState]]]:
    """How much waits, and the first `most` steps of it, in one query."""
    rows = _rows(session, person, most)
    return Waiting(rows[0].signatures, rows[0].steps) if rows else Waiting(0, 0), _judged(session, rows)


def waiting_for(
    session: Session, person: Person, *, most: int | None = None, after: int = 0
) -> list[tuple[Run, StepState]]:
    """The steps that wait, in the order in which runs are due: `most` of them, past the first `after`."""
    return _judged(session, _rows(session, person, most, after))


def _rows(session: Session, person: Person, most: int | None, after: int = 0) -> Sequence[Row[Any]]:
    """The run and key of each step, and how many there are in all: to be signed, to be done."""
    found = _waits(person).subquery()
    signatures, everything = func.count(found.c.key).over(), func.count().over()
    order = (found.c.due_at.is_(None), found.c.due_at, found.c.started_at, found.c.run, found.c.position)
    counts = (signatures.label("signatures"), (everything - signatures).label("steps"))
    query = select(found.c.run, found.c.key, *counts)
    return session.execute(query.order_by(*order).limit(most).offset(after)).all()


def _judged(session: Session, rows: Sequence[Row[Any]]) -> list[tuple[Run, StepState]]:
    states = {run.id: (run, runs.states(run)) for run in _whole(session, [row.run for row in rows])}
    judged = ((states[row.run][0], _step(states[row.run][1], row.key)) for row in rows)
    return [(run, state) for run, state in judged if state is not None]


def _step(states: Sequence[StepState], key: str | None) -> StepState | None:
    """The state of the step that is to be signed, or of the one whose turn it is."""
    return current(states) if key is None else next(state for state in states if state.step.key == key)


def _whole(session: Session, ids: Sequence[int]) -> Sequence[Run]:
    parts = (selectinload(Run.records), selectinload(Run.overrides), selectinload(Run.sign_offs))
    named = (joinedload(Run.sop), joinedload(Run.location), joinedload(Run.assignee))
    found: list[Run] = []
    for start in range(0, len(ids), 500):  # a query has room for so many ids only
        query = select(Run).where(Run.id.in_(ids[start : start + 500])).options(*parts, *named)
        found += session.scalars(query)
    return found


def _waits(person: Person) -> CompoundSelect[Any]:
    """One row for each step that waits; `key` is None for the step whose turn it is in its run."""
    return union_all(_to_sign(person), _to_do(person))


def _columns(key: Any, position: Any) -> tuple[Any, ...]:
    return Run.id.label("run"), Run.due_at, Run.started_at, key.label("key"), position.label("position")


def _to_do(person: Person) -> Select[Any]:
    """Leads may do the steps of every role, but they are not told: only whose job it is."""
    return select(*_columns(null(), null())).where(
        IS_OPEN,
        Run.wants_role.in_([role.name for role in person.roles]),
        Run.assignee_id.is_distinct_from(person.id),
        or_(access.at_place(person), access.reachable(person)),
    )


def _to_sign(person: Person) -> Select[Any]:
    """Steps that somebody else did last, which was neither taken back nor signed nor overridden.

    The same as `access.may_sign`, as a condition.
    """
    step, done = _signed_steps(), aliased(Record)
    return (
        select(*_columns(step.c.key, step.c.position))
        .join(step, step.c.revision_id == Run.revision_id)
        .join(done, and_(done.run_id == Run.id, done.step_key == step.c.key, done.kind == "done"))
        .where(
            IS_OPEN,
            Run.unsigned > 0,
            _may_sign(person, step),
            done.person_id.is_distinct_from(person.id),
            _stands(done),
            _is_last(done),
            ~exists().where(SignOff.record_id == done.id),
            ~exists().where(Override.run_id == Run.id, Override.step_key == step.c.key),
        )
    )


def _signed_steps() -> CTE:
    """The steps of the runs in question that need a signature."""
    revisions = select(Run.revision_id).where(IS_OPEN, Run.unsigned > 0)
    role = Step.attributes["role"].as_string().label("role")
    steps = select(Step.revision_id, Step.key, Step.position, role)
    verify = func.coalesce(Step.attributes["verify"].as_boolean(), false())
    return steps.where(Step.revision_id.in_(revisions), verify).cte("signed_steps")


def _may_sign(person: Person, step: CTE) -> ColumnElement[bool]:
    if access.level(person) > 0:
        return access.visible(person)
    theirs = or_(step.c.role.is_(None), step.c.role.in_([role.name for role in person.roles]))
    return and_(theirs, or_(access.at_place(person), Run.assignee_id == person.id))


def _stands(record: type[Record]) -> ColumnElement[bool]:
    """The record was not taken back."""
    undone = aliased(Record)
    taken_back = exists().where(
        undone.run_id == record.run_id, undone.step_key == record.step_key, undone.cancels_id == record.id
    )
    return ~taken_back.correlate(record)


def _is_last(done: type[Record]) -> ColumnElement[bool]:
    """No later record that stands says that the step was done."""
    later = aliased(Record)
    follows = exists().where(
        later.run_id == done.run_id,
        later.step_key == done.step_key,
        later.kind == "done",
        later.id > done.id,
        _stands(later),
    )
    return ~follows.correlate(done)
