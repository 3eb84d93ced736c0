"""A second person signs a step, or sends it back; steps of a role are done by whoever has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, SHIP, Cast
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain import access, events
from tracker.domain import event_kinds as kinds
from tracker.domain.evidence import pieces
from tracker.domain.people import accounts
from tracker.domain.records import recording, signing
from tracker.domain.runs import handover, lifecycle, loading, signatures
from tracker.domain.work import signing_queue
from tracker.errors import ConflictError, ForbiddenError, InvalidError
from tracker.models import Deviation, Event, Evidence, Outcome, Person, Record, Run, SignOff


@pytest.fixture
def helper(session: Session, cast: Cast) -> Callable[..., Person]:
    """Somebody else who works at the run's location, with the roles given."""

    def add(login: str, *roles: str, here: bool = True) -> Person:
        place = cast.staff.location if here else cast.outsider.location
        person = accounts.add(
            session, by(cast.admin), NOW, login=login, name=login.capitalize(), password=None,
            location=place, roles=roles,
        )  # fmt: skip
        session.commit()
        return person

    return add


def do(session: Session, person: Person, run: Run, step: str, kind: str = "done", **more: object) -> Record:
    loaded = loading.load(session, by(person), run.id, "run.see", lock=True)
    now = more.pop("now", NOW)
    entry = recording.record(
        session, by(person), now, loaded, record_id=new_id(), step_key=step, kind=kind, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    session.commit()
    return entry


def state_of(run: Run, key: str) -> object:
    return next(state for state in loading.states(run) if state.step.key == key)


def waits(session: Session, person: Person) -> list[str]:
    return [state.step.key for _, state in signing_queue.first(session, by(person), 100)[1]]


def test_a_step_is_signed_by_somebody_else(
    session: Session, cast: Cast, run: Run, helper: Callable[..., Person]
) -> None:
    hana = helper("hana")
    done = do(session, cast.staff, run, "address")
    assert waits(session, hana) == ["address"] == waits(session, cast.lead)
    assert waits(session, cast.staff) == [] == waits(session, cast.outsider)
    with pytest.raises(ForbiddenError, match="yourself"):
        signing.sign(session, by(cast.staff), NOW, run, done.id)
    signed = signing.sign(session, by(hana), NOW, run, done.id)
    session.commit()
    assert (signed.record_id, signed.person, signed.at) == (done.id, hana, NOW)
    assert waits(session, cast.lead) == []
    assert signing.sign(session, by(hana), NOW, run, done.id) is signed  # twice is once
    with pytest.raises(ConflictError, match="Hana has signed"):
        signing.sign(session, by(cast.lead), NOW, run, done.id)
    kinds = [event.kind for event in events.history(session, run) if not isinstance(event, Record)]
    assert kinds == ["run.started", "step.signed"]


def test_a_run_is_not_closed_without_the_signature(session: Session, cast: Cast, run: Run) -> None:
    done = do(session, cast.staff, run, "address")
    with pytest.raises(ConflictError, match="second person"):
        lifecycle.close(session, by(cast.staff), NOW, run, omit=["pack", "weigh", "hand"])
    signing.sign(session, by(cast.lead), NOW, run, done.id)
    assert lifecycle.close(session, by(cast.staff), NOW, run, omit=["pack", "weigh", "hand"]) == []
    with pytest.raises(ConflictError, match="closed"):
        signing.reject(session, by(cast.lead), NOW, run, done.id, "too late")


def test_a_critical_step_holds_up_what_follows_until_it_is_signed(
    app: Flask, workspace: Path, session: Session, cast: Cast, run: Run
) -> None:
    (workspace / "sops/ship.md").write_text(SHIP.replace("#address .verify", "#address .verify .critical"))
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    session.expire_all()
    run = lifecycle.start(session, by(cast.staff), NOW, "ship", subject="1043", assignee=cast.staff)
    with pytest.raises(ConflictError, match="First do “Check the address”"):
        do(session, cast.staff, run, "hand")
    done = do(session, cast.staff, run, "address")
    with pytest.raises(ConflictError, match="First somebody has to sign “Check the address”"):
        do(session, cast.staff, run, "hand")
    signing.sign(session, by(cast.lead), NOW, run, done.id)
    assert do(session, cast.staff, run, "hand").flag is None


def test_a_step_that_nobody_did_needs_no_signature(session: Session, cast: Cast, run: Run) -> None:
    do(session, cast.staff, run, "address", "skipped", reason="Not needed this time")
    assert lifecycle.close(session, by(cast.staff), NOW, run, omit=["pack", "weigh", "hand"]) == []


def test_a_lead_lets_the_run_go_on_without_a_signature(session: Session, cast: Cast, run: Run) -> None:
    do(session, cast.staff, run, "address")
    recording.override(session, by(cast.lead), NOW, run, "address", "Nobody else is here")
    assert lifecycle.close(session, by(cast.staff), NOW, run, omit=["pack", "weigh", "hand"]) == []


def test_sent_back_the_step_has_failed_and_is_done_and_signed_again(
    session: Session, cast: Cast, run: Run, helper: Callable[..., Person]
) -> None:
    hana = helper("hana")
    first = do(session, cast.staff, run, "address")
    with pytest.raises(InvalidError, match="Say why"):
        signing.reject(session, by(hana), NOW, run, first.id, " ")
    signing.reject(session, by(hana), NOW, run, first.id, "Wrong street")
    session.commit()
    state = state_of(run, "address")
    assert (state.outcome, state.cleared, state.unsigned) == ("failed", False, False)  # type: ignore[attr-defined]
    found = session.scalars(select(Deviation)).one()
    assert (found.reason, found.owner) == ("Wrong street", cast.owner)
    with pytest.raises(ConflictError, match="nothing to sign"):
        signing.sign(session, by(hana), NOW, run, first.id)
    second = do(session, cast.staff, run, "address")
    assert waits(session, hana) == ["address"]
    signing.sign(session, by(hana), NOW, run, second.id)
    lifecycle.close(session, by(cast.staff), NOW, run, omit=["pack", "weigh", "hand"])
    session.commit()
    outcome = session.get_one(Outcome, (run.id, "address"))
    assert (outcome.outcome, outcome.recovered) == ("failed", True)


def test_an_undone_step_needs_a_new_signature(session: Session, cast: Cast, run: Run) -> None:
    first = do(session, cast.staff, run, "address")
    signing.sign(session, by(cast.lead), NOW, run, first.id)
    do(session, cast.staff, run, "address", "undone", cancels=first.id)
    do(session, cast.staff, run, "address")
    assert state_of(run, "address").unsigned  # type: ignore[attr-defined]
    assert waits(session, cast.lead) == ["address"]


def test_a_step_done_once_more_needs_a_new_signature(session: Session, cast: Cast, run: Run) -> None:
    first = do(session, cast.staff, run, "address")
    signing.sign(session, by(cast.lead), NOW, run, first.id)
    second = do(session, cast.staff, run, "address", note="to another street")
    with pytest.raises(ConflictError, match="second person"):
        lifecycle.close(session, by(cast.staff), NOW, run, omit=["pack", "weigh", "hand"])
    assert waits(session, cast.lead) == ["address"]
    signing.reject(session, by(cast.lead), NOW, run, second.id, "Wrong street")
    assert not state_of(run, "address").cleared  # type: ignore[attr-defined]


def test_only_the_role_named_or_a_lead_signs(
    session: Session, cast: Cast, run: Run, helper: Callable[..., Person]
) -> None:
    hana, clara, far = helper("hana"), helper("clara", "customs"), helper("fred", "customs", here=False)
    done = do(session, cast.staff, run, "customs")
    assert waits(session, hana) == [] and waits(session, clara) == ["customs"]
    for person in (hana, far, cast.outsider):
        with pytest.raises(ForbiddenError, match="can’t sign"):
            signing.sign(session, by(person), NOW, run, done.id)
    signing.sign(session, by(clara), NOW, run, done.id)


def test_a_role_does_its_step_in_a_run_of_somebody_else(
    session: Session, cast: Cast, run: Run, helper: Callable[..., Person]
) -> None:
    chris, hana = helper("chris", "checker"), helper("hana")
    for kind in ("done", "failed"):
        with pytest.raises(ForbiddenError, match="is for: checker"):
            do(session, cast.staff, run, "weigh", kind, reason="x")
    assert waits(session, chris) == []  # not their turn yet
    do(session, cast.staff, run, "pack")
    do(session, cast.staff, run, "address", "skipped", reason="x")
    slip = do(session, cast.staff, run, "customs")
    do(session, cast.staff, run, "customs", "undone", cancels=slip.id)
    assert waits(session, chris) == [] == waits(session, helper("clara", "customs"))
    do(session, cast.staff, run, "customs", "skipped", reason="x")
    assert waits(session, chris) == ["weigh"] and waits(session, cast.lead) == []
    with pytest.raises(ForbiddenError):
        do(session, hana, run, "pack")
    with pytest.raises(ForbiddenError):
        do(session, chris, run, "hand")
    slip = do(session, chris, run, "weigh")
    assert waits(session, chris) == []
    do(session, chris, run, "weigh", "undone", cancels=slip.id)
    assert waits(session, chris) == ["weigh"]
    do(session, chris, run, "weigh")
    assert not access.may(by(chris), "run.close", run) and access.may(by(chris), "run.see", run)


def test_what_waits_is_found_among_many_runs_in_a_handful_of_queries(
    session: Session, cast: Cast, run: Run, helper: Callable[..., Person]
) -> None:
    """Runs in which nothing waits take no place among those that are looked at."""
    chris = helper("chris", "checker")
    begun = {"sop_id": run.sop_id, "revision_id": run.revision_id, "location_id": run.location_id}
    session.add_all(Run(**begun, started_at=NOW, due_at=NOW) for _ in range(20))
    session.commit()
    for key in ("pack", "address", "customs"):
        do(session, cast.staff, run, key, "skipped", reason="x")
    session.expunge_all()
    queries: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: queries.append(given[2]))
    assert waits(session, session.get_one(Person, chris.id)) == ["weigh"]
    assert len(queries) < 12, queries


def test_what_they_see_in_python_and_in_the_database_is_the_same(
    session: Session, cast: Cast, run: Run, helper: Callable[..., Person]
) -> None:
    people_here = [cast.staff, cast.lead, cast.owner, cast.outsider, cast.other_lead, helper("hana"),
                   helper("chris", "checker"), helper("far", "checker", here=False)]  # fmt: skip
    for person in people_here:
        seen = session.scalar(select(Run.id).where(Run.id == run.id, access.visible(by(person))))
        assert (seen is not None) == access.may(by(person), "run.see", run), person.login


def test_a_step_without_its_role_at_hand_can_be_skipped(session: Session, cast: Cast, run: Run) -> None:
    skipped = do(session, cast.staff, run, "weigh", "skipped", reason="Nobody is here")
    assert state_of(run, "weigh").outcome == "skipped"  # type: ignore[attr-defined]
    do(session, cast.staff, run, "weigh", "undone", cancels=skipped.id)
    assert state_of(run, "weigh").outcome is None  # type: ignore[attr-defined]


def test_a_step_done_sooner_than_plausible_is_kept_and_flagged(
    session: Session, cast: Cast, run: Run
) -> None:
    do(session, cast.lead, run, "pack", now=NOW)
    assert do(session, cast.lead, run, "weigh", now=NOW + timedelta(seconds=9)).flag == "quick"
    do(session, cast.lead, run, "hand", now=NOW + timedelta(seconds=20))
    assert do(session, cast.lead, run, "weigh", now=NOW + timedelta(seconds=30)).flag is None


def test_a_signature_is_never_changed(session: Session, cast: Cast, run: Run) -> None:
    done = do(session, cast.staff, run, "address")
    signing.sign(session, by(cast.lead), NOW, run, done.id)
    session.commit()
    for change in ("UPDATE sign_offs SET person_id = 1", "DELETE FROM sign_offs"):
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(change))
        session.rollback()
    assert session.scalar(select(SignOff.person_id)) == cast.lead.id


def doubts(session: Session, run: Run) -> list[SignOff | Event]:
    session.expire_all()
    return signatures.doubts(run, events.history(session, run), pieces.of_run(session, run))


def test_a_signature_keeps_what_was_said_by_it(session: Session, cast: Cast, run: Run) -> None:
    done = do(session, cast.staff, run, "address")
    signed = signing.sign(session, by(cast.lead), NOW, run, done.id, "The label is that of the order.")
    session.commit()
    assert signed.meaning == "The label is that of the order." and len(signed.digest) == 64
    told = session.scalars(select(Event).where(Event.kind == kinds.StepSigned.kind)).one()
    assert told.data["digest"] == signed.digest
    assert doubts(session, run) == []


TAMPERED = {
    "the record says something else": "UPDATE records SET note = 'to another street' WHERE kind = 'done'",
    "another has done it": "UPDATE records SET person_id = 1 WHERE kind = 'done'",
    "it was done at another time": "UPDATE records SET received_at = '2026-03-30 09:00:00.000000'",
    "the signature says something else": "UPDATE sign_offs SET meaning = 'I was not there.'",
    "another has signed": "UPDATE sign_offs SET person_id = 2",
    "it is under another record": "UPDATE sign_offs SET record_id = "
    "(SELECT id FROM records WHERE step_key = 'pack')",
    "it is gone": "DELETE FROM sign_offs",
    "it is as if it had never been bound": "UPDATE sign_offs SET digest = ''",
    "its evidence is gone": "DELETE FROM evidence",
    "its evidence is another": "UPDATE evidence SET digest = 'x'",
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_a_signature_that_does_not_belong_to_what_stands_there_is_found(
    session: Session, cast: Cast, run: Run, change: str
) -> None:
    """Whoever can write to the database can take the triggers away, too."""
    do(session, cast.staff, run, "pack")
    done = do(session, cast.staff, run, "address", note="to Bonn")
    session.add(Evidence(record_id=done.id, digest="d", media_type="image/jpeg", size=3))
    session.flush()
    signing.sign(session, by(cast.lead), NOW, run, done.id)
    session.commit()
    assert doubts(session, run) == []
    tamper(session, change)
    assert len(doubts(session, run)) == 1


def test_a_signature_that_was_moved_to_another_run_is_found_in_both(
    session: Session, cast: Cast, run: Run
) -> None:
    other = lifecycle.start(session, by(cast.staff), NOW, "ship", subject="1043", assignee=cast.staff)
    session.commit()
    for each in (run, other):
        do(session, cast.staff, each, "address")
    done = loading.states(run)[1].done
    assert done is not None
    signing.sign(session, by(cast.lead), NOW, run, done.id)
    session.commit()
    there = f"(SELECT id FROM records WHERE run_id = {other.id})"
    tamper(session, f"UPDATE sign_offs SET run_id = {other.id}, record_id = {there}")
    assert [type(doubt) for doubt in doubts(session, run)] == [Event]
    assert [type(doubt) for doubt in doubts(session, other)] == [SignOff]


def tamper(session: Session, change: str) -> None:
    for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))
    session.execute(text(change))
    session.commit()


def test_nobody_signs_in_a_paused_run(session: Session, cast: Cast, run: Run) -> None:
    done = do(session, cast.staff, run, "address")
    handover.pause(session, by(cast.staff), NOW, run, "waiting for the truck")
    session.commit()
    assert waits(session, cast.lead) == []
    for judge in (signing.sign, lambda *given: signing.reject(*given, "Smudged")):
        with pytest.raises(ConflictError, match="paused: waiting for the truck"):
            judge(session, by(cast.lead), NOW, run, done.id)
    assert len(run.records) == 1
    handover.resume(session, by(cast.lead), NOW, run)
    assert waits(session, cast.lead) == ["address"]
