"""The board counts everything, shows what is due first, and can be taken along whole."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from tests.installation import NOW, Cast, Visitor
from tracker.domain import runs
from tracker.models import Person, Run, Sop

Visit = Callable[[Person | None], Visitor]


def open_many(session: Session, cast: Cast, many: int) -> None:
    """Open runs of opening where the lead works, nobody's yet, each due a minute after the one before."""
    revision = session.get_one(Sop, "opening").in_force_id
    session.add_all(
        Run(
            ref=f"o{number}",
            sop_id="opening",
            revision_id=revision,
            subject_ref=f"{number}",
            location_id=cast.lead.location_id,
            started_at=NOW,
            due_at=NOW + timedelta(minutes=number),
        )
        for number in range(many)
    )
    session.commit()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def said(page: str) -> str:
    """The first line, without its links."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def test_more_runs_than_a_page_holds_are_counted_and_downloaded(
    visit: Visit, cast: Cast, session: Session
) -> None:
    open_many(session, cast, 230)
    board = visit(cast.lead).get("/board").text
    assert said(board) == "230 runs are open; 230 are late; 230 are nobody’s."
    assert "1–100 of 230" in board
    assert [row["subject"] for row in rows(visit(cast.lead).get("/board.csv").text)] == [
        str(number) for number in range(230)
    ]
    assert "230 runs are open to you" in visit(cast.staff).get("/").text


def test_a_download_holds_what_the_address_asks_for_and_the_lead_may_see(
    visit: Visit, cast: Cast, session: Session
) -> None:
    open_many(session, cast, 2)
    run = runs.start(session, cast.staff, NOW, "pack", subject="=1+1", assignee=cast.staff)
    session.commit()
    lena = visit(cast.lead)
    assert f'href="/board.csv?who={cast.staff.id}"' in lena.get(f"/board?sop=&who={cast.staff.id}").text
    [row] = rows(lena.get(f"/board.csv?who={cast.staff.id}").text)
    assert (row["run"], row["subject"], row["person"], row["steps"]) == (str(run.id), "'=1+1", "sam", "5")
    assert len(rows(lena.get("/board.csv?who=nobody&sop=opening").text)) == 2
    assert rows(visit(cast.other_lead).get("/board.csv").text) == []


def test_filters_that_match_nothing_say_so(visit: Visit, cast: Cast, session: Session) -> None:
    open_many(session, cast, 1)
    board = visit(cast.lead).get(f"/board?who={cast.staff.id}").text
    assert "Nothing matches." in board and "Everything is done" not in board
