"""Places on the pages: an admin changes them, a lead sees who works there, a starter says where."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.domain.people import places
from tracker.domain.runs import lifecycle
from tracker.models import Location, Person, Run, Team

Visit = Callable[[Person | None], Visitor]


def test_an_admin_changes_a_location_and_a_team(session: Session, cast: Cast, visit: Visit) -> None:
    ada = visit(cast.admin)
    assert "Save the location" in ada.get("/people").text
    ada.change("/people", "/locations/1", {"name": "Berlin Mitte", "zone": "Europe/Berlin"})
    ada.change("/people", "/teams/1", {"name": "Packers", "location": "1"})
    page = ada.get("/people").text
    assert "Berlin Mitte" in page and "Packers" in page
    refused = ada.change(
        "/people", "/locations/1", {"name": "Berlin", "zone": "Europe/Berlin", "retired": "1"}
    )
    assert refused.status_code == 409 and "Move them on." in refused.text
    assert ada.change("/people", "/locations/1", {"name": "", "zone": "UTC"}).status_code == 422
    assert ada.post("/teams/77", {"name": "x"}).status_code == 404


def test_what_was_given_up_is_not_offered(session: Session, cast: Cast, visit: Visit) -> None:
    old = places.add_location(session, by(cast.admin), NOW, name="Old hall", zone="UTC")
    old.retired_at = NOW
    session.get_one(Team, 1).retired_at = NOW
    session.commit()
    page = visit(cast.admin).get(f"/people/{cast.outsider.id}").text
    assert "Porto" in page and "Old hall" not in page and "Packing" not in page
    olga = visit(cast.owner)
    assert "Old hall" not in olga.get("/start/opening").text
    form = {"ref": "a", "location": str(old.id)}
    assert olga.post("/start/opening", form).status_code == 409


def test_a_lead_sees_who_works_where_they_lead(session: Session, cast: Cast, visit: Visit) -> None:
    lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1", assignee=cast.staff)
    session.commit()
    page = visit(cast.lead).get("/team").text
    assert "2 people are in your team; you lead 3 more." in page  # and those who work everywhere
    assert "Sam" in page and "picker" in page and "Oskar" not in page
    assert re.search(rf'who={cast.staff.id}">1<', page)
    assert "none yet" in page and "has one" not in page
    assert "Oskar" in visit(cast.other_lead).get("/team").text
    assert "Sam" not in visit(cast.other_lead).get("/team").text
    cast.other_lead.location_id = None
    session.commit()
    assert "You lead nobody yet." in visit(cast.other_lead).get("/team").text
    assert 'href="/team"' in visit(cast.lead).get("/board").text


def test_who_works_everywhere_says_where(session: Session, cast: Cast, visit: Visit) -> None:
    olga, sam = visit(cast.owner), visit(cast.staff)
    assert "Where?" not in sam.get("/start/opening").text
    assert "nowhere in particular" in olga.get("/start/opening").text
    there = cast.outsider.location_id
    for visitor, ref, expected in ((olga, "a", there), (sam, "b", cast.staff.location_id)):
        answer = visitor.post("/start/opening", {"ref": ref, "location": str(there)})
        session.rollback()
        run = session.get_one(Run, int(answer.location.rpartition("/")[2]))
        assert run.location_id == expected
    assert session.get_one(Run, 1).location is session.get_one(Location, there)
