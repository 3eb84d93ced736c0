"""What waits for a person in runs that may be others': a signature, or a step of their role."""

from __future__ import annotations

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from tracker.domain import access, finding, runs
from tracker.domain.progress import StepState, current
from tracker.models import Override, Person, Record, Run, SignOff, Step

MOST = 200


def waiting_for(session: Session, person: Person) -> list[tuple[Run, StepState]]:
    """Steps that wait for this person: to be signed, or, in runs of others, to be done by their role.

    Those of runs that are due first come first; of MOST runs at the most.
    """
    whole = (selectinload(Run.records), selectinload(Run.overrides), selectinload(Run.sign_offs))
    found = finding.runs(session, Run.id.in_(_candidates(person)), most=MOST, options=whole)
    return [(run, state) for run in found for state in _theirs(person, run)]


def _theirs(person: Person, run: Run) -> list[StepState]:
    states = runs.states(run)
    turn = current(states)
    return [state for state in states if _may_sign(person, run, state) or _may_do(person, run, state, turn)]


def _may_sign(person: Person, run: Run, state: StepState) -> bool:
    if not state.unsigned or state.done is None or state.done.person_id == person.id:
        return False
    return access.may_sign(person, run, state.step)


def _may_do(person: Person, run: Run, state: StepState, turn: StepState | None) -> bool:
    """Leads may do the steps of every role, but they are not told: only whose job it is."""
    if state is not turn or state.step.verify or run.assignee_id == person.id:
        return False
    return state.step.role in {role.name for role in person.roles}


def _candidates(person: Person) -> Select[int]:
    """Open runs in which something waits, as far as the database can tell: few, so each is judged whole.

    A condition is not judged here, so that a run may be too much, but none is missing.
    """
    here = or_(access.at_place(person), access.reachable(person))
    marked = _marked(person, here)
    waits = or_(
        and_(marked.c.signs, _unsigned(person, marked)),
        and_(
            not_(marked.c.signs),
            Run.assignee_id.is_distinct_from(person.id),
            not_(_over(marked)),
            not_(_too_early(marked)),
        ),
    )
    return (
        select(Run.id)
        .join(marked, marked.c.revision_id == Run.revision_id)
        .where(Run.state == "open", here, waits)
    )


def _marked(person: Person, here: ColumnElement[bool]) -> CTE:
    """The steps of open runs that need a signature, or that are of one of the person's roles."""
    signs = func.coalesce(Step.attributes["verify"].as_boolean(), false())
    theirs = Step.attributes["role"].as_string().in_([role.name for role in person.roles])
    open_here = select(Run.revision_id).where(Run.state == "open", here)
    critical = func.coalesce(Step.attributes["critical"].as_boolean(), false())
    marked = select(
        Step.revision_id, Step.key, Step.position, signs.label("signs"), critical.label("critical")
    )
    return marked.where(Step.revision_id.in_(open_here), or_(signs, theirs)).cte("marked")


def _unsigned(person: Person, marked: CTE) -> ColumnElement[bool]:
    """Somebody else did the marked step, and neither was that taken back nor has it been signed."""
    done = aliased(Record)
    return and_(
        exists().where(
            done.run_id == Run.id,
            done.step_key == marked.c.key,
            done.kind == "done",
            done.person_id.is_distinct_from(person.id),
            _stands(done),
            ~exists().where(SignOff.record_id == done.id),
        ),
        ~exists().where(Override.run_id == Run.id, Override.step_key == marked.c.key),
    )


def _over(marked: CTE) -> ColumnElement[bool]:
    """The marked step was done; or skipped or failed, unless it is critical and so still to be done."""
    record = aliased(Record)
    ends = or_(record.kind == "done", not_(marked.c.critical))
    ends = and_(record.kind != "undone", ends, _stands(record))
    return exists().where(record.run_id == Run.id, record.step_key == marked.c.key, ends)


def _stands(record: type[Record]) -> ColumnElement[bool]:
    """The record was not taken back."""
    undone = aliased(Record)
    taken_back = exists().where(
        undone.run_id == record.run_id, undone.step_key == record.step_key, undone.cancels_id == record.id
    )
    return ~taken_back.correlate(record)


def _too_early(marked: CTE) -> ColumnElement[bool]:
    """A step before the marked one, that surely applies, has no record yet."""
    earlier = aliased(Step)
    recorded = exists().where(Record.run_id == Run.id, Record.step_key == earlier.key)
    return exists().where(
        earlier.revision_id == Run.revision_id,
        earlier.position < marked.c.position,
        earlier.parent.is_(None),
        earlier.attributes["when"].as_string().is_(None),
        ~recorded.correlate(Run, earlier),
    )
