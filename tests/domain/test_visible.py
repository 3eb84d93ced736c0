"""What a list shows of runs is what the rule lets a person see, whoever asks."""

from __future__ import annotations

from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.installation import NAMES, NOW, Cast
from tracker.domain import access
from tracker.models import Person, Run


def test_the_condition_says_the_same_as_the_rule(session: Session, cast: Cast) -> None:
    places = [None, cast.staff.location_id, cast.outsider.location_id]
    owners = [None, cast.staff.id, cast.lead.id, cast.outsider.id, cast.other_lead.id]
    for place, owner, role in product(places, owners, [None, "picker", "buyer"]):
        session.add(
            Run(sop_id="pack", revision_id=1, started_at=NOW, location_id=place, assignee_id=owner, role=role)
        )
    cast.owner.disabled_at = NOW
    session.commit()
    everything = session.scalars(select(Run)).all()
    people: list[Person] = [getattr(cast, part) for part in NAMES]
    assert len(everything) == 45
    for person in people:
        seen = set(session.scalars(select(Run.id).where(access.visible(person))))
        assert seen == {run.id for run in everything if access.may(person, "run.see", run)}, person.login
        led = set(session.scalars(select(Run.id).where(access.reachable(person))))
        assert led == {run.id for run in everything if access.may(person, "run.take-over", run)}, person.login
