"""A second person signs what was done, or sends it back. Who did a step can't sign it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from tracker.db import new_id
from tracker.domain import access, finding, records, runs
from tracker.domain.events import emit
from tracker.domain.progress import StepState, current
from tracker.errors import N_, ConflictError, ForbiddenError
from tracker.models import Person, Record, Run, SignOff, Step

SIGNED = "step.signed"
MOST = 200


def sign(session: Session, signer: Person, now: datetime, run: Run, record_id: UUID) -> SignOff:
    """Sign that a step was checked and found right. `run` was loaded with its lock.

    `signer` has just shown who they are, by their password. Signing the same twice is one signature.
    Raises ForbiddenError (not theirs to sign, or they did it), ConflictError (taken back, signed by another,
    closed run).
    """
    state = _waiting(signer, run, record_id)
    if state.signed is not None:
        if state.signed.person_id != signer.id:
            raise ConflictError(N_("%(name)s has signed this already."), name=state.signed.person.name)
        return state.signed
    runs.must_be_open(run)
    sign_off = SignOff(run_id=run.id, step_key=state.step.key, record_id=record_id, person=signer, at=now)
    run.sign_offs.append(sign_off)
    emit(session, signer, now, SIGNED, f"run:{run.id}", step=state.step.key, record=str(record_id))
    session.flush()
    return sign_off


def reject(session: Session, signer: Person, now: datetime, run: Run, record_id: UUID, reason: str) -> Record:
    """Send a step back: what was done is taken back and the step has failed, with the signer's reason.

    Raises like `sign`, and InvalidError without a reason.
    """
    state = _waiting(signer, run, record_id)
    runs.must_be_open(run)
    if state.signed is not None:
        raise ConflictError(N_("%(name)s has signed this already."), name=state.signed.person.name)
    reason = runs.why(reason)
    key = state.step.key
    for done in [entry for entry in state.records if entry.kind == "done"]:
        records.record(
            session, signer, now, run,
            record_id=new_id(), step_key=key, kind="undone", cancels=done.id, rejecting=True,
        )  # fmt: skip
    return records.record(
        session, signer, now, run,
        record_id=new_id(), step_key=key, kind="failed", reason=reason, rejecting=True,
    )  # fmt: skip


def _waiting(signer: Person, run: Run, record_id: UUID) -> StepState:
    """The state of the step that the record did, if the person may sign it."""
    state = next(
        (s for s in runs.states(run) if s.step.verify and s.done is not None and s.done.id == record_id), None
    )
    if state is None or state.done is None:
        raise ConflictError(N_("There is nothing to sign here any more. Reload the page."))
    if not access.may_sign(signer, run, state.step):
        raise ForbiddenError(
            N_("%(name)s can’t sign this. It is for: %(role)s, or a lead."),
            name=signer.name,
            role=state.step.role or "–",
        )
    if state.done.person_id == signer.id:
        raise ForbiddenError(N_("You did this step yourself. Somebody else has to sign it."))
    return state


def waiting_for(session: Session, person: Person) -> list[tuple[Run, StepState]]:
    """Steps that wait for this person: to be signed, or, in runs of others, to be done by their role.

    Those of runs that are due first come first.
    """
    return [
        (run, state)
        for run in _candidates(session, person)
        for state in runs.states(run)
        if _is_theirs(person, run, state)
    ]


def _is_theirs(person: Person, run: Run, state: StepState) -> bool:
    if state.unsigned and state.done is not None:
        return state.done.person_id != person.id and access.may_sign(person, run, state.step)
    if state.step.verify or state.step.role not in {role.name for role in person.roles}:
        return False
    turn = current(runs.states(run))
    return run.assignee_id != person.id and turn is not None and turn.step.key == state.step.key


def _candidates(session: Session, person: Person) -> Sequence[Run]:
    """Open runs where the person works in which something may wait: few, so that each can be judged whole."""
    here = or_(access.at_place(person), access.reachable(person))
    marked = _marked(session, person, here)
    if not marked:
        return []
    keys = {key for _, key, signs in marked if signs}
    unsigned = exists().where(
        Record.run_id == Run.id,
        Record.kind == "done",
        Record.step_key.in_(keys),
        ~exists().where(SignOff.record_id == Record.id),
    )
    return finding.runs(
        session,
        here,
        or_(
            and_(Run.revision_id.in_({revision for revision, _, signs in marked if signs}), unsigned),
            Run.revision_id.in_({revision for revision, _, signs in marked if not signs}),
        ),
        most=MOST,
    )


def _marked(session: Session, person: Person, here: ColumnElement[bool]) -> Sequence[Any]:
    """(revision, key, whether to sign) of steps of open runs that need a signature or the person's role."""
    open_here = select(Run.revision_id).where(Run.state == "open", here).distinct()
    verify, role = Step.attributes["verify"].as_boolean(), Step.attributes["role"].as_string()
    names = [own.name for own in person.roles]
    query = select(Step.revision_id, Step.key, verify)
    query = query.where(Step.revision_id.in_(open_here), or_(verify, role.in_(names)))
    return session.execute(query).all()
