"""What boards and queues ask of every open run, kept in the run's row so that they need not read its records.

`keep_standing` is called by whatever changes it: a record, an override, a signature, a move, the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.domain.runs import loading, signatures
from tracker.domain.runs.progress import StepState, current, is_complete
from tracker.domain.runs.signatures import Whole
from tracker.models import IS_OPEN, Revision, Run


class Standing(NamedTuple):
    """`held_by`: the key of the critical step that was skipped or has failed and keeps what follows blocked.

    `unsigned`: how many signatures of a second person it waits for: of steps, or of the whole run.
    `wants_role`: the role that the step whose turn it is names. `complete`: nothing is left to say in it, and
    it ends by itself.
    """

    held_by: str | None
    unsigned: int
    wants_role: str | None
    complete: bool = False


def judge(states: Sequence[StepState], whole: Whole | None, ends_itself: bool = False) -> Standing:
    """The standing of a run with these states, and with `whole` where it is signed as a whole."""
    held = (state for state in states if state.holds_up and state.outcome is not None and not state.unsigned)
    turn = current(states)
    return Standing(
        held_by=next((state.step.key for state in held), None),
        unsigned=sum(state.unsigned for state in states) + (whole is not None and whole.waits),
        wants_role=turn.step.role if turn is not None and not turn.step.verify else None,
        complete=ends_itself and is_complete(states),
    )


BATCH = 20
"""Runs that one unit takes: some milliseconds under the lock."""


def judge_some(session: Session, numbers: Sequence[int]) -> None:
    """Load some runs with their locks and write their standing."""
    query = (
        select(Run)
        .where(Run.id.in_(numbers))
        .order_by(Run.id)
        .options(
            joinedload(Run.revision),
            selectinload(Run.records),
            selectinload(Run.overrides),
            selectinload(Run.sign_offs),
        )
        .with_for_update(of=Run)
        .execution_options(populate_existing=True)
    )
    for run in session.scalars(query):
        keep_standing(session, run)


def units(session: Session) -> Iterator[Callable[[Session], Any]]:
    """The short writes that give a standing to open runs that have none yet."""
    left = session.scalars(select(Run.id).where(IS_OPEN, Run.unsigned.is_(None)).order_by(Run.id)).all()
    for start in range(0, len(left), BATCH):
        yield partial(judge_some, numbers=left[start : start + BATCH])


def keep_standing(session: Session, run: Run) -> None:
    """Write the standing of an open run, which was loaded with its lock, into its row."""
    if run.state != "open":
        return
    states = loading.states(run)
    now_is = judge(states, loading.whole(run, states), loading.plan(run).ends_itself)
    if now_is != (run.held_by, run.unsigned, run.wants_role, run.complete):
        run.held_by, run.unsigned, run.wants_role, run.complete = now_is
        session.flush()


def fresh_standing(session: Session, revision: Revision) -> Standing:
    """The standing of a run of the revision in which nothing was recorded yet."""
    plan = loading.plan_of(session, revision)
    if plan.verify is None:
        return judge(plan.untouched, None)
    run = Run(state="open", records=[], overrides=[], sign_offs=[])
    return judge(plan.untouched, signatures.whole(plan.verify, run, plan.untouched))
