"""A line of the board says how far a run is, what comes next, what went amiss, and who did something last."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tests.support.reading import words
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.records.clocks import Device
from tracker.domain.runs import lifecycle, loading
from tracker.domain.runs.progress import Tally
from tracker.domain.work import board_lines, lists
from tracker.models import Person, Run

Visit = Callable[[Person | None], Visitor]


def ago(minutes: int = 0) -> datetime:
    """The time on the server's clock, some minutes before the page is drawn."""
    return datetime.now(UTC) - timedelta(minutes=minutes)


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    """Sam's run of five steps, started half an hour ago."""
    begun = ago(30)
    made = lifecycle.start(session, by(cast.staff), begun, "pack", subject="33107", assignee=cast.staff)
    session.commit()
    return made


def say(session: Session, who: Person, run: Run, step: str, kind: str, at: datetime, **more: object) -> None:
    found = loading.load(session, by(who), run.id, "run.record", lock=True)
    recording.record(
        session, by(who), at, found, record_id=new_id(), step_key=step, kind=kind,
        reason="" if kind == "done" else "torn", **more,
    )  # type: ignore[arg-type]  # fmt: skip
    session.commit()


def row(page: str) -> str:
    (found,) = re.findall(r"<tr>\s*<td class=\"hf-pick\">.*?</tr>", page, re.DOTALL)
    return words(found)


def test_what_is_skipped_or_failed_is_marked_and_never_counts_as_done(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    say(session, cast.staff, run, "scan", "done", ago(9), value="T1")
    say(session, cast.staff, run, "weigh", "failed", ago(6))
    at = ago(4)
    say(session, cast.lead, run, "box", "skipped", at)
    page = visit(cast.lead).get("/board").text
    line = row(page)
    assert "1 of 5 done" in line and "1 skipped" in line and "1 failed" in line
    assert "4 Add a flyer" in line
    assert "min. ago by Lena" in line
    done, skipped, failed = re.findall(
        r'<rect class="hf-fill-\w+" x="([\d.]+)" y="0"\s+width="([\d.]+)"', page.rpartition("<tbody>")[2]
    )
    assert (done, skipped, failed) == (("0", "20.00"), ("20.00", "20.00"), ("40.00", "20.00"))
    assert f"{at:%Y-%m-%d %H:%M:%S} UTC" in page  # exact in the tooltip


def test_what_was_put_right_counts_as_done_and_says_so(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    say(session, cast.staff, run, "scan", "failed", ago())
    page = visit(cast.lead).get("/board").text
    assert "“Scan the tote” failed: torn" in row(page)
    say(session, cast.staff, run, "scan", "done", ago(), value="T1")
    line = row(visit(cast.lead).get("/board").text)
    assert "1 of 5 done, 1 of them after a failure" in line and "blocked" not in line
    assert "just now by Sam" in line


def test_a_run_in_which_nothing_was_done_yet_tells_who_has_started_it(
    visit: Visit, cast: Cast, run: Run
) -> None:
    line = row(visit(cast.lead).get("/board").text)
    assert "0 of 5 done" in line and "1 Scan the tote" in line and "30 min. ago by Sam" in line


def test_what_came_late_was_done_when_it_was_made(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    """Whoever did something after it has done the last thing, though that had come before."""
    say(session, cast.lead, run, "scan", "done", ago(10), value="T1")
    late = Device("phone", 1, at=ago(20), sent_at=ago())
    say(session, cast.staff, run, "weigh", "done", ago(), value="500", device=late)
    assert "10 min. ago by Lena" in row(visit(cast.lead).get("/board").text)


def test_lines_are_read_in_as_many_queries_for_many_runs_as_for_one(session: Session, cast: Cast) -> None:
    for number in range(7):
        lifecycle.start(session, by(cast.staff), ago(), "pack", subject=f"{number}", assignee=cast.staff)
    session.commit()
    lines = board_lines.lines(session, lists.runs(session))
    assert {line.tally for line in lines.values()} == {Tally(0, 0, 0, 0, 0, 5)} and len(lines) == 7
    assert board_lines.lines(session, []) == {}
