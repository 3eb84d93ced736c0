"""Locations and teams are renamed, moved and given up, and what happened there keeps its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain.people import directory, places
from tracker.domain.runs import lifecycle
from tracker.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tracker.models import Event, Location, Run, Team

Start = Callable[..., Run]


@pytest.fixture
def hall(session: Session, cast: Cast) -> Location:
    """A location where nobody works yet."""
    made = places.add_location(session, by(cast.admin), NOW, name="Hall 2", zone="Europe/Berlin")
    session.commit()
    return made


def change(session: Session, cast: Cast, place: Location | Team, **more: Any) -> None:
    actor, given = more.pop("actor", cast.admin), {"name": place.name, "retired": False} | more
    if isinstance(place, Location):
        places.change_location(session, by(actor), NOW, place.id, **({"zone": place.zone} | given))
    else:
        places.change_team(session, by(actor), NOW, place.id, **({"location": place.location} | given))
    session.commit()


def test_a_location_gets_another_name_and_zone(session: Session, cast: Cast, hall: Location) -> None:
    change(session, cast, hall, name=" Hall  3 ", zone="Asia/Tokyo")
    assert (hall.name, hall.zone) == ("Hall 3", "Asia/Tokyo")
    event = session.scalars(select(Event).where(Event.kind == "location.changed")).one()
    assert event.data == {"name": "Hall 3", "zone": "Asia/Tokyo", "retired": False}


@pytest.mark.parametrize(("more", "error"), [
    ({"name": "Berlin"}, ConflictError), ({"name": " "}, InvalidError), ({"name": "x" * 81}, InvalidError),
    ({"zone": "Mars/Base"}, InvalidError),
])  # fmt: skip
def test_what_can_not_be_is_refused(
    session: Session, cast: Cast, hall: Location, more: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        change(session, cast, hall, **more)


def test_one_that_is_in_use_is_not_given_up(
    session: Session, cast: Cast, hall: Location, start: Start
) -> None:
    with pytest.raises(ConflictError, match=r"people \(3\), teams \(1\), tablets \(0\), open runs \(0\)"):
        change(session, cast, cast.lead.location, retired=True)
    session.rollback()
    run = start(location=hall)
    with pytest.raises(ConflictError, match=r"open runs \(1\)"):
        change(session, cast, hall, retired=True)
    session.rollback()
    lifecycle.cancel(session, by(cast.admin), NOW, run, "wrong")
    change(session, cast, hall, retired=True)
    assert run.location is hall and hall not in directory.locations(session)
    assert hall in directory.locations(session, retired=True)
    with pytest.raises(ConflictError, match=r"given up\. Choose another location"):
        start(location=hall)
    session.rollback()
    change(session, cast, hall)
    assert hall in directory.locations(session) and start(location=hall).location is hall


def test_a_team_is_renamed_moved_and_given_up(session: Session, cast: Cast, hall: Location) -> None:
    team = places.add_team(session, by(cast.admin), NOW, name="Night", location=None)
    change(session, cast, team, name="Late", location=hall)
    assert (team.name, team.location) == ("Late", hall)
    with pytest.raises(ConflictError):
        change(session, cast, team, name="Packing")
    session.rollback()
    cast.staff.team_id = team.id
    session.commit()
    with pytest.raises(ConflictError, match=r"people \(1\), open runs \(0\)"):
        change(session, cast, team, retired=True)
    session.rollback()
    cast.staff.disabled_at = NOW
    change(session, cast, team, retired=True)
    assert team not in directory.teams(session) and team in directory.teams(session, retired=True)


def test_only_admins_change_places(session: Session, cast: Cast, hall: Location) -> None:
    with pytest.raises(ForbiddenError):
        change(session, cast, hall, actor=cast.owner)
    with pytest.raises(NotFoundError):
        places.change_location(session, by(cast.admin), NOW, 99, name="x", zone="UTC", retired=False)
    with pytest.raises(NotFoundError):
        places.change_team(session, by(cast.admin), NOW, 99, name="x", location=None, retired=False)
    with pytest.raises(ForbiddenError):
        places.change_team(session, by(cast.lead), NOW, 1, name="x", location=None, retired=False)


def test_where_a_run_is(session: Session, cast: Cast, start: Start, hall: Location) -> None:
    first = start()
    assert first.location is cast.staff.location
    assert start(actor=cast.owner).location is None
    assert start(actor=cast.owner, location=hall).location is hall
    linked = start(actor=cast.owner, origin=(first, "weigh"))
    assert linked.location is cast.staff.location  # where it comes from
