"""No list ends silently: it is whole, or says how much there is and leads on, without JavaScript too."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests.support.installation import NOW, Cast, Visitor
from tracker.domain.library import search, search_index
from tracker.models import Person, Revision, Run, Sop, Step

Visit = Callable[[Person | None], Visitor]
MANY = 320


@pytest.fixture
def many(session: Session) -> None:
    """So many more SOPs, each with a step."""
    numbers = range(1001, 1001 + MANY)
    session.execute(
        insert(Sop),
        [{"id": f"many-{n}", "title": f"Many {n}", "area": "Much", "path": f"many/{n}.md"} for n in numbers],
    )
    for n in numbers:
        revision = Revision(sop_id=f"many-{n}", number=1, label="1", title=f"Many {n}", published_at=NOW)
        revision.steps = [Step(position=1, key="do", text=f"Polish lens {n}")]
        session.add(revision)
        session.flush()
        session.get_one(Sop, f"many-{n}").in_force_id = revision.id
    session.commit()
    for unit in search_index.units(session):
        unit(session)
    session.commit()


def started(session: Session, cast: Cast, subjects: list[str], **more: object) -> None:
    """An open run about each of the subjects."""
    revision = session.get_one(Sop, "pack").in_force
    assert revision is not None
    given = {
        "sop_id": "pack", "revision_id": revision.id, "started_at": NOW, "started_by_id": cast.lead.id,
        "location_id": cast.staff.location_id, "subject_kind": "order", **more,
    }  # fmt: skip
    rows = [{**given, "subject_ref": subject, "ref": f"{n}"} for n, subject in enumerate(subjects)]
    session.execute(insert(Run), rows)
    session.commit()


def onward(visitor: Visitor, page: str) -> str:
    """The page to which the last “next” of a page leads."""
    return visitor.get(re.findall(r'rel="next" href="([^"]+)"', page)[-1].replace("&amp;", "&")).text


def test_every_sop_can_be_assigned(visit: Visit, cast: Cast, many: None) -> None:
    for address in ("/assign", "/assign/list"):
        page = visit(cast.lead).get(address).text
        assert page.count('<option value="many-') == MANY


def test_all_sops_are_found_page_by_page(visit: Visit, cast: Cast, many: None) -> None:
    sam = visit(cast.staff)
    page, seen = sam.get("/search").text, set[str]()
    assert f"{MANY + 3} SOPs to start." in page and f"1–100 of {MANY + 3}" in page
    for _ in range(3):
        seen |= set(re.findall(r'href="/start/(many-\d+)"', page))
        page = onward(sam, page)
    assert len(seen | set(re.findall(r'href="/start/(many-\d+)"', page))) == MANY


def test_more_than_a_question_compares_is_said(visit: Visit, cast: Cast, many: None) -> None:
    sam = visit(cast.staff)
    page = sam.get("/search?q=polish+lens").text
    assert (
        f"{search.POOL} SOPs, {search.POOL} steps" in page and "More pages hold some of these words." in page
    )


def test_more_runs_than_a_search_shows_are_said(session: Session, visit: Visit, cast: Cast) -> None:
    started(session, cast, ["bay 7"] * 130, assignee_id=cast.staff.id)
    sam = visit(cast.staff)
    assert "These are the first 50." in sam.get("/search?q=bay+7").text
    page = sam.get("/find?q=bay+7").text
    assert "1–50 of 130" in page and "51–100 of 130" in onward(sam, page)


def test_all_that_is_open_to_somebody_is_shown(session: Session, visit: Visit, cast: Cast) -> None:
    started(session, cast, [f"n{n}" for n in range(130)], role="picker")
    sam = visit(cast.staff)
    page = sam.get("/").text
    assert "These are the 8 due first." in page and 'href="/?open=1"' in page
    page = sam.get("/?open=1").text
    assert "1–100 of 130" in page and "101–130 of 130" in onward(sam, page)


def test_all_that_is_ones_own_is_shown(session: Session, visit: Visit, cast: Cast) -> None:
    started(session, cast, [f"n{n}" for n in range(230)], assignee_id=cast.staff.id)
    sam = visit(cast.staff)
    page = onward(sam, sam.get("/?all=1").text)
    assert "101–200 of 230" in page and "201–230 of 230" in onward(sam, page)


def test_a_lead_sees_everybody_she_leads(session: Session, visit: Visit, cast: Cast) -> None:
    rows = [
        {"login": f"p{n}", "name": f"Person {n:04}", "created_at": NOW, "location_id": cast.lead.location_id}
        for n in range(520)
    ]
    session.execute(insert(Person), rows)
    session.commit()
    page = visit(cast.lead).get("/team").text
    assert "Person 0000" in page and "Person 0519" in page
