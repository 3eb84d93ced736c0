"""A second person signs what was done, or sends it back. Who did a step can't sign it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.db import new_id
from tracker.domain import access, evidence, records, runs, signatures, standing
from tracker.domain.events import emit
from tracker.domain.progress import StepState
from tracker.errors import N_, ConflictError, ForbiddenError
from tracker.models import Person, Record, Run, SignOff

SIGNED = "step.signed"
MEANING = N_("I have checked this, and it is right.")
"""What a signature says where neither its step nor its SOP gives other words."""


def sign(
    session: Session, signer: Person, now: datetime, run: Run, record_id: UUID, meaning: str = MEANING
) -> SignOff:
    """Sign that a step was checked and found right. `run` was loaded with its lock.

    `signer` has just shown who they are, by their password; `meaning` is what they were shown to say by
    signing. Signing the same twice is one signature.
    Raises ForbiddenError (not theirs to sign, or they did it), ConflictError (taken back, signed by another,
    closed run).
    """
    state = _waiting(signer, run, record_id)
    if state.signed is not None:
        if state.signed.person_id != signer.id:
            raise ConflictError(N_("%(name)s has signed this already."), name=state.signed.person.name)
        return state.signed
    runs.must_be_open(run)
    sign_off = SignOff(step_key=state.step.key, record_id=record_id, meaning=meaning)
    _add(session, signer, now, run, sign_off)
    told = {"step": state.step.key, "record": str(record_id), "digest": sign_off.digest}
    emit(session, signer, now, SIGNED, f"run:{run.id}", **told)
    session.flush()
    standing.keep(session, run, runs.states(run))
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


def _add(session: Session, signer: Person, now: datetime, run: Run, sign_off: SignOff) -> None:
    sign_off.run_id, sign_off.person_id, sign_off.at = run.id, signer.id, now
    sign_off.person = signer
    sign_off.digest = signatures.digest(sign_off, run, evidence.of_run(session, run)) or ""
    run.sign_offs.append(sign_off)


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
