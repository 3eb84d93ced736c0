"""A run with what stands in it: its steps, records, and the state of each step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session, defer, joinedload, object_session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.runs import signatures
from tracker.domain.runs.progress import StepState, step_states
from tracker.domain.runs.signatures import Whole
from tracker.errors import N_, NotFoundError
from tracker.models import (
    Override,
    Record,
    Revision,
    Run,
    SignOff,
    Step,
)
from tracker.rows import Rows, flushed
from tracker.sop.numbering import numbers

MOST_KEPT = 500
NO_RUN = N_("There is no run %(id)s.")


@dataclass(frozen=True)
class Plan:
    """The steps of a revision in order, to be read only, and what every record asks about all of them."""

    steps: Sequence[Step]
    verify: str | None = None  # the role that signs a whole run, "" for anybody
    by_hand: bool = False  # its author wants somebody to press "Close"

    @cached_property
    def by_key(self) -> dict[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def numbers(self) -> dict[str, str]:
        """What people call each step by, by its key."""
        return numbers(self.steps)

    @cached_property
    def untouched(self) -> list[StepState]:
        """The state of each step of a run in which nothing was recorded yet."""
        return step_states(self.steps, [], [], ())

    @cached_property
    def is_even(self) -> bool:
        """Whether every step applies in every run and is part of no other, so that records can be counted."""
        return all(step.parent is None and not step.attributes.get("when") for step in self.steps)

    @cached_property
    def signs(self) -> bool:
        """Whether a step or the run needs a signature: without one there is nothing to look up."""
        return self.verify is not None or any(step.verify for step in self.steps)

    @cached_property
    def ends_itself(self) -> bool:
        """Whether a run is closed by its last record: nobody signs, and its author does not say otherwise."""
        return not self.signs and not self.by_hand


_plans: WeakKeyDictionary[Engine, dict[int, Plan]] = WeakKeyDictionary()

_ONE = select(Run).where(Run.id == bindparam("run"))
_LOCKED = _ONE.with_for_update(of=Run)
_OVERRIDES = select(Override).where(Override.run_id == bindparam("run"))
_ENTRIES = Rows(Record)
_RECORDS = (  # each with whether there is an override: few runs have one, and a query less counts
    select(*_ENTRIES.columns, _OVERRIDES.exists())
    .where(Record.run_id == bindparam("run"))
    .order_by(Record.received_at, Record.id)
)
_SIGN_OFFS = select(SignOff).where(SignOff.run_id == bindparam("run")).order_by(SignOff.id)
_WHOLE = _ONE.options(
    joinedload(Run.revision).options(defer(Revision.source), defer(Revision.html)),
    joinedload(Run.sop),
    joinedload(Run.assignee),
    joinedload(Run.location),
    selectinload(Run.overrides),
    selectinload(Run.records),
)


def load(
    session: Session,
    actor: Actor,
    run_id: int,
    action: str,
    *,
    lock: bool = False,
    repeats: UUID | None = None,
) -> Run:
    """The run, if the person may do `action` to it; with `lock`, nobody else changes it meanwhile.

    Whoever `repeats` a record of their own that is in the run is let in to hear the same answer again.
    Raises NotFoundError, ForbiddenError.
    """
    run = locked(session, run_id) if lock else session.scalar(_WHOLE, {"run": run_id})
    if run is None:
        raise NotFoundError(NO_RUN, id=run_id)
    if repeats is None or not own_record(actor, run, repeats):
        access.require(actor, action, run)
    return run


def locked(session: Session, run_id: int) -> Run | None:
    """The run with its lock and what is in it, whoever asks; None where there is no such run."""
    run = session.scalar(_LOCKED, {"run": run_id}, execution_options={"populate_existing": True})
    if run is not None:
        read(session, run)
    return run


def read(session: Session, run: Run) -> None:
    """Read what is in a run that was just locked: its records, what a lead has overridden, what is signed."""
    given = {"run": run.id}
    rows = flushed(session).execute(_RECORDS, given).all()
    maybe = not rows or rows[0][-1]
    set_committed_value(run, "records", [_ENTRIES.object(session, row) for row in rows])
    set_committed_value(run, "overrides", session.scalars(_OVERRIDES, given).all() if maybe else [])
    if plan(run).signs:
        set_committed_value(run, "sign_offs", session.scalars(_SIGN_OFFS, given).all())


def find(session: Session, actor: Actor, run_id: int, action: str) -> Run:
    """The run alone, without its records, if the person may do `action` to it; raises like `load`."""
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(NO_RUN, id=run_id)
    access.require(actor, action, run)
    return run


def own_record(actor: Actor, run: Run, record_id: UUID) -> Record | None:
    """The run's record of that id, if it is the person's own."""
    return next((r for r in run.records if r.id == record_id and r.person_id == actor.id), None)


def plan(run: Run) -> Plan:
    """The steps of the run's revision; kept in memory, for a published revision never changes."""
    place = run.revision_id
    if run.kept_plan is not None and run.kept_plan[0] == place:
        return cast(Plan, run.kept_plan[1])
    session = object_session(run)
    if session is None:
        return _plan(run.revision, run.revision.steps)
    found = _kept(session).get(place) or plan_of(session, run.revision)
    if place in _kept(session):  # a draft is read anew each time
        run.kept_plan = place, found
    return found


def plan_of(session: Session, revision: Revision) -> Plan:
    """The steps of a revision, kept in memory like those of its runs."""
    kept = _kept(session)
    found = kept.get(revision.id)
    if found is None:
        if revision.number is None:
            return _plan(revision, revision.steps)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        query = select(*Step.__table__.columns).where(Step.revision_id == revision.id).order_by(Step.position)
        found = kept[revision.id] = _plan(
            revision, [Step(**row) for row in session.execute(query).mappings()]
        )
    return found


def keep_plans(session: Session, revisions: Collection[int]) -> None:
    """Have the steps of published revisions in memory, in two queries, before many runs are judged."""
    kept = _kept(session)
    if not (unknown := set(revisions) - set(kept)):
        return
    published = select(Revision).options(defer(Revision.source), defer(Revision.html))
    published = published.where(Revision.id.in_(unknown), Revision.number.is_not(None))
    revisions_of = {revision.id: revision for revision in session.scalars(published)}
    steps: dict[int, list[Step]] = {id: [] for id in revisions_of}
    query = select(*Step.__table__.columns).where(Step.revision_id.in_(steps))
    for row in session.execute(query.order_by(Step.revision_id, Step.position)).mappings():
        steps[row["revision_id"]].append(Step(**row))
    if len(kept) + len(steps) > MOST_KEPT:
        kept.clear()
    kept.update({id: _plan(revisions_of[id], found) for id, found in steps.items()})


def _plan(revision: Revision, steps: Sequence[Step]) -> Plan:
    return Plan(steps, revision.verify, revision.meta.close == "by-hand")


def _kept(session: Session) -> dict[int, Plan]:
    return _plans.setdefault(session.get_bind().engine, {})


def steps(run: Run) -> Sequence[Step]:
    """The run's steps in order, to be read only."""
    return plan(run).steps


def states(run: Run) -> list[StepState]:
    """The state of each of the run's steps, in the order of its revision.

    What was computed is kept with the run until something more stands in it: a tick asks three times.
    """
    found = plan(run)
    given = run.sign_offs if found.signs else ()
    overridden = [entry.step_key for entry in run.overrides]
    # the records themselves: in another session those of the same ids are others
    stands = run.revision_id, list(run.records), overridden, [s.record_id for s in given]
    if run.kept_states is None or run.kept_states[0] != stands:
        run.kept_states = stands, step_states(found.steps, run.records, overridden, given)
    return list(run.kept_states[1])


def whole(run: Run, found: Sequence[StepState]) -> Whole | None:
    """How the signature under the whole run stands; None where its SOP asks for none."""
    role = plan(run).verify
    return None if role is None else signatures.whole(role, run, found)
