"""A second person signs a step, or a whole run, or sends it back. Who did it can't sign it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.db import new_id
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor, in_person
from tracker.domain.events import emit
from tracker.domain.evidence import pieces
from tracker.domain.records import recording, writing
from tracker.domain.records.entry import Entry
from tracker.domain.runs import loading, rules, signatures, standing
from tracker.domain.runs.progress import StepState
from tracker.domain.runs.signatures import Whole
from tracker.errors import N_, ConflictError, ForbiddenError
from tracker.models import Override, Record, Run, SignOff

MEANING = N_("I have checked this, and it is right.")
RUN_MEANING = N_("I have looked through this run, and it is right.")
"""What the signature under a step, or a run, says where its author gives no other words."""

_ALREADY = N_("%(name)s has signed this already.")
_NOTHING = N_("There is nothing to sign here any more. Reload the page.")


def sign(
    session: Session, signer: Actor, now: datetime, run: Run, record_id: UUID, meaning: str = MEANING
) -> SignOff:
    """Sign that a step was checked and found right. `run` was loaded with its lock.

    `signer` has just shown who they are, by their password; `meaning` is what they were shown to say by
    signing. Signing the same twice is one signature.
    Raises ForbiddenError (not theirs to sign, or they did it), ConflictError (taken back, signed by another,
    closed or paused run).
    """
    state = _waiting(signer, run, record_id)
    if state.signed is not None:
        if state.signed.person_id != signer.id:
            raise ConflictError(_ALREADY, name=state.signed.person.name)
        return state.signed
    rules.must_be_open(run)
    rules.must_go_on(run)
    sign_off = SignOff(step_key=state.step.key, record_id=record_id, meaning=meaning)
    _add(session, signer, now, run, sign_off)
    emit(
        session,
        signer,
        now,
        kinds.StepSigned(step=state.step.key, record=str(record_id), digest=sign_off.digest),
        f"run:{run.id}",
    )
    session.flush()
    standing.keep_standing(session, run)
    recording.settle(session, now, run)
    return sign_off


def reject(session: Session, signer: Actor, now: datetime, run: Run, record_id: UUID, reason: str) -> Record:
    """Send a step back: what was done is taken back and the step has failed, with the signer's reason.

    That judges what was done, so it is possible also where a step before it holds up again meanwhile.

    Raises like `sign`, and InvalidError without a reason.
    """
    state = _waiting(signer, run, record_id)
    rules.must_be_open(run)
    rules.must_go_on(run)
    if state.signed is not None:
        raise ConflictError(_ALREADY, name=state.signed.person.name)
    step, reason = state.step, rules.why(reason)
    for done in [entry for entry in state.records if entry.kind == "done"]:
        taken_back = Entry(new_id(), step.key, "undone", cancels=done.id)
        writing.write(session, signer, now, run, step, taken_back)
    failed = Entry(
        new_id(), step.key, "failed", reason=reason
    )  # its id comes after theirs, as in the history
    return writing.write(session, signer, now, run, step, failed)


def sign_run(
    session: Session, signer: Actor, now: datetime, run: Run, seen: str, meaning: str = RUN_MEANING
) -> SignOff:
    """Sign that a whole run was looked through and found right. `run` was loaded with its lock.

    `seen` names what the signer has seen (`signatures.state_key`). Anything that is recorded later makes the
    signature void. Raises ForbiddenError (not theirs to sign, or they did a step of it), ConflictError
    (another state than was seen, signed by another, not ready, closed, paused).
    """
    signing = _signing(signer, run, seen)
    if signing.signed is not None:
        if signing.signed.person_id != signer.id:
            raise ConflictError(_ALREADY, name=signing.signed.person.name)
        return signing.signed
    return _judge(session, signer, now, run, signing, SignOff(verdict="signed", meaning=meaning))


def send_back(session: Session, signer: Actor, now: datetime, run: Run, seen: str, reason: str) -> SignOff:
    """Send a whole run back with a reason: it waits for whoever works on it, and then to be signed again.

    Raises like `sign_run`, and InvalidError without a reason.
    """
    signing = _signing(signer, run, seen)
    if signing.signed is not None:
        raise ConflictError(_ALREADY, name=signing.signed.person.name)
    return _judge(session, signer, now, run, signing, SignOff(verdict="rejected", meaning=rules.why(reason)))


def waive(session: Session, actor: Actor, now: datetime, run: Run, reason: str) -> None:
    """A lead lets a run be closed without its signature, with a reason."""
    access.require(actor, "run.override", run)
    rules.must_be_open(run)
    signing = loading.whole(run, loading.states(run))
    if signing is None or signing.settled:
        raise ConflictError(N_("This run waits for no signature."))
    entry = Override(
        run_id=run.id,
        step_key=signatures.WHOLE,
        person_id=in_person(actor).id,
        reason=rules.why(reason),
        at=now,
    )
    run.overrides.append(entry)
    emit(session, actor, now, kinds.RunOverridden(reason=entry.reason), f"run:{run.id}")
    session.flush()
    standing.keep_standing(session, run)


def may_sign_run(actor: Actor, run: Run, signing: Whole) -> bool:
    """Whether the person may be the second person for this run."""
    return actor.id not in signatures.workers(run) and access.may_sign(actor, run, signing.role)


def _signing(signer: Actor, run: Run, seen: str) -> Whole:
    """How the run's signature stands, if the person may give it and has seen what stands there."""
    rules.must_be_open(run)
    rules.must_go_on(run)
    signing = loading.whole(run, loading.states(run))
    if signing is None:
        raise ConflictError(_NOTHING)
    _must_be_theirs(signer, run, signing.role)
    if signer.id in signatures.workers(run):
        raise ForbiddenError(N_("You did a part of this run yourself. Somebody else has to sign it."))
    if seen != signatures.state_key(run):
        raise ConflictError(
            N_("Something has happened in this run since you looked at it. Reload the page and look again.")
        )
    return signing


def _judge(
    session: Session, signer: Actor, now: datetime, run: Run, signing: Whole, sign_off: SignOff
) -> SignOff:
    if not signing.waits:
        raise ConflictError(_NOTHING)
    sign_off.covers = signatures.cover(run)
    _add(session, signer, now, run, sign_off)
    if sign_off.verdict == "signed":
        emit(session, signer, now, kinds.RunSigned(digest=sign_off.digest), f"run:{run.id}")
    else:
        emit(
            session,
            signer,
            now,
            kinds.RunSentBack(reason=sign_off.meaning, digest=sign_off.digest),
            f"run:{run.id}",
        )
    session.flush()
    standing.keep_standing(session, run)
    return sign_off


def _add(session: Session, signer: Actor, now: datetime, run: Run, sign_off: SignOff) -> None:
    person = in_person(signer)
    sign_off.run_id, sign_off.person_id, sign_off.at = run.id, person.id, now
    sign_off.person, sign_off.verdict = person, sign_off.verdict or "signed"
    sign_off.digest = signatures.digest(sign_off, run, pieces.of_run(session, run)) or ""
    run.sign_offs.append(sign_off)


def _waiting(signer: Actor, run: Run, record_id: UUID) -> StepState:
    """The state of the step that the record did, if the person may sign it."""
    state = next(
        (s for s in loading.states(run) if s.step.verify and s.done is not None and s.done.id == record_id),
        None,
    )
    if state is None or state.done is None:
        raise ConflictError(_NOTHING)
    _must_be_theirs(signer, run, state.step.role)
    if state.done.person_id == signer.id:
        raise ForbiddenError(N_("You did this step yourself. Somebody else has to sign it."))
    return state


def _must_be_theirs(signer: Actor, run: Run, role: str | None) -> None:
    person = in_person(signer)
    if not access.may_sign(signer, run, role):
        raise ForbiddenError(
            N_("%(name)s can’t sign this. It is for: %(role)s, or a lead."),
            name=person.name,
            role=role or "–",
        )
