"""Reading the board costs what it shows, and no more, however many runs there are."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event, text, true
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain import access
from tracker.domain.facts import closed
from tracker.domain.facts.periods import Period
from tracker.domain.work import board, ended, lists, signing_queue
from tracker.domain.work.board import Filters
from tracker.models import Run


def plans(session: Session, act: Callable[[], object]) -> list[list[str]]:
    """How SQLite goes about each query that `act` makes."""
    asked: list[tuple[str, object]] = []

    def note(*given: object) -> None:
        asked.append((str(given[2]), given[3]))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    act()
    event.remove(session.get_bind(), "before_cursor_execute", note)
    connection = session.connection()
    return [
        [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", given)]  # type: ignore[arg-type]
        for query, given in asked
    ]


def test_open_runs_are_read_in_the_order_of_their_due_times(session: Session, cast: Cast) -> None:
    for filters in (Filters(), Filters(state="late"), Filters(location=cast.lead.location_id)):
        asked = board.matching(filters, NOW)
        [plan] = plans(session, lambda asked=asked: lists.runs(session, *asked, most=100))
        assert "ix_runs_due" in plan[0] and not any("TEMP B-TREE" in line for line in plan), plan


def test_all_is_counted_in_one_query_and_what_waits_is_found_by_its_index(
    session: Session, cast: Cast
) -> None:
    *_, plan = plans(session, lambda: board.tallies(session, by(cast.lead), Filters(), NOW))
    assert "ix_runs_state_assignee_id" in plan[0] and not any("SCAN" in line for line in plan), plan
    *_, plan = plans(session, lambda: signing_queue.count(session, by(cast.staff)))
    assert any("ix_runs_unsigned" in line for line in plan), plan
    assert any("ix_runs_wants_role" in line for line in plan), plan


def test_runs_that_have_ended_are_found_by_when_they_did(session: Session, cast: Cast) -> None:
    which = ended.which(Filters(), Period("", since=NOW.date()))
    *_, plan = plans(session, lambda: closed.run_ids(session, true(), which, most=50))
    assert "ix_runs_ended" in plan[0] and not any("TEMP B-TREE" in line for line in plan), plan
    *_, plan = plans(session, lambda: ended.tally(session, by(cast.lead), Filters(), which.days))
    assert any("ix_runs_ended" in line for line in plan), plan


def test_a_filter_that_names_nothing_lets_all_through(session: Session, cast: Cast) -> None:
    assert board.matching(Filters(), NOW) == [] and not Filters().any
    assert board.together({}, Filters(who=0)) == board.Tally()
    assert session.scalar(text("SELECT count(*) FROM runs")) == 0
    assert lists.runs(session, access.reachable(by(cast.lead)), Run.id == 1) == []
