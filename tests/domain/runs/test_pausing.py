"""A paused run stays open and due; nobody records in it, and what was made offline is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, offline, outcomes
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain.runs import assignment, handover, lifecycle
from tracker.errors import ConflictError, ForbiddenError, InvalidError
from tracker.models import Run

Start = Callable[..., Run]


@pytest.fixture
def paused(start: Start, session: Session, cast: Cast) -> Run:
    run = start()
    handover.pause(session, by(cast.staff), NOW, run, " waiting for\nthe truck ")
    session.commit()
    return run


def test_nobody_records_in_a_paused_run_and_the_answer_says_what_to_do(
    paused: Run, do: Do, session: Session, cast: Cast
) -> None:
    for kind in ("done", "skipped"):
        with pytest.raises(ConflictError, match=r"paused: waiting for the truck\. Press “Go on”"):
            do(paused, "scan", kind, "T")
        session.rollback()
    with pytest.raises(ConflictError, match="paused"):
        lifecycle.close(session, by(cast.staff), NOW, paused)
    assert (paused.state, paused.due_at is not None) == ("open", True)


def test_what_was_made_before_the_pause_counts_flagged(paused: Run, do: Do) -> None:
    later = NOW + timedelta(minutes=9)
    entry = do(paused, "scan", value="T", now=later, device=offline(later, timedelta(minutes=10)))
    assert entry.flag == "paused" and outcomes(paused) == {"scan": "done"}


def test_what_was_made_while_it_was_paused_waits(paused: Run, do: Do, session: Session, cast: Cast) -> None:
    later = NOW + timedelta(minutes=30)
    entry = do(paused, "scan", value="T", now=later, device=offline(later))
    assert (entry.why, entry.state) == ("paused", "waiting") and outcomes(paused) == {}
    handover.resume(session, by(cast.staff), later, paused)
    session.commit()
    do(paused, "weigh", "skipped", now=later, device=offline(later, timedelta(minutes=25)))
    assert entry.state == "waiting" and outcomes(paused) == {}


def test_going_on_makes_everything_as_before(paused: Run, do: Do, session: Session, cast: Cast) -> None:
    handover.resume(session, by(cast.lead), NOW, paused)
    handover.resume(session, by(cast.staff), NOW, paused)
    assert (paused.paused_at, paused.paused_by, paused.pause_reason) == (None, None, None)
    session.commit()
    assert do(paused, "scan", value="T").flag is None


def test_a_reason_is_needed_and_the_second_pause_is_told_of_the_first(
    paused: Run, start: Start, session: Session, cast: Cast
) -> None:
    with pytest.raises(ConflictError, match="Sam has paused"):
        handover.pause(session, by(cast.lead), NOW, paused, "lunch")
    with pytest.raises(InvalidError):
        handover.pause(session, by(cast.staff), NOW, start(), "  ")


def test_whoever_has_it_or_a_lead_pauses(start: Start, session: Session, cast: Cast) -> None:
    run = start()
    for stranger in (cast.outsider, cast.other_lead):
        with pytest.raises(ForbiddenError):
            handover.pause(session, by(stranger), NOW, run, "no")
    open_to_all = start("opening", actor=cast.lead, assignee=None)
    with pytest.raises(ForbiddenError):
        handover.pause(session, by(cast.staff), NOW, open_to_all, "no")
    handover.pause(session, by(cast.lead), NOW, open_to_all, "stock-taking")


def test_a_paused_run_can_be_handed_on_and_cancelled(paused: Run, session: Session, cast: Cast) -> None:
    assignment.assign(session, by(cast.lead), NOW, paused, role="picker")
    assignment.claim(session, by(cast.staff), NOW, paused)
    assert paused.paused_at is not None
    lifecycle.cancel(session, by(cast.lead), NOW, paused, "called off")
