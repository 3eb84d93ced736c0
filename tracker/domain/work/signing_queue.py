"""What waits for a person in runs that may be others': a signature, or a step of their role.

The standing that is kept in a run's row (`domain.runs.standing`) says in which runs to look at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.runs import loading
from tracker.domain.runs.progress import StepState, current
from tracker.domain.runs.signatures import WHOLE
from tracker.models import IS_OPEN, Override, Record, Revision, Run, SignOff, Step

LAST = 1_000_000
"""The place of the whole run among its steps."""

_GOES_ON = IS_OPEN, Run.paused_at.is_(None)
"""In a paused run nothing waits for anybody: nobody may record or sign in it."""


class Waiting(NamedTuple):
    """How much waits for a person: steps and runs to be signed, and steps of others' runs for their role."""

    signatures: int
    steps: int

    @property
    def all(self) -> int:
        return self.signatures + self.steps


Pending = tuple[Run, StepState | None]
"""A run with the step that waits in it; without one the whole run waits for a signature."""


def to_sign(
    session: Session, actor: Actor, *, most: int, after: int = 0, run: int | None = None
) -> tuple[int, list[Pending]]:
    """How many signatures of this person are waited for, of one run or of all, and `most` of what it is."""
    waiting = union_all(*_to_sign_all(actor)).subquery()
    which = true() if run is None else waiting.c.run == run
    count = session.scalar(select(func.count()).select_from(waiting).where(which)) or 0
    query = select(waiting.c.run, waiting.c.key).where(which).order_by(*_order(waiting))
    return count, _judged(session, session.execute(query.limit(most).offset(after)).all())


def to_do(session: Session, actor: Actor, *, most: int, after: int = 0) -> tuple[int, list[Pending]]:
    """How many steps of others' runs wait for the person's role, and `most` of them."""
    waiting = _to_do(actor).subquery()
    count = session.scalar(select(func.count()).select_from(waiting)) or 0
    query = select(waiting.c.run, waiting.c.key).order_by(*_order(waiting)).limit(most).offset(after)
    return count, _judged(session, session.execute(query).all())


def count(session: Session, actor: Actor) -> Waiting:
    """How many signatures and steps wait for this person."""
    waiting = _waits(actor).subquery()
    query = select(func.count(waiting.c.key), func.count().filter(waiting.c.key.is_(None)))
    return Waiting(*session.execute(query).one())


def first(session: Session, actor: Actor, most: int) -> tuple[Waiting, list[Pending]]:
    """How much waits, and the first `most` of it in the order in which runs are due, in one query."""
    rows = _rows(session, actor, most)
    return Waiting(rows[0].signatures, rows[0].steps) if rows else Waiting(0, 0), _judged(session, rows)


def _rows(session: Session, actor: Actor, most: int) -> Sequence[Any]:
    """The run and key of each step, and how many there are in all: to be signed, to be done."""
    waiting = _waits(actor).subquery()
    signatures, everything = func.count(waiting.c.key).over(), func.count().over()
    counts = (signatures.label("signatures"), (everything - signatures).label("steps"))
    query = select(waiting.c.run, waiting.c.key, *counts)
    return session.execute(query.order_by(*_order(waiting)).limit(most)).all()


def _order(waiting: Subquery) -> tuple[Any, ...]:
    return (
        waiting.c.due_at.is_(None),
        waiting.c.due_at,
        waiting.c.started_at,
        waiting.c.run,
        waiting.c.position,
    )


def _judged(session: Session, rows: Sequence[Any]) -> list[Pending]:
    states = {run.id: (run, loading.states(run)) for run in _whole(session, [row.run for row in rows])}
    judged = ((row.key, states[row.run][0], _step(states[row.run][1], row.key)) for row in rows)
    return [(run, state) for key, run, state in judged if state is not None or key == WHOLE]


def _step(states: Sequence[StepState], key: str | None) -> StepState | None:
    """The state of the step that is to be signed, or of the one whose turn it is."""
    return current(states) if key is None else next((s for s in states if s.step.key == key), None)


def _whole(session: Session, ids: Sequence[int]) -> Sequence[Run]:
    parts = (selectinload(Run.records), selectinload(Run.overrides), selectinload(Run.sign_offs))
    named = (joinedload(Run.sop), joinedload(Run.location), joinedload(Run.assignee))
    runs: list[Run] = []
    for start in range(0, len(ids), 500):  # a query has room for so many ids only
        query = select(Run).where(Run.id.in_(ids[start : start + 500])).options(*parts, *named)
        runs += session.scalars(query)
    return runs


def _waits(actor: Actor) -> CompoundSelect[Any]:
    """One row for each that waits; `key` is None for the step whose turn it is, WHOLE for the whole run."""
    return union_all(*_to_sign_all(actor), _to_do(actor))


def _to_sign_all(actor: Actor) -> tuple[Select[Any], Select[Any]]:
    return _to_sign(actor), _to_sign_whole(actor)


def _columns(key: Any, position: Any) -> tuple[Any, ...]:
    return Run.id.label("run"), Run.due_at, Run.started_at, key.label("key"), position.label("position")


def _to_do(actor: Actor) -> Select[Any]:
    """Leads may do the steps of every role, but they are not told: only whose job it is."""
    return select(*_columns(null(), null())).where(
        *_GOES_ON,
        Run.wants_role.in_(access.written_roles(actor.holder)),
        Run.assignee_id.is_distinct_from(actor.id),
        or_(access.at_place(actor.holder), access.reachable(actor)),
    )


def _to_sign(actor: Actor) -> Select[Any]:
    """Steps that somebody else did last, which was neither taken back nor signed nor overridden.

    The same as `access.may_sign`, as a condition.
    """
    return (
        select(*_columns(_STEP.c.key, _STEP.c.position))
        .join(_STEP, _STEP.c.revision_id == Run.revision_id)
        .join(_DONE, _DONE.run_id == Run.id)
        .where(
            *_GOES_ON,
            Run.unsigned > 0,
            _may_sign(actor, _STEP.c.role),
            _DONE.person_id.is_distinct_from(actor.id),
            _UNSIGNED,
        )
    )


def _unsigned(step: CTE, done: type[Record]) -> ColumnElement[bool]:
    """The record `done` is the last that says that `step` was done, and nobody has signed it."""
    return and_(
        done.step_key == step.c.key,
        done.kind == "done",
        _stands(done),
        _is_last(done),
        ~exists().where(SignOff.record_id == done.id),
        ~exists().where(Override.run_id == done.run_id, Override.step_key == done.step_key),
    )


def _to_sign_whole(actor: Actor) -> Select[Any]:
    """Runs that wait for a signature of the whole: no step of theirs waits for one before that.

    Who did or skipped a step does not sign, as in `signatures.workers`.
    """
    worked = exists().where(_OWN.person_id == actor.holder.id, _WORK)
    return (
        select(*_columns(literal(WHOLE), literal(LAST)))
        .join(Revision, Revision.id == Run.revision_id)
        .where(
            *_GOES_ON,
            Run.unsigned > 0,
            Revision.verify.is_not(None),
            _may_sign(actor, func.nullif(Revision.verify, "")),
            _NONE_BEFORE,
            ~worked.correlate(Run),
        )
    )


def _signed_steps() -> CTE:
    """The steps of the runs in question that need a signature."""
    revisions = select(Run.revision_id).where(IS_OPEN, Run.unsigned > 0)
    role = Step.attributes["role"].as_string().label("role")
    steps = select(Step.revision_id, Step.key, Step.position, role)
    verify = func.coalesce(Step.attributes["verify"].as_boolean(), false())
    return steps.where(Step.revision_id.in_(revisions), verify).cte("signed_steps")


def _may_sign(actor: Actor, role: ColumnElement[Any]) -> ColumnElement[bool]:
    if access.level(actor) > 0:
        return access.visible(actor)
    theirs = or_(role.is_(None), role.in_(access.written_roles(actor.holder)))
    return and_(theirs, or_(access.at_place(actor.holder), Run.assignee_id == actor.holder.id))


def _stands(record: type[Record]) -> ColumnElement[bool]:
    """The condition that the record was not taken back."""
    undone = aliased(Record)
    taken_back = exists().where(
        undone.run_id == record.run_id, undone.step_key == record.step_key, undone.cancels_id == record.id
    )
    return ~taken_back.correlate(record)


def _is_last(done: type[Record]) -> ColumnElement[bool]:
    """The condition that no later record, among those that stand, says that the step was done."""
    later = aliased(Record)
    follows = exists().where(
        later.run_id == done.run_id,
        later.step_key == done.step_key,
        later.kind == "done",
        later.id > done.id,
        _stands(later),
    )
    return ~follows.correlate(done)


# The part of the query that is the same for everybody is built once: building takes longer than running it.
_STEP = _signed_steps()
_DONE, _OWN = aliased(Record), aliased(Record)
_UNSIGNED = _unsigned(_STEP, _DONE)
_NONE_BEFORE = ~(
    exists().where(_STEP.c.revision_id == Run.revision_id, _DONE.run_id == Run.id, _UNSIGNED).correlate(Run)
)
_WORK = and_(_OWN.run_id == Run.id, _OWN.kind.in_(("done", "skipped")), _stands(_OWN))
