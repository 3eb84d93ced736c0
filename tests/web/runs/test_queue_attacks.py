"""Somebody who means harm, or a phone gone wrong, sends a queue: nothing breaks, and nothing is gained."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tests.support.queues import Phone, states
from tracker.domain.runs import lifecycle
from tracker.models import Person, Revision, Run, Sop

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def sam(visit: Visit, cast: Cast) -> Phone:
    return Phone(visit(cast.staff), cast.staff)


@pytest.fixture
def oskar(visit: Visit, cast: Cast) -> Phone:
    """The phone of somebody who has nothing to do with Sam's runs."""
    return Phone(visit(cast.outsider), cast.outsider, device="b" * 24)


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    """Sam's order, begun an hour ago."""
    found = lifecycle.start(
        session, by(cast.staff), datetime.now(UTC) - timedelta(hours=1), "pack", subject="1042",
        assignee=cast.staff,
    )  # fmt: skip
    session.commit()
    return found


def test_a_receipt_stands_whatever_becomes_of_the_next_entry(oskar: Phone, run: Run) -> None:
    """What waits for a lead is answered, also where an entry after it is taken back."""
    late, broken = oskar.record(run.id, "scan", "T", age=3), oskar.record(run.id, "nowhere", age=3)
    receipts = oskar.send(late, broken)
    assert states(receipts) == ["late", "refused"] and "had no part" in receipts[0]["why"]
    assert oskar.send(late, broken) == receipts


def test_a_start_has_the_name_that_its_phone_made_and_no_other(sam: Phone) -> None:
    """Names that other programs give, such as an order's number, could be guessed."""
    (receipt,) = sam.send(sam.entry("start", {"sop": "pack", "subject": "7"}, ref="order-7"))
    assert receipt["state"] == "refused" and "“ref”" in receipt["why"]


def test_somebody_elses_start_is_nobodys_own(sam: Phone, visit: Visit, cast: Cast) -> None:
    started = sam.entry("start", {"sop": "pack", "subject": "7"})
    (kept,) = sam.send(started)
    lena = Phone(visit(cast.lead), cast.lead, device="c" * 24)
    (receipt,) = lena.send(started | {"person": lena.person_id})
    assert kept["state"] == "kept" and (receipt["state"], receipt["run"]) == ("refused", None)
    assert "used for something else" in receipt["why"]


def test_a_name_of_a_run_tells_only_those_who_may_see_it(
    sam: Phone, oskar: Phone, visit: Visit, cast: Cast
) -> None:
    started = sam.entry("start", {"sop": "pack", "subject": "7"})
    sam.send(started)
    address = f"/runs/ref/{started['id']}"
    assert [visitor.get(address).status_code for visitor in (sam.visitor, visit(cast.lead))] == [303, 303]
    assert oskar.visitor.get(address).status_code == visit(cast.other_lead).get(address).status_code == 404


def test_nobody_chooses_rules_of_long_ago(session: Session, sam: Phone) -> None:
    pack = session.get_one(Sop, "pack")
    old = pack.in_force
    assert old is not None
    old.published_at -= timedelta(days=100)
    new = Revision(
        sop_id="pack", number=2, label="2", title="Pack", source="", html="", published_at=old.published_at
    )
    session.add(new)
    session.flush()
    pack.in_force_id = new.id
    for days, state in ((1, "kept"), (40, "refused")):
        new.published_at = datetime.now(UTC) - timedelta(days=days)
        session.commit()
        given = {"sop": "pack", "revision": old.id, "subject": f"7-{days}"}
        (receipt,) = sam.send(sam.entry("start", given, age=60))
        assert receipt["state"] == state, receipt
    assert "long been replaced" in receipt["why"]
    pack.in_force_id, pack.retired_at = old.id, datetime.now(UTC) - timedelta(days=40)
    session.commit()
    (receipt,) = sam.send(sam.entry("start", {"sop": "pack", "revision": old.id, "subject": "8"}, age=60))
    assert receipt["state"] == "refused"
