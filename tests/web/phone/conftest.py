"""Whose phone sends its queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tests.support.queues import Phone
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run


@pytest.fixture
def sam(visit: Callable[[Person | None], Visitor], cast: Cast) -> Phone:
    return Phone(visit(cast.staff), cast.staff)


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    """Sam's order, begun an hour ago."""
    found = lifecycle.start(
        session, by(cast.staff), datetime.now(UTC) - timedelta(hours=1), "pack", subject="1042",
        assignee=cast.staff,
    )  # fmt: skip
    session.commit()
    return found
