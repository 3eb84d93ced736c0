"""Whoever is refused learns who can help where they work, and nothing of who is where they don't."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import new_id
from tracker.domain.access import reach
from tracker.domain.people import devices
from tracker.domain.runs import assignment, lifecycle
from tracker.models import Device, Person, Run

Visit = Callable[[Person | None], Visitor]

PATHS = ["records", "close", "claim", "pause", "offer", "cancellation", "takeover", "assignee", "due"]


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    """A run at the staff's place; their names are like no other words, nor like what a token can hold."""
    for person in (cast.staff, cast.lead):
        person.name = f"X~x{person.login}xxX"
    cast.staff.location.name, cast.staff.team.name = "X~xBerlinxxX", "X~xPackingxxX"  # type: ignore[union-attr]
    run = lifecycle.start(session, by(cast.staff), NOW, "opening", subject="1042", assignee=cast.staff)
    session.commit()
    return run


@pytest.mark.parametrize("who", ["outsider", "other_lead", "area_owner"])
@pytest.mark.parametrize("whose", ["person", "team", "role"])
def test_a_run_elsewhere_is_nobodys_by_name(
    session: Session, cast: Cast, visit: Visit, run: Run, who: str, whose: str
) -> None:
    if whose != "person":
        run.assignee_id = None
        run.team_id, run.role = (cast.staff.team_id, None) if whose == "team" else (None, "X~xcourierxxX")
        session.commit()
    form = {"id": str(new_id()), "step": "switch-on-the-light", "kind": "done", "reason": "x"}
    for path in PATHS:
        answer = visit(getattr(cast, who)).post(f"/runs/{run.id}/{path}", form)
        assert answer.status_code == 403 and "X~x" not in answer.text
        assert "out of your reach" in answer.text or "Your account may not do this" in answer.text
    answer = visit(getattr(cast, who)).get(f"/runs/{run.id}")
    assert answer.status_code == 403 and "X~x" not in answer.text


def test_where_one_works_one_is_told_who_can_help(
    session: Session, cast: Cast, visit: Visit, run: Run
) -> None:
    cast.outsider.location_id = cast.staff.location_id
    session.commit()
    assert "X~xsamxxX has this run since" in visit(cast.outsider).get(f"/runs/{run.id}").text
    cast.outsider.location_id = None  # who has no location works everywhere
    session.commit()
    assert "X~xsamxxX has this run since" in visit(cast.outsider).get(f"/runs/{run.id}").text


def test_a_second_start_does_not_say_whose_the_first_is(cast: Cast, visit: Visit, run: Run) -> None:
    for person, named in ((cast.outsider, False), (cast.lead, True)):
        answer = visit(person).post("/start/opening", {"subject": "1042", "ref": "y"})
        assert answer.status_code == 409 and "already" in answer.text
        assert ("X~xsamxxX" in answer.text) == named


def test_numbers_of_people_elsewhere_tell_no_names(
    session: Session, cast: Cast, visit: Visit, run: Run
) -> None:
    sam, cast.outsider.name = visit(cast.staff), "X~xoskarxxX"
    for disabled in (None, NOW):
        cast.outsider.disabled_at = disabled
        session.commit()
        whom = {"person": cast.outsider.id, "whom": f"person:{cast.outsider.id}"}
        answer = sam.post(f"/runs/{run.id}/offer", {**whom, "seen": assignment.whose_key(run)})
        assert answer.status_code == 403 and "X~xoskar" not in answer.text
    answer = visit(cast.other_lead).post(f"/people/{cast.staff.id}/pin/removal")
    assert answer.status_code == 403 and "X~x" not in answer.text
    assert not reach.leads(by(cast.other_lead), cast.staff.location_id)


def test_a_tablet_elsewhere_does_not_say_where(session: Session, cast: Cast, visit: Visit, run: Run) -> None:
    device = devices.register(session, by(cast.lead), NOW, name="X~xbenchxxX", location=cast.lead.location)[0]
    session.commit()
    otto = visit(cast.other_lead)
    for path in (f"/devices/{device.id}", f"/devices/{device.id}/retirement"):
        answer = otto.post(path, {"name": "mine", "idle_minutes": "2"})
        assert answer.status_code == 403 and "X~x" not in answer.text
    answer = otto.post("/devices", {"name": "mine", "location": cast.lead.location_id, "idle_minutes": "2"})
    assert "X~x" not in answer.text.partition("<form")[0]
    session.rollback()
    assert session.get_one(Device, device.id).name == "X~xbenchxxX"
