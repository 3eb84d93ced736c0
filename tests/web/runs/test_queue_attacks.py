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
from tracker.models import Person, Run

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
