"""The last tick of a plain form closes the run, and leads to its closed page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tracker.db import new_id
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run


def test_the_last_tick_closes_the_run(
    session: Session, cast: Cast, visit: Callable[[Person | None], Visitor]
) -> None:
    run = lifecycle.start(session, by(cast.staff), datetime.now(UTC), "opening", assignee=cast.staff)
    session.commit()
    sam, keys = visit(cast.staff), [step.key for step in run.revision.steps]
    for key in keys[:-1]:
        sam.post(f"/runs/{run.id}/records", {"id": str(new_id()), "step": key, "kind": "done"})
    last = {"id": str(new_id()), "step": keys[-1], "kind": "done"}
    answer = sam.post(f"/runs/{run.id}/records", last)
    assert answer.status_code == 303 and answer.location == f"/runs/{run.id}"
    session.rollback()
    session.expire_all()
    assert session.get_one(Run, run.id).state == "done"
    assert "Close this run" not in sam.get(f"/runs/{run.id}").text
    assert "made the last record" in sam.get(f"/runs/{run.id}/history").text
    assert sam.post(f"/runs/{run.id}/close").status_code == 303  # a page from a moment ago
    assert sam.post(f"/runs/{run.id}/records", last).status_code == 303


def test_a_page_with_scripts_is_drawn_anew(
    session: Session, cast: Cast, visit: Callable[[Person | None], Visitor]
) -> None:
    run = lifecycle.start(session, by(cast.staff), datetime.now(UTC), "opening", assignee=cast.staff)
    session.commit()
    sam = visit(cast.staff)
    answers = [
        sam.htmx(f"/runs/{run.id}/records", {"id": str(new_id()), "step": step.key, "kind": "done"})
        for step in run.revision.steps
    ]
    assert [answer.headers.get("HX-Refresh") for answer in answers] == [None, None, "true"]
