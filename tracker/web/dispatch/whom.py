"""For whom a run is and by when, from the form."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import request
from sqlalchemy.orm import Session

from tracker.domain import walltime
from tracker.errors import N_, InvalidError
from tracker.models import Location, Person, Team
from tracker.web.forms import row_id
from tracker.web.reader import now, zone_of


class Whom(NamedTuple):
    """Who is to do a run: a person, a team, a role, or all (none of them)."""

    person: Person | None = None
    team: Team | None = None
    role: str | None = None

    @property
    def place(self) -> Location | None:
        """Where they work; None for a role or all."""
        return self.person.location if self.person else self.team.location if self.team else None


def whom(session: Session) -> Whom:
    """Whom the form means: "person:7", "team:3", "role:picker" or "all". Raises InvalidError."""
    kind, _, name = request.form.get("whom", "").partition(":")
    if kind == "person":
        if (person := session.get(Person, row_id(name) or 0)) is None:
            raise InvalidError(N_("There is no such person. Choose one from the list."))
        return Whom(person=person)
    if kind == "team":
        if (team := session.get(Team, row_id(name) or 0)) is None:
            raise InvalidError(N_("There is no such team. Choose one from the list."))
        return Whom(team=team)
    return Whom(role=name[:80] or None) if kind == "role" else Whom()


def due(location: Location | None) -> datetime | None:
    """The due time of the form, in the time of the location; None for none. Raises InvalidError."""
    return walltime.read(request.form.get("due", ""), zone_of(location), now())
