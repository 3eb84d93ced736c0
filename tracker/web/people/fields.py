"""The forms of people, places and owners' names as they stand: what such a form is made from."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.models import LEVELS, Location, Person, Team
from tracker.web.forms import row_id
from tracker.web.spoken import level_said
from tracker.web.versions import Shown, yes_or_no


def of_person(session: Session, person: Person) -> list[Shown]:
    """The form of an account. Its password is no field of it: nobody is shown one."""
    return [
        Shown("name", gettext("Name"), person.name),
        Shown("email", gettext("E-mail address, for a forgotten password"), person.email or ""),
        Shown("access", gettext("Access"), person.access, _level),
        _place(session, gettext("Location"), person.location_id),
        Shown("team", gettext("Team"), _number(person.team_id), lambda text: _name(session, Team, text)),
        Shown(
            "roles",
            gettext("Roles (jobs), with commas"),
            ", ".join(sorted(role.name for role in person.roles)),
        ),
        Shown("area", gettext("Leads and owners: what they answer for"), tuple(sorted(person.areas))),
        Shown("everywhere", gettext("Reaches everything"), "1" if person.everywhere else "", yes_or_no),
        Shown("disabled", gettext("Disabled"), "1" if person.disabled_at else "", yes_or_no),
    ]


def of_location(location: Location) -> list[Shown]:
    """The form of a location."""
    return [
        Shown("name", gettext("Name"), location.name),
        Shown("zone", gettext("Time zone"), location.zone),
        Shown("retired", gettext("Given up"), "1" if location.retired_at else "", yes_or_no),
    ]


def of_team(session: Session, team: Team) -> list[Shown]:
    """The form of a team."""
    return [
        Shown("name", gettext("Name"), team.name),
        _place(session, gettext("Works at"), team.location_id),
        Shown("retired", gettext("Given up"), "1" if team.retired_at else "", yes_or_no),
    ]


def of_owner_name(session: Session, meant: Person | None) -> list[Shown]:
    """The form that says whom an owner's name means; None: nobody yet."""
    value = _number(meant.id if meant else None)
    return [Shown("person", gettext("Whom the name means"), value, lambda text: _name(session, Person, text))]


def _place(session: Session, label: str, location_id: int | None) -> Shown:
    return Shown("location", label, _number(location_id), lambda text: _name(session, Location, text))


def _number(row: int | None) -> str:
    return str(row) if row else ""


def _level(level: str) -> str:
    return level_said(level) if level in LEVELS else level


def _name(session: Session, kind: type[Location | Team | Person], text: str) -> str:
    """The name of a row that a form names by its number; "" for none."""
    row: Any = session.get(kind, row_id(text) or 0)
    return row.name if row else ""
