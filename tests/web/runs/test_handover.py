"""Handing over, pausing and due times on the pages of those whom they concern."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import new_id
from tracker.domain.runs import assignment, lifecycle
from tracker.models import Location, Person, Run

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    """A run of the member of the team, just started."""
    run = lifecycle.start(
        session, by(cast.staff), datetime.now(UTC), "pack", subject="1042", assignee=cast.staff
    )
    session.commit()
    return run


def to(person: Person, run: Run) -> dict[str, str]:
    """A form that means a person, made while the run was whose it is."""
    return {"whom": f"person:{person.id}", "seen": assignment.whose_key(run)}


def test_a_run_is_offered_on_today_and_accepted_there(visit: Visit, cast: Cast, run: Run) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    page = sam.get(f"/runs/{run.id}").text
    assert "Hand over or pause" in page and "Lena" in page and "Oskar" not in page
    assert "Cancel this run" not in page and "Give it at once" not in page
    assert sam.post(f"/runs/{run.id}/offer", to(cast.lead, run)).status_code == 303
    assert "Lena is asked to take this run on. Until then it stays Sam’s." in sam.get(f"/runs/{run.id}").text
    today = lena.get("/").text
    assert "1 run is offered to you" in today and "Sam wants to hand you" in today
    assert lena.post(f"/runs/{run.id}/offer/acceptance").status_code == 303
    assert "Sam wants to hand you" not in lena.get("/").text
    assert sam.get(f"/runs/{run.id}").status_code == 403
    history = lena.get(f"/runs/{run.id}/history").text
    assert "asked Lena to take the run on" in history and "took the run on from Sam" in history


def test_no_thanks_leads_back_to_today_and_a_late_answer_is_told(visit: Visit, cast: Cast, run: Run) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    sam.post(f"/runs/{run.id}/offer", to(cast.lead, run))
    assert lena.post(f"/runs/{run.id}/offer/refusal").location == "/"
    again = lena.post(f"/runs/{run.id}/offer/acceptance")
    assert again.status_code == 409 and "not offered to you any more" in again.text
    assert "left the run with whom it was" in lena.get(f"/runs/{run.id}/history").text


@pytest.mark.parametrize("whom", ["", "role:picker", "person:99", "person:x", "team:99", "nonsense"])
def test_only_a_person_can_be_asked(visit: Visit, cast: Cast, run: Run, whom: str) -> None:
    assert (
        visit(cast.staff)
        .post(f"/runs/{run.id}/offer", {"whom": whom, "seen": assignment.whose_key(run)})
        .status_code
        == 422
    )


def test_a_form_of_an_hour_ago_changes_nothing(visit: Visit, cast: Cast, session: Session, run: Run) -> None:
    lena, olga = visit(cast.lead), visit(cast.owner)
    seen = assignment.whose_key(run)
    lena.post(f"/runs/{run.id}/assignee", {"whom": f"person:{cast.lead.id}", "seen": seen})
    answer = olga.post(f"/runs/{run.id}/assignee", {"whom": f"person:{cast.owner.id}", "seen": seen})
    assert answer.status_code == 409 and "become Lena’s" in answer.text
    assert olga.post(f"/runs/{run.id}/takeover", {"seen": seen}).status_code == 409
    session.refresh(run)
    assert run.assignee_id == cast.lead.id


def test_a_form_that_does_not_say_whose_the_run_was_changes_nothing(
    visit: Visit, cast: Cast, session: Session, run: Run
) -> None:
    lena, whom = visit(cast.lead), {"whom": f"person:{cast.lead.id}"}
    for act in ("assignee", "offer", "takeover"):
        assert lena.post(f"/runs/{run.id}/{act}", whom).status_code == 409, act
    answer = lena.post("/board/assignments", {"run": f"{run.id}", **whom})
    assert f"Run {run.id} is as it was." in lena.get(answer.location).text
    session.refresh(run)
    assert (run.assignee_id, run.offered_to_id) == (cast.staff.id, None)


def test_a_run_is_given_to_a_team(visit: Visit, cast: Cast, run: Run) -> None:
    lena, sam = visit(cast.lead), visit(cast.staff)
    seen = assignment.whose_key(run)
    lena.post(f"/runs/{run.id}/assignee", {"whom": f"team:{cast.staff.team_id}", "seen": seen})
    assert "open to the team Packing" in lena.get("/board").text
    assert "open to the team Packing" in sam.get("/").text
    assert ",Packing," in lena.get("/board.csv").text
    assert "gave the run to the team Packing" in lena.get(f"/runs/{run.id}/history").text
    assert sam.post(f"/runs/{run.id}/claim").status_code == 303


def test_a_paused_run_says_why_and_takes_nothing_until_somebody_goes_on(
    visit: Visit, cast: Cast, run: Run
) -> None:
    sam = visit(cast.staff)
    assert sam.post(f"/runs/{run.id}/pause", {"reason": " "}).status_code == 422
    assert sam.post(f"/runs/{run.id}/pause", {"reason": "no cartons"}).status_code == 303
    page = sam.get(f"/runs/{run.id}").text
    assert "Paused by Sam" in page and "no cartons" in page and "Go on" in page
    assert "Close this run" not in page and 'value="scan"' not in page
    form = {"id": str(new_id()), "step": "scan", "kind": "done", "value": "T"}
    answer = sam.htmx(f"/runs/{run.id}/records", form)
    assert answer.status_code == 409 and "Press “Go on” first" in answer.text
    assert "paused" in sam.get("/").text and "paused" in visit(cast.lead).get("/board").text
    assert sam.post(f"/runs/{run.id}/resumption").status_code == 303
    assert sam.htmx(f"/runs/{run.id}/records", form).status_code == 200
    history = sam.get(f"/runs/{run.id}/history").text
    assert "paused the run: no cartons" in history and "went on with the run" in history


def test_a_due_time_is_read_in_the_time_of_the_runs_location(
    visit: Visit, cast: Cast, session: Session, run: Run
) -> None:
    lena = visit(cast.lead)
    day = f"{NOW + timedelta(days=3650):%Y}-07-01"
    assert lena.change(f"/runs/{run.id}", f"/runs/{run.id}/due", {"due": f"{day}T14:30"}).status_code == 303
    session.refresh(run)
    assert run.due_at == datetime.fromisoformat(f"{day}T12:30+00:00")
    assert f'value="{day}T14:30"' in lena.get(f"/runs/{run.id}").text
    for wrong in ("soon", "2020-01-01T10:00"):
        assert lena.change(f"/runs/{run.id}", f"/runs/{run.id}/due", {"due": wrong}).status_code == 422
    form = {"sop": "opening", "whom": f"team:{cast.staff.team_id}", "due": f"{day}T08:00", "ref": "x"}
    assert lena.post("/assign", form).status_code == 303
    assert lena.post("/assign", form | {"ref": "y", "due": "2020-01-01T10:00"}).status_code == 422
    session.rollback()
    found = session.scalars(select(Run).where(Run.ref == "x")).one()
    assert (found.team_id, found.due_at) == (
        cast.staff.team_id,
        datetime.fromisoformat(f"{day}T06:00+00:00"),
    )


def test_a_due_time_is_told_by_the_clocks_of_where_the_run_is_done(
    visit: Visit, cast: Cast, session: Session, run: Run
) -> None:
    """Nobody far away is told another time without its place: the clocks of Porto are an hour behind."""
    day = datetime.now(UTC).replace(hour=12, minute=30) + timedelta(days=40)
    lena, due = visit(cast.lead), {"due": f"{day:%Y-%m-%dT%H:%M}"}
    assert lena.change(f"/runs/{run.id}", f"/runs/{run.id}/due", due).status_code == 303
    far = session.scalars(select(Location).where(Location.name == "Porto")).one()
    for home in (far.id, None):  # who has no place has no clocks either
        session.get_one(Person, cast.owner.id).location_id = home
        session.commit()
        assert "12:30 (Berlin)" in visit(cast.owner).get(f"/runs/{run.id}").text
    told = visit(cast.lead).get(f"/runs/{run.id}").text
    assert "12:30</span></time>" in told and "(Berlin)" not in told
    history = visit(cast.owner).get(f"/runs/{run.id}/history").text
    assert "set when the run is due" in history and "12:30 (Berlin)" in history
