"""Leads: who works where they lead, in which team and as what."""

from __future__ import annotations

from flask import Blueprint, render_template

from tracker.db import db
from tracker.domain.people import directory
from tracker.domain.work import lists
from tracker.web.actions import needs
from tracker.web.reader import actor, person

bp = Blueprint("team", __name__)


@bp.get("/team")
@needs("people.see")
def mine() -> str:
    """The people of the lead's team, then the others whom they lead, team by team."""
    people = directory.colleagues(db.session(), actor())
    teams = {person.team_id: person.team for person in people if person.team}
    ordered: list[int | None] = sorted(teams, key=lambda id: (id != person().team_id, teams[id].name_order))
    if any(person.team_id is None for person in people):
        ordered.append(None)
    return render_template(
        "people/team.html",
        groups=[(teams.get(id), [person for person in people if person.team_id == id]) for id in ordered],
        people=people,
        open_runs=lists.open_by_person(db.session(), [person.id for person in people], actor()),
    )
