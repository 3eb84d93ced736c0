"""A whole run is signed by a second person before it is closed, or sent back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do
from tests.support.actors import by
from tests.support.installation import NOW, PAY, Cast
from tracker.authoring.sync import publish
from tracker.domain import access, events
from tracker.domain import event_kinds as kinds
from tracker.domain.evidence import pieces
from tracker.domain.people import accounts
from tracker.domain.records import recording, signing
from tracker.domain.runs import handover, lifecycle, loading, moving, signatures
from tracker.domain.runs.signatures import Whole
from tracker.domain.work import signing_queue
from tracker.errors import ConflictError, ForbiddenError, InvalidError
from tracker.models import Event, Outcome, Person, Run


@pytest.fixture
def refund(app: Flask, workspace: Path, session: Session, cast: Cast, start: Callable[..., Run]) -> Run:
    (workspace / "sops/pay.md").write_text(PAY)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    return start("pay")


@pytest.fixture
def quinn(session: Session, cast: Cast) -> Person:
    """Somebody of the role that signs."""
    quinn = accounts.add(
        session, by(cast.admin), NOW, login="quinn", name="Quinn", password=None,
        location=cast.staff.location, roles=["quality"],
    )  # fmt: skip
    session.commit()
    return quinn


def whole(run: Run) -> Whole:
    found = loading.whole(run, loading.states(run))
    assert found is not None
    return found


def sign(session: Session, person: Person, run: Run) -> None:
    signing.sign_run(session, by(person), NOW, run, signatures.state_key(run))
    session.commit()


def test_it_waits_once_every_step_has_its_record_and_is_closed_when_signed(
    session: Session, cast: Cast, refund: Run, quinn: Person, do: Do
) -> None:
    do(refund, "receipt")
    assert not whole(refund).waits
    with pytest.raises(ConflictError, match="nothing to sign"):
        sign(session, quinn, refund)
    do(refund, "pay")
    with pytest.raises(ConflictError, match="“Book it” is untouched"):
        lifecycle.close(session, by(cast.staff), NOW, refund, omit=["book"])
    do(refund, "book", "skipped", reason="No time")
    assert whole(refund).waits
    with pytest.raises(ConflictError, match="waits for a second person"):
        lifecycle.close(session, by(cast.staff), NOW, refund)
    sign(session, quinn, refund)
    signed = whole(refund).signed
    assert signed is not None and (signed.person, signed.step_key, signed.record_id) == (quinn, None, None)
    sign(session, quinn, refund)  # twice is once
    assert len(refund.sign_offs) == 1
    with pytest.raises(ConflictError, match="Quinn has signed"):
        sign(session, cast.lead, refund)
    assert lifecycle.close(session, by(cast.staff), NOW, refund) == []
    with pytest.raises(ConflictError, match="closed"):
        sign(session, quinn, refund)
    kinds = [entry.kind for entry in events.history(session, refund) if isinstance(entry, Event)]
    assert kinds == ["run.started", "run.signed", "run.closed"]


def test_nobody_signs_what_they_did_a_part_of(
    session: Session, cast: Cast, refund: Run, quinn: Person, do: Do
) -> None:
    do(refund, "receipt", actor=cast.lead)
    for step in ("pay", "book"):
        do(refund, step)
    for person, why in ((cast.staff, "can’t sign"), (cast.outsider, "can’t sign"), (cast.lead, "yourself")):
        with pytest.raises(ForbiddenError, match=why):
            sign(session, person, refund)
    assert access.may(by(quinn), "run.see", refund) and not access.may(by(quinn), "run.record", refund)
    sign(session, quinn, refund)


@pytest.mark.parametrize("change", ["another record", "an undo", "an override", "a move"])
def test_whatever_happens_later_makes_the_signature_void(
    app: Flask, workspace: Path, session: Session, cast: Cast, refund: Run, quinn: Person, do: Do, change: str
) -> None:
    records_of = [do(refund, step) for step in ("receipt", "pay", "book")]
    sign(session, quinn, refund)
    assert whole(refund).settled
    if change == "another record":
        do(refund, "receipt", note="there were two")
    elif change == "an undo":
        do(refund, "receipt", "undone", cancels=records_of[0].id)
        do(refund, "receipt")
    elif change == "an override":
        do(refund, "pay", "undone", cancels=records_of[1].id)
        do(refund, "pay", "skipped", reason="x")
        recording.override(session, by(cast.lead), NOW, refund, "pay", "It is paid already")
    else:
        (workspace / "sops/pay.md").write_text(PAY.replace("Book it", "Book it twice"))
        publish(app, app.config["HOLDFAST"])
        session.expire_all()
        refund = session.get_one(Run, refund.id)
        moving.move(session, by(cast.lead), NOW, refund, refund.sop.in_force)
    state = whole(refund)
    assert (state.settled, state.waits) == (False, True) and state.lapsed is not None
    with pytest.raises(ConflictError):
        lifecycle.close(session, by(cast.staff), NOW, refund)
    assert signatures.doubts(refund, events.history(session, refund), pieces.of_run(session, refund)) == []
    sign(session, quinn, refund)
    assert lifecycle.close(session, by(cast.staff), NOW, refund) == []


def test_what_was_not_seen_is_not_signed(
    session: Session, cast: Cast, refund: Run, quinn: Person, do: Do
) -> None:
    for step in ("receipt", "pay", "book"):
        do(refund, step)
    seen = signatures.state_key(refund)
    do(refund, "receipt", note="there were two")
    for verdict in (signing.sign_run, signing.send_back):
        with pytest.raises(ConflictError, match="since you looked"):
            verdict(session, by(quinn), NOW, refund, seen, "reason")


def test_sent_back_it_waits_for_whoever_works_on_it(
    session: Session, cast: Cast, refund: Run, quinn: Person, do: Do
) -> None:
    for step in ("receipt", "pay", "book"):
        do(refund, step)
    with pytest.raises(InvalidError, match="Say why"):
        signing.send_back(session, by(quinn), NOW, refund, signatures.state_key(refund), " ")
    signing.send_back(session, by(quinn), NOW, refund, signatures.state_key(refund), "The amount is wrong")
    session.commit()
    state = whole(refund)
    assert state.sent_back is not None and state.sent_back.meaning == "The amount is wrong"
    assert not state.waits
    with pytest.raises(ConflictError, match="sent this run back: The amount is wrong"):
        lifecycle.close(session, by(cast.staff), NOW, refund)
    with pytest.raises(ConflictError, match="nothing to sign"):
        sign(session, cast.lead, refund)
    do(refund, "pay", note="the rest of it")
    assert whole(refund).sent_back is None and whole(refund).waits
    sign(session, quinn, refund)
    assert whole(refund).settled


def test_a_lead_lets_it_be_closed_without(session: Session, cast: Cast, refund: Run, do: Do) -> None:
    do(refund, "pay")
    with pytest.raises(ForbiddenError):
        signing.waive(session, by(cast.staff), NOW, refund, "x")
    with pytest.raises(InvalidError, match="Say why"):
        signing.waive(session, by(cast.lead), NOW, refund, "")
    signing.waive(session, by(cast.lead), NOW, refund, "Nobody of quality is here")
    with pytest.raises(ConflictError, match="no signature"):
        signing.waive(session, by(cast.lead), NOW, refund, "again")
    assert lifecycle.close(session, by(cast.staff), NOW, refund, omit=["receipt", "book"]) == []
    told = session.scalars(select(Event).where(Event.kind == kinds.RunOverridden.kind)).one()
    assert told.data["reason"] == "Nobody of quality is here"
    assert session.get_one(Outcome, (refund.id, "receipt")).outcome == "omitted"


def test_a_run_of_an_sop_that_asks_for_none_is_not_signed(
    session: Session, cast: Cast, start: Callable[..., Run]
) -> None:
    run = start("opening")
    assert loading.whole(run, loading.states(run)) is None
    with pytest.raises(ConflictError, match="nothing to sign"):
        signing.sign_run(session, by(cast.lead), NOW, run, signatures.state_key(run))
    with pytest.raises(ConflictError, match="no signature"):
        signing.waive(session, by(cast.lead), NOW, run, "x")


def test_a_paused_run_is_neither_signed_nor_sent_back(
    session: Session, cast: Cast, refund: Run, quinn: Person, do: Do
) -> None:
    for step in ("receipt", "pay", "book"):
        do(refund, step)
    handover.pause(session, by(cast.staff), NOW, refund, "the bank is closed")
    session.commit()
    assert signing_queue.count(session, by(quinn)).all == 0
    with pytest.raises(ConflictError, match="paused: the bank is closed"):
        sign(session, quinn, refund)
    with pytest.raises(ConflictError, match="paused"):
        signing.send_back(session, by(quinn), NOW, refund, signatures.state_key(refund), "Wrong sum")
    handover.resume(session, by(cast.staff), NOW, refund)
    assert signing_queue.count(session, by(quinn)).all == 1
    sign(session, quinn, refund)
