"""A lead hands in what is left on the phone of somebody who was disabled: all of it waits for a lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tests.support.queues import Phone, states
from tracker.domain.runs import lifecycle
from tracker.models import Event, LateRecord, NotedEntry, Person, Record, Run

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def left(visit: Visit, cast: Cast) -> Phone:
    """Sam's phone, with Lena signed in on it."""
    return Phone(visit(cast.lead), cast.staff)


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    """Sam's run; his account was disabled ten minutes ago."""
    now = datetime.now(UTC)
    found = lifecycle.start(
        session, by(cast.staff), now - timedelta(hours=1), "pack", subject="1042", assignee=cast.staff
    )
    cast.staff.disabled_at = now - timedelta(minutes=10)
    session.commit()
    return found


def test_everything_waits_for_another_lead(
    session: Session, left: Phone, run: Run, cast: Cast, visit: Visit
) -> None:
    started = left.entry("start", {"sop": "pack", "subject": "77"}, age=20)
    entries = [
        left.record(run.id, "scan", "T", age=30),
        left.record(run.id, "weigh", "500"),  # a second ago
        left.entry("close", {"omit": ["box", "hand"]}, run=run.id),
        left.entry("claim", run=run.id),
        started,
        left.record(None, "scan", "T", ref=started["id"], age=19),
    ]
    more = {"person": str(cast.lead.id), "for": str(cast.staff.id)}
    told = left.post(entries, **more).get_json()
    assert states(told["receipts"]) == ["late", "late", "late", "kept", "kept", "late"]
    assert left.post(entries, **more).get_json()["receipts"] == told["receipts"]
    session.rollback()
    session.expire_all()
    assert session.get_one(Run, run.id).state == "open" and not session.scalars(select(Record)).all()
    late = session.scalars(select(LateRecord)).all()
    assert {row.person_id for row in late} == {cast.staff.id} and {row.why for row in late} == {"part"}
    assert [row.note for row in session.scalars(select(NotedEntry))] == ["unclosed"]
    new = session.scalars(select(Run).where(Run.ref == started["id"])).one()
    assert new.assignee_id == cast.lead.id
    waits = session.scalars(select(Event).where(Event.kind == "late.waits")).first()
    noted = session.scalars(select(Event).where(Event.kind == "entry.noted")).one()
    assert waits is not None and waits.data["by"] == noted.data["by"] == cast.lead.id
    accepted = {"record": str(entries[0]["id"]), "verdict": "accept"}
    page = visit(cast.lead).post(f"/runs/{run.id}/late", accepted, follow_redirects=True).text
    assert "You have handed this in for Sam" in page and not session.scalars(select(Record)).all()
    visit(cast.admin).post(f"/runs/{run.id}/late", accepted)
    session.rollback()
    assert [record.person_id for record in session.scalars(select(Record))] == [cast.staff.id]


def test_a_lead_tells_nobody_of_a_closing_in_a_run_that_was_never_theirs(
    session: Session, left: Phone, run: Run, cast: Cast
) -> None:
    """What a lead has in their hands could be made up: of runs elsewhere it says nothing."""
    theirs = lifecycle.start(session, by(cast.outsider), datetime.now(UTC), "opening", assignee=cast.outsider)
    session.commit()
    more = {"person": str(cast.lead.id), "for": str(cast.staff.id)}
    told = left.post([left.entry("close", {"omit": []}, run=theirs.id)], **more).get_json()
    assert states(told["receipts"]) == ["refused"] and told["receipts"][0]["run"] is None
    assert {row.run_id for row in session.scalars(select(NotedEntry))} == {None}


def test_only_a_lead_of_theirs_does_so_and_only_for_the_disabled(
    session: Session, left: Phone, run: Run, cast: Cast, visit: Visit
) -> None:
    entry = left.record(run.id, "scan", "T", age=30)
    for person, whose, status in (
        (cast.other_lead, cast.staff.id, 403),
        (cast.outsider, cast.staff.id, 403),
        (cast.lead, cast.outsider.id, 403),
        (cast.lead, cast.lead.id, 409),
        (cast.lead, 4711, 403),
        (cast.lead, "x", 403),
    ):
        phone = Phone(visit(person), person)
        answer = phone.post([entry], **{"for": str(whose)})
        assert answer.status_code == status and answer.get_json()["holdfast"] == "queue", (person, whose)
    assert not session.scalars(select(LateRecord)).all()
