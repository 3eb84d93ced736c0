"""Locations and teams as they change: renamed, moved, given up."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.errors import N_, ConflictError, InvalidError, NotFoundError
from tracker.models import (
    Device,
    Location,
    Person,
    Run,
    Team,
)
from tracker.sop.text import clean, fold


def change_location(
    session: Session, actor: Actor, now: datetime, location_id: int, *, name: str, zone: str, retired: bool
) -> Location:
    """Rename a location, correct its zone, give it up or take it into use again. Admins may.

    Raises NotFoundError, InvalidError, ConflictError (the name is taken; people work or runs are open there).
    """
    access.require(actor, "place.manage")
    alone(session, "people")
    location = session.get(Location, location_id, populate_existing=True)
    if location is None:
        raise NotFoundError(N_("There is no such location."))
    if zone not in available_timezones():
        raise InvalidError(N_("“%(zone)s” is no time zone. Write one like Europe/Berlin."), zone=zone)
    location.name, location.zone = _free(session, Location, location, name), zone
    if retired and location.retired_at is None:
        _must_be_empty(session, location)
    location.retired_at = (location.retired_at or now) if retired else None
    emit(
        session,
        actor,
        now,
        kinds.LocationChanged(name=location.name, zone=zone, retired=retired),
        f"location:{location.id}",
    )
    session.flush()
    return location


def change_team(
    session: Session,
    actor: Actor,
    now: datetime,
    team_id: int,
    *,
    name: str,
    location: Location | None,
    retired: bool,
) -> Team:
    """Rename a team, move it, give it up or take it into use again. Admins may.

    Raises NotFoundError, InvalidError, ConflictError (the name is taken; it has people or open runs).
    """
    access.require(actor, "place.manage")
    alone(session, "people")
    team = session.get(Team, team_id, populate_existing=True)
    if team is None:
        raise NotFoundError(N_("There is no such team."))
    team.name, team.location = _free(session, Team, team, name), location
    if retired and team.retired_at is None:
        _must_be_nobodys(session, team)
    team.retired_at = (team.retired_at or now) if retired else None
    emit(
        session,
        actor,
        now,
        kinds.TeamChanged(name=team.name, location=location.id if location else None, retired=retired),
        f"team:{team.id}",
    )
    session.flush()
    return team


def usable(location: Location) -> Location:
    """The location, unless it was given up. Raises ConflictError."""
    if location.retired_at is not None:
        raise ConflictError(N_("“%(name)s” was given up. Choose another location."), name=location.name)
    return location


def _free(session: Session, kind: type[Location | Team], place: Location | Team, name: str) -> str:
    """The cleaned name. Raises InvalidError, or ConflictError if another place of the kind has it."""
    name = clean_name(name)
    if session.scalar(select(kind.id).where(kind.name_key == fold(name), kind.id != place.id)):
        raise ConflictError(N_("The name “%(name)s” is taken."), name=name)
    return name


def _must_be_empty(session: Session, location: Location) -> None:
    used = {
        "people": _working(session, Person.location_id == location.id),
        "teams": _count(session, Team, Team.location_id == location.id, Team.retired_at.is_(None)),
        "tablets": _count(session, Device, Device.location_id == location.id, Device.retired_at.is_(None)),
        "runs": _count(session, Run, Run.state == "open", Run.location_id == location.id),
    }
    if any(used.values()):
        raise ConflictError(
            N_(
                "“%(name)s” has people (%(people)s), teams (%(teams)s), tablets (%(tablets)s), "
                "open runs (%(runs)s). Move them on."
            ),
            name=location.name,
            **used,
        )


def _must_be_nobodys(session: Session, team: Team) -> None:
    used = {
        "people": _working(session, Person.team_id == team.id),
        "runs": _count(session, Run, Run.state == "open", Run.team_id == team.id),
    }
    if any(used.values()):
        raise ConflictError(
            N_("“%(name)s” has people (%(people)s), open runs (%(runs)s). Move them on."),
            name=team.name,
            **used,
        )


def _working(session: Session, where: ColumnElement[bool]) -> int:
    return _count(session, Person, where, Person.disabled_at.is_(None))


def _count(session: Session, kind: type[Any], *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(kind).where(*where)) or 0


def add_location(session: Session, actor: Actor, now: datetime, *, name: str, zone: str) -> Location:
    """Add a location; its zone is the one in which times are shown there. Admins may."""
    access.require(actor, "place.manage")
    name = clean_name(name)
    if zone not in available_timezones():
        raise InvalidError(N_("“%(zone)s” is no time zone. Write one like Europe/Berlin."), zone=zone)
    alone(session, "people")
    if session.scalar(select(Location.id).where(Location.name_key == fold(name))):
        raise ConflictError(N_("There is a location “%(name)s” already."), name=name)
    location = Location(name=name, zone=zone)
    session.add(location)
    session.flush()
    emit(session, actor, now, kinds.LocationAdded(name=name, zone=zone), f"location:{location.id}")
    return location


def add_team(session: Session, actor: Actor, now: datetime, *, name: str, location: Location | None) -> Team:
    """Add a team, at a location or everywhere. Admins may."""
    access.require(actor, "place.manage")
    name = clean_name(name)
    alone(session, "people")
    if session.scalar(select(Team.id).where(Team.name_key == fold(name))):
        raise ConflictError(N_("There is a team “%(name)s” already."), name=name)
    team = Team(name=name, location_id=location.id if location else None)
    session.add(team)
    session.flush()
    emit(session, actor, now, kinds.TeamAdded(name=name), f"team:{team.id}")
    return team


def clean_name(text: str) -> str:
    """A name without what nobody sees. Raises InvalidError for an empty or very long one."""
    name = clean(text)
    if not 1 <= len(name) <= 80:
        raise InvalidError(N_("A name needs 1 to 80 characters."))
    return name
