"""The closed tab: what has ended where the lead works, by the days and the filters that are chosen."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tests.support.reading import words
from tracker.db import new_id
from tracker.domain.facts.periods import EVER
from tracker.domain.work import board, ended
from tracker.models import Outcome, Person, Record, Run, Sop
from tracker.web.work import board_closed

Visit = Callable[[Person | None], Visitor]
NOW = datetime.now(UTC)


@pytest.fixture
def runs(session: Session, cast: Cast) -> list[Run]:
    """Sam's that was closed in time, one closed late with a failed step, a cancelled one, one of last month,
    and one at another location; and an open one.
    """
    revision = session.get_one(Sop, "pack").in_force_id
    kinds = [
        ("done", 1, 2, cast.staff), ("done", 2, -1, cast.lead), ("cancelled", 3, 2, None),
        ("done", 24 * 30, 2, cast.staff), ("done", 1, 2, cast.outsider), ("open", 1, 2, cast.staff),
    ]  # fmt: skip
    made = []
    for number, (state, hours, slack, who) in enumerate(kinds):
        at = NOW - timedelta(hours=hours)
        made.append(
            Run(
                ref=f"c{number}", sop_id="pack", revision_id=revision, subject_kind="order",
                subject_ref=f"C{number}", state=state, started_at=at - timedelta(hours=1),
                location_id=(who or cast.lead).location_id, assignee_id=who and who.id,
                due_at=at + timedelta(hours=slack), closed_at=None if state == "open" else at,
                closed_by_id=None if state == "open" else cast.lead.id,
                cancel_reason="Sold out" if state == "cancelled" else None,
            )
        )  # fmt: skip
    session.add_all(made)
    session.flush()
    for run in made:
        for key in ("scan", "weigh") if run.state == "done" else ():
            kind = "failed" if run is made[1] and key == "weigh" else "done"
            came = {"run_id": run.id, "step_key": key}
            session.add(Record(**came, id=new_id(), kind=kind, received_at=run.closed_at))
            about = {"sop_id": "pack", "revision_id": revision, "closed_at": run.closed_at}
            session.add(Outcome(**came, **about, outcome=kind))
    session.commit()
    return made


def shown(page: str) -> list[str]:
    return re.findall(r"<strong>order (C\d)</strong>", page)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_closed_and_cancelled_runs_are_listed_with_their_dates(
    visit: Visit, cast: Cast, runs: list[Run]
) -> None:
    page = visit(cast.lead).get("/board/closed").text
    line = re.sub(r"<[^>]+>", "", re.findall(r"<h1.*?</h1>", page, re.DOTALL)[0]).strip()
    assert line == "3 runs have ended; 2 are closed; 1 of them late; 1 is cancelled."
    assert shown(page) == ["C0", "C1", "C2"]  # the latest first
    said = words(page)
    assert (
        "Sold out" in said
        and "1 failed" in said
        and "2 of 5 done, 1 of them not needed 1 failed 2 omitted" in said
    )
    assert said.count("closed late") >= 2  # the filter, and the one run
    assert 'href="/board"' in page and 'href="/board/closed"' in visit(cast.lead).get("/board").text


def test_days_and_filters_stand_in_the_address_and_hold_for_the_download(
    visit: Visit, cast: Cast, runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_closed, "AT_ONCE", 1)  # as a download of many runs is made
    lena, ada = visit(cast.lead), visit(cast.admin)
    for who, asked, found in (
        (lena, "", ["C0", "C1", "C2"]),
        (lena, "period=90d", ["C0", "C1", "C2", "C3"]),
        (lena, "state=cancelled", ["C2"]),
        (lena, "state=done", ["C0", "C1"]),
        (lena, "state=late", ["C1"]),
        (lena, "state=failed", ["C1"]),
        (lena, "state=skipped", []),
        (lena, f"who={cast.staff.id}&period=all", ["C0", "C3"]),
        (lena, "who=nobody", ["C2"]),
        (lena, "subject=c1", ["C1"]),
        (lena, "sop=count", []),
        (ada, "", ["C0", "C4", "C1", "C2"]),
        (ada, f"location={cast.outsider.location_id}", ["C4"]),
        (visit(cast.other_lead), "", ["C4"]),
        (lena, f"first={NOW - timedelta(days=40):%Y-%m-%d}&last={NOW - timedelta(days=20):%Y-%m-%d}", ["C3"]),
    ):
        page = who.get(f"/board/closed?{asked}").text
        assert sorted(shown(page)) == sorted(found), asked
        assert sorted(row["subject"] for row in rows(who.get(f"/board/closed.csv?{asked}").text)) == sorted(
            found
        ), asked
    [line] = rows(lena.get("/board/closed.csv?state=failed").text)
    assert (line["failed"], line["done"], line["state"], line["person"]) == ("1", "1", "done", "lena")


def test_a_closed_run_is_read_beside_the_list_and_nothing_of_it_can_be_changed(
    visit: Visit, cast: Cast, runs: list[Run]
) -> None:
    lena = visit(cast.lead)
    page = lena.get(f"/board/closed?state=cancelled&run={runs[2].id}").text
    [panel] = re.findall(r"<aside.*?</aside>", page, re.DOTALL)
    assert "cancelled: Sold out" in words(panel) and "Give it" not in panel
    assert re.findall(r'<form[^>]*action="([^"]*)"', panel) == [f"/runs/{runs[2].id}/comments"]
    assert 'href="/board/closed?state=cancelled"' in panel
    [link] = re.findall(rf'href="(/runs/{runs[2].id}\?[^"]*)"', panel)
    crumb = re.findall(r'href="(/board\?[^"]*)"', lena.get(link.replace("&amp;", "&")).text)[0]
    back = lena.get(crumb.replace("&amp;", "&"))  # the way back from the run's page is this list
    assert back.location == f"/board/closed?state=cancelled&run={runs[2].id}"


@pytest.mark.parametrize("asked", ["state=blocked", "period=ever", "first=x", "who=sam", "page=0"])
def test_an_address_that_makes_no_sense_is_explained(visit: Visit, cast: Cast, asked: str) -> None:
    answer = visit(cast.lead).get(f"/board/closed?{asked}")
    assert answer.status_code == 422 and "Traceback" not in answer.text


def test_nothing_has_ended_yet(visit: Visit, cast: Cast) -> None:
    page = words(visit(cast.lead).get("/board/closed").text)
    assert "No run has ended in these days." in page and "Choose other days, or fewer filters." in page
    assert rows(visit(cast.lead).get("/board/closed.csv").text) == []


def test_totals_are_those_of_the_list(session: Session, cast: Cast, runs: list[Run]) -> None:
    filters = board.Filters(state="late", subject="C")
    assert ended.tally(session, by(cast.lead), filters, EVER) == ended.Tally(4, 3, 1, 1)
