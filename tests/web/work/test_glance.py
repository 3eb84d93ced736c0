"""What the page of an SOP on the site is told of its runs and of its weak steps, and who is told what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import AppWith
from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tracker.domain.runs import lifecycle
from tracker.models import Location, Person, Run, RunDay, WeakPoint

Visit = Callable[[Person | None], Visitor]


def weak(step: str, **more: Any) -> WeakPoint:
    figures: dict[str, Any] = {
        "kind": "failed", "n": 180, "count": 14, "low": 0.05, "high": 0.13, "posterior": 0.1, "priority": 1.0,
        "probability": 1.0, "tolerance": 0.02, "critical": False, "flagged": True, "band": "fix-first",
        "per_month": 30.0, "cost": 2.0, "since": date(2026, 1, 1),
    }  # fmt: skip
    return WeakPoint(sop_id="pack", step_key=step, **(figures | more))


def closed(session: Session, cast: Cast, at: datetime, place: Location | None) -> Run:
    """A run that is done."""
    run = lifecycle.start(session, by(cast.staff), at, "pack", subject=f"at {at}", assignee=cast.staff)
    run.state, run.closed_at, run.location = "done", at, place
    session.flush()
    return run


def test_it_says_what_is_open_and_when_it_was_last_done(session: Session, cast: Cast, visit: Visit) -> None:
    assert "None open" in visit(cast.lead).get("/live/sops/pack").text
    assert "not done in the last 90 days" in visit(cast.lead).get("/live/sops/pack").text
    now = datetime.now(UTC)
    for subject in ("1042", "1043"):
        lifecycle.start(session, by(cast.staff), now, "pack", subject=subject, assignee=cast.staff)
    closed(session, cast, now - timedelta(days=2), cast.outsider.location)
    closed(session, cast, now - timedelta(days=3), cast.lead.location)
    session.commit()
    of_lead, of_owner = (visit(who).get("/live/sops/pack").text for who in (cast.lead, cast.owner))
    assert "2 open" in of_lead and "2 open" in of_owner
    assert "in Berlin" in of_lead and "in Berlin" not in of_owner  # where she leads; where it was last done


def test_what_was_done_long_ago_is_told_by_its_day(session: Session, cast: Cast, visit: Visit) -> None:
    assert cast.lead.location_id is not None
    day = (datetime.now(UTC) - timedelta(days=40)).date()
    session.add(RunDay(day=day, sop_id="pack", location_id=cast.lead.location_id, runs=1))
    session.commit()
    assert f"last done {day.day} {day:%b}" in visit(cast.lead).get("/live/sops/pack").text


def test_weak_steps_are_marked_for_who_may_see_reports(session: Session, cast: Cast, visit: Visit) -> None:
    session.add_all([weak("weigh"), weak("box", flagged=False, band="watch")])
    session.commit()
    told = visit(cast.owner).get("/live/sops/pack").text
    assert 'data-step="sop:weigh"' in told and "14 of 180 failed" in told and "/sops/pack/steps/weigh" in told
    assert 'data-step="sop:box"' not in told
    for person in (cast.staff, cast.lead, cast.area_owner):
        answer = visit(person).get("/live/sops/pack")
        assert answer.status_code == 200 and "weigh" not in answer.text


def test_nothing_is_sent_again_while_nothing_has_changed(session: Session, cast: Cast, visit: Visit) -> None:
    lena = visit(cast.lead)
    seen = lena.get("/live/sops/pack").headers["ETag"]
    assert lena.get("/live/sops/pack", headers={"If-None-Match": seen}).status_code == 304
    lifecycle.start(session, by(cast.staff), datetime.now(UTC), "pack", subject="1042", assignee=cast.staff)
    session.commit()
    assert lena.get("/live/sops/pack", headers={"If-None-Match": seen}).status_code == 200
    assert lena.get("/live/sops/no-such").status_code == 404


def test_who_is_not_signed_in_gets_a_page_that_asks_nothing(
    app: Flask, cast: Cast, app_with: AppWith
) -> None:
    place = app.config["HOLDFAST"].workspace
    (place / "site/assets").mkdir(parents=True)
    (place / "site/index.html").write_text("<p>the site</p>")
    (place / "site/assets/live.js").write_text("// nothing")
    public = app_with({"HOLDFAST_PUBLIC_SITE": "yes"})
    assert "fetch" not in Visitor(public, None).get("/docs/assets/live.js").text
    answer = Visitor(public, cast.staff).get("/docs/assets/live.js")
    assert "fetch" in answer.text and "javascript" in answer.headers["Content-Type"]
