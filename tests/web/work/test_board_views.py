"""A view of the board has a name of somebody's own, and may be what the board opens with."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.installation import Cast, Visitor
from tests.support.reading import words
from tracker.domain.work import views
from tracker.models import Event, Person, SavedView

Visit = Callable[[Person | None], Visitor]


def keep(visitor: Visitor, name: str, board: str, **more: str) -> None:
    answer = visitor.post("/board/views", {"name": name, "board": board, **more})
    assert answer.status_code == 303, words(answer.text)


def chips(page: str) -> list[tuple[str, str]]:
    """The views that are offered: the address and the name of each."""
    found = re.findall(r'class="hf-chip" href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?(.*?)</a>', page, re.DOTALL)
    return [(address.replace("&amp;", "&"), words(name)) for address, name in found]


def test_a_view_is_named_found_and_opened(visit: Visit, session: Session, cast: Cast) -> None:
    lena = visit(cast.lead)
    assert "Keep this view" not in lena.get("/board").text and chips(lena.get("/board").text) == []
    assert "Keep this view" in lena.get("/board?state=late&sop=pack").text
    keep(lena, "Late packing", f"run=1&page=2&who={cast.staff.id}&sop=pack&state=late")
    address = f"/board?state=late&sop=pack&who={cast.staff.id}"  # the filters alone, always in one order
    page = lena.get("/board").text
    assert chips(page) == [("/board", "All open"), (address, "Late packing")]
    shown = lena.get(address).text
    assert "Change this view" in shown and "Keep this view" not in shown
    assert (
        chips(visit(cast.admin).get(address).text) == []
    )  # the address can be passed on, the name is one's own
    session.rollback()
    [kept] = session.scalars(select(Event).where(Event.kind == "view.saved")).all()
    assert kept.data == {"name": "Late packing", "filters": address.partition("?")[2], "default": False}


def test_the_board_opens_with_the_view_that_was_chosen_for_that(visit: Visit, cast: Cast) -> None:
    lena = visit(cast.lead)
    assert lena.get("/board/start").location == "/board"
    keep(lena, "Late", "state=late", default="1")
    keep(lena, "Nobody’s", "state=nobody")
    assert lena.get("/board/start").location == "/board?state=late"
    assert 'href="/board/start"' in lena.get("/").text
    keep(lena, "Blocked", "state=blocked", default="1")  # one at most
    assert lena.get("/board/start").location == "/board?state=blocked"
    assert visit(cast.admin).get("/board/start").location == "/board"
    assert lena.get("/board").status_code == 200  # all runs can always be had


def test_a_view_is_renamed_and_removed(visit: Visit, session: Session, cast: Cast) -> None:
    lena = visit(cast.lead)
    keep(lena, "Late", "state=late", default="1")
    session.rollback()
    [view] = session.scalars(select(SavedView)).all()
    number = view.id
    place = f"/board/views/{number}"
    answer = lena.change("/board?state=late", place, {"name": "Too late", "board": "state=late"})
    assert answer.location == "/board?state=late"
    session.rollback()
    assert (view.name, view.is_default) == ("Too late", False)
    stale = lena.post(place, {"name": "Late again", "made_from": '{"default": "1", "name": "Late"}'})
    assert stale.status_code == 409 and "Somebody has changed this meanwhile" in stale.text
    assert lena.post(f"{place}/removal", {"board": "state=late"}).location == "/board?state=late"
    assert lena.post(f"{place}/removal").status_code == 404
    session.rollback()
    kinds = session.scalars(select(Event.kind).where(Event.subject == f"view:{number}")).all()
    assert kinds == ["view.saved", "view.changed", "view.removed"]


def test_nobody_changes_or_removes_what_is_another_ones(visit: Visit, session: Session, cast: Cast) -> None:
    keep(visit(cast.lead), "Late", "state=late")
    session.rollback()
    [view] = session.scalars(select(SavedView)).all()
    for verb in ("", "/removal"):
        answer = visit(cast.admin).post(f"/board/views/{view.id}{verb}", {"name": "Mine"})
        assert answer.status_code == 404, verb
    assert visit(cast.staff).post(f"/board/views/{view.id}/removal").status_code == 403
    session.rollback()
    assert session.scalars(select(SavedView.name)).all() == ["Late"]


@pytest.mark.parametrize(
    ("name", "board", "status", "why"),
    [
        ("", "state=late", 422, "Give the view a name."),
        (" \u200b ", "state=late", 422, "Give the view a name."),
        ("x" * 41, "state=late", 422, "Keep the name below 40"),
        ("LATE", "state=blocked", 409, "You have a view “LATE” already."),
        ("Odd", "state=happy", 422, "nothing that a run can be"),
    ],
)
def test_a_view_that_makes_no_sense_is_explained(
    visit: Visit, session: Session, cast: Cast, name: str, board: str, status: int, why: str
) -> None:
    lena = visit(cast.lead)
    keep(lena, "Late", "state=late")
    answer = lena.post("/board/views", {"name": name, "board": board})
    assert (answer.status_code, why in words(answer.text)) == (status, True)
    session.rollback()
    assert session.scalars(select(SavedView.name)).all() == ["Late"]


def test_there_is_an_end_to_views(visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    lena = visit(cast.lead)
    for name in ("one", "two"):
        keep(lena, name, "state=late")
    answer = lena.post("/board/views", {"name": "three", "board": "state=late"})
    assert answer.status_code == 409 and "You have 2 views." in answer.text
