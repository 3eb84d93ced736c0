"""Somebody left: what they leave behind is shown when they are disabled, and found afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.domain import access
from tracker.domain.access import owners
from tracker.domain.people import owner_names
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run, Sop

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    made = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="LEFT-7", assignee=cast.staff)
    session.commit()
    return made


def disable(visitor: Visitor, person: Person) -> str:
    """Disable an account by its form; the page that comes after it."""
    path = f"/people/{person.id}"
    form = {
        "name": person.name,
        "access": person.access,
        "location": person.location_id or "",
        "disabled": "1",
    }
    answer = visitor.change(path, path, form)
    assert answer.status_code == 303
    return visitor.get(answer.location).text


def test_open_runs_are_shown_when_their_person_is_disabled(visit: Visit, cast: Cast, run: Run) -> None:
    ada = visit(cast.admin)
    assert "What they have on their hands" in ada.get(f"/people/{cast.staff.id}").text
    page = disable(ada, cast.staff)
    assert "What they leave behind" in page and "Nobody does it until you give it to somebody." in page
    assert f'href="/board?who={cast.staff.id}">1 open run</a>' in page
    assert f'href="/board?who={cast.staff.id}">1 open run</a>' in ada.get("/people").text


def test_the_board_marks_them_and_finds_them_by_who(visit: Visit, cast: Cast, run: Run) -> None:
    lena = visit(cast.lead)
    before = lena.get("/board")
    assert "has left" not in before.text and "Has left" not in before.text
    seen = {"If-None-Match": f'W/"{re.search(r"data-seen=.([0-9a-f]+)", before.text)[1]}"'}  # type: ignore[index]
    assert lena.get("/board/live", headers=seen).status_code == 304
    disable(visit(cast.admin), cast.staff)
    assert lena.get("/board/live", headers=seen).status_code == 200  # an open board hears of it
    page = lena.get("/board").text
    assert "Sam has left and has 1 open run." in page
    assert page.partition('id="board-rows"')[2].count("has left") == 1
    assert f'<optgroup label="Has left"><option value="{cast.staff.id}">Sam</option>' in page
    found = lena.get(f"/board?who={cast.staff.id}").text
    assert "LEFT-7" in found and f'<option value="{cast.staff.id}" selected>Sam</option>' in found
    assert "Has left" not in visit(cast.other_lead).get("/board").text  # nothing of theirs is within reach


def test_who_left_nothing_is_nowhere(visit: Visit, cast: Cast) -> None:
    ada = visit(cast.admin)
    page = disable(ada, cast.outsider)
    assert "leave behind" not in page and "Has left" not in visit(cast.other_lead).get("/board").text


def test_what_they_own_is_shown_and_given_to_somebody_else(
    visit: Visit, session: Session, cast: Cast
) -> None:
    ada = visit(cast.admin)
    page = disable(ada, cast.owner)
    assert "These SOPs name them as their owner:" in page and "Pack an order" in page
    assert "Say who answers for them now" in page
    form = {"name": "olga", "person": str(cast.area_owner.id)}
    assert ada.change("/people", "/owner-names", form).status_code == 303
    session.rollback()
    session.expire_all()
    pack = session.get_one(Sop, "pack")
    assert owners.owner_of(session, pack) == cast.area_owner
    assert access.may(by(cast.area_owner), "report.see", pack)
    assert not access.may(by(cast.owner), "report.see", pack)
    assert "olga" not in owner_names.unknown_owners(session)
    assert "Pack an order" not in ada.get(f"/people/{cast.owner.id}").text.partition('id="hands"')[2]
