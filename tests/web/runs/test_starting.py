"""Starting from a scan or a QR code is one press; opening a page never starts anything."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run

Visit = Callable[[Person | None], Visitor]


def focused(page: str) -> str:
    """The tag that has the focus when the page opens."""
    found = re.findall(r"<(\w+)[^>]*\bautofocus\b", page)
    assert len(found) <= 1, found
    return found[0] if found else ""


def test_a_code_of_an_sop_opens_its_page_with_the_field_ready_for_a_scan(
    session: Session, cast: Cast, visit: Visit
) -> None:
    page = visit(cast.staff).get("/start/pack").text
    assert focused(page) == "input" and 'data-scanned="send"' in page and "data-wedge" in page
    assert 'id="scanner"' in page and session.scalar(select(func.count()).select_from(Run)) == 0


def test_where_it_is_said_already_one_button_has_the_focus(
    session: Session, cast: Cast, visit: Visit
) -> None:
    sam = visit(cast.staff)
    page = sam.get("/start/pack?subject=33107").text
    assert focused(page) == "button" and 'value="33107"' in page
    assert focused(sam.get("/start/opening").text) == "button"
    assert session.scalar(select(func.count()).select_from(Run)) == 0


def test_who_is_asked_where_says_so_before_a_scan_starts_anything(cast: Cast, visit: Visit) -> None:
    page = visit(cast.owner).get("/start/pack").text  # works everywhere, and there are two places
    assert 'data-scanned="send"' not in page.partition('id="subject"')[0].rpartition("<form")[2]


def test_an_order_with_an_open_run_says_so_before_it_is_started_twice(
    session: Session, cast: Cast, visit: Visit
) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="33107", assignee=cast.staff)
    session.commit()
    page = visit(cast.staff).get("/start/pack?subject=33107").text
    assert "There is an open run of this SOP about 33107 already." in page and focused(page) == "a"
    assert f"/runs/{run.id}" in page


def test_a_subject_is_one_whatever_the_language_in_which_its_kind_is_said_before_it(
    session: Session, cast: Cast, visit: Visit
) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="33107", assignee=cast.staff)
    cast.staff.language = "de"
    session.commit()
    sam = visit(cast.staff)
    assert f"/runs/{run.id}" in sam.get("/start/pack?subject=Auftrag+33107").text
    assert sam.post("/start/pack", {"subject": "Auftrag 33107", "ref": "a"}).status_code == 409
    assert sam.post("/start/pack", {"subject": "Auftrag 33108", "ref": "b"}).status_code == 303
    sam.post("/start/pack", {"subject": "Tag der offenen Tür", "ref": "c"})
    assert set(session.scalars(select(Run.subject_key))) == {"33107", "33108", "tag der offenen tür"}
