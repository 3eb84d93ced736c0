"""Which SOPs hang on one person, as the overview says it: kept by the worker, seen by who answers for it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.closed import close, spread
from tests.support.installation import NOW, Cast
from tracker.domain.signals import key_people
from tracker.models import PersonDay, Run
from tracker.worker import counting

TODAY = date(2026, 3, 30)


def test_an_sop_that_hangs_on_one_person(session: Session, cast: Cast) -> None:
    close(session, "pack", spread(40, {"scan": {}}, TODAY, 1), "1")
    session.execute(update(Run).values(closed_by_id=cast.staff.id))
    session.commit()
    counting.fold(session, NOW)
    key_people.refresh(session, NOW)
    [key] = key_people.sops_on_one_person(session, by(cast.owner))
    assert (key.sop.id, key.person.login, key.completed, key.runs) == ("pack", "sam", 40, 40)
    assert key_people.sops_on_one_person(session, by(cast.area_owner)) == []
    shared = {"day": TODAY, "sop_id": "pack", "location_id": 0, "person_id": cast.outsider.id, "runs": 40}
    session.execute(insert(PersonDay), shared)
    session.commit()
    key_people.refresh(session, NOW)
    assert key_people.sops_on_one_person(session, by(cast.owner)) == []
