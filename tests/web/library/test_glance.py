"""The strip on the page of an SOP, as the tracker fills it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tracker.domain.runs import lifecycle
from tracker.models import Person


def test_last_done_is_by_the_clocks_of_where_it_was_done(
    visit: Callable[[Person | None], Visitor], session: Session, cast: Cast
) -> None:
    at = datetime.now(UTC).replace(hour=9, minute=30) - timedelta(days=3)
    run = lifecycle.start(session, by(cast.staff), at, "opening", assignee=cast.staff)
    lifecycle.close(session, by(cast.staff), at, run, omit=[step.key for step in run.revision.steps])
    session.get_one(Person, cast.admin.id).location_id = None
    session.commit()
    far = visit(cast.admin).get("/live/sops/opening").text
    assert "(Berlin)</span></time> in Berlin" in " ".join(far.split())
    assert "(Berlin)" not in visit(cast.lead).get("/live/sops/opening").text
