"""A lead looks at what a newer revision changes for open runs, and moves one or all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PACK, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle, moving
from tracker.models import Person, Record, Run

Visit = Callable[[Person | None], Visitor]
NEWER = PACK.replace("4. Add a flyer {#flyer .optional}", "4. Add a gift {#gift}")


@pytest.fixture
def put_in_force(app: Flask, session: Session, workspace: Path) -> Callable[[str], None]:
    def write(text: str) -> None:
        (workspace / "sops/fulfillment/pack.md").write_text(text)
        publish(app, app.config["HOLDFAST"])
        session.rollback()
        session.expire_all()

    return write


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    return run


def form_of(page: str) -> dict[str, str]:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found, page
    return {"revision": found[1]}


def label(session: Session, run: Run) -> str:
    session.rollback()  # see what others have committed
    session.expire_all()
    return run.revision.label


def test_the_run_page_says_that_a_newer_revision_is_in_force(
    visit: Visit, cast: Cast, run: Run, put_in_force: Callable[[str], None]
) -> None:
    words, button = "A newer revision is in force", f"/runs/{run.id}/revision"
    assert words not in visit(cast.staff).get(f"/runs/{run.id}").text
    put_in_force(NEWER)
    staff, lead = (visit(person).get(f"/runs/{run.id}").text for person in (cast.staff, cast.lead))
    assert words in staff and button not in staff
    assert words in lead and button in lead


def test_a_lead_looks_then_moves_one_run(
    visit: Visit, cast: Cast, session: Session, run: Run, put_in_force: Callable[[str], None]
) -> None:
    lena = visit(cast.lead)
    put_in_force(NEWER)
    page = lena.get(f"/runs/{run.id}/revision").text
    for words in ("1 step is gone", "Add a flyer", "1 step is new", "Add a gift", "4 steps are kept"):
        assert words in page, words
    assert lena.post(f"/runs/{run.id}/revision", form_of(page)).status_code == 303
    assert label(session, run) == "2"
    assert (
        "moved the run from revision 1 to revision 2" in visit(cast.staff).get(f"/runs/{run.id}/history").text
    )
    assert "This run follows revision 2" in lena.get(f"/runs/{run.id}/revision").text


def test_the_history_says_what_a_step_said_when_it_was_done(
    visit: Visit, cast: Cast, session: Session, run: Run, put_in_force: Callable[[str], None]
) -> None:
    def record(key: str, minutes: int) -> None:
        at = NOW + timedelta(minutes=minutes)
        recording.record(
            session, by(cast.staff), at, run, record_id=new_id(), step_key=key, kind="done", value="77"
        )
        session.commit()

    record("scan", 1)
    put_in_force(PACK.replace("Scan the tote", "Scan the blue tote"))
    moving.move(session, by(cast.lead), NOW + timedelta(minutes=5), run, run.sop.in_force)
    record("weigh", 9)
    page = visit(cast.staff).get(f"/runs/{run.id}/history").text
    assert "Scan the blue tote <small>it said then: “Scan the tote”</small>" in page
    assert page.count("it said then") == 1


def test_a_preview_that_is_out_of_date_moves_nothing(
    visit: Visit, cast: Cast, session: Session, run: Run, put_in_force: Callable[[str], None]
) -> None:
    lena = visit(cast.lead)
    put_in_force(NEWER)
    old = form_of(lena.get(f"/runs/{run.id}/revision").text)
    put_in_force(PACK.replace("5. Hand it over {#hand}", "5. Hand it over {#hand}\n6. Wave {#wave}"))
    for address in (f"/runs/{run.id}/revision", "/sops/pack/open-runs"):
        answer = lena.post(address, old)
        assert answer.status_code == 409 and "Revision 3 is in force by now" in answer.text
        assert "Wave" in answer.text and form_of(answer.text) != old
        assert lena.post(address, {}).status_code == 409
    assert label(session, run) == "1"


def test_all_open_runs_are_moved_from_the_board(
    visit: Visit, cast: Cast, session: Session, run: Run, put_in_force: Callable[[str], None]
) -> None:
    for subject in range(30):
        lifecycle.start(session, by(cast.staff), NOW, "pack", subject=str(subject), assignee=cast.staff)
    elsewhere = lifecycle.start(
        session, by(cast.other_lead), NOW, "pack", subject="x", assignee=cast.other_lead
    )
    session.commit()
    lena = visit(cast.lead)
    assert "/sops/pack/open-runs" not in lena.get("/board").text
    put_in_force(NEWER)
    assert "31 open runs of “Pack an order” follow an older revision" in lena.get("/board").text
    page = lena.get("/sops/pack/open-runs").text
    assert "Move 31 runs to revision 2" in page
    done = lena.post("/sops/pack/open-runs", form_of(page), follow_redirects=True)
    assert "Every open run of “Pack an order” within your reach follows revision 2" in done.text
    assert label(session, elsewhere) == "1"
    assert session.scalar(select(func.count()).where(Run.revision_id == run.revision_id)) == 31


def test_a_tick_from_a_page_before_the_move_is_kept_and_the_page_comes_afresh(
    visit: Visit, cast: Cast, session: Session, run: Run, put_in_force: Callable[[str], None]
) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    found = re.search(rf'action="(/runs/{run.id}/records[^"]*)"', sam.get(f"/runs/{run.id}").text)
    assert found
    put_in_force(NEWER)
    lena.post(f"/runs/{run.id}/revision", form_of(lena.get(f"/runs/{run.id}/revision").text))
    form = {"id": str(new_id()), "step": "scan", "kind": "done", "value": "T"}
    answer = sam.htmx(found[1], form)
    assert answer.status_code == 200 and answer.headers["HX-Refresh"] == "true"
    gone = sam.htmx(found[1], {"id": str(new_id()), "step": "flyer", "kind": "done"})
    assert gone.status_code == 409 and "“Add a flyer” is gone" in gone.text and "Reload" in gone.text
    session.rollback()
    assert session.scalars(select(Record.step_key)).all() == ["scan"]
    fresh = re.search(rf'action="(/runs/{run.id}/records[^"]*)"', sam.get(f"/runs/{run.id}").text)
    assert fresh and "HX-Refresh" not in sam.htmx(fresh[1], form).headers


def test_a_retired_sop_can_not_be_started_and_its_open_run_is_finished(
    visit: Visit, cast: Cast, session: Session, run: Run, put_in_force: Callable[[str], None]
) -> None:
    put_in_force(PACK.replace("subject: order", "subject: order\nretired: true"))
    sam = visit(cast.staff)
    assert sam.get("/start/pack").status_code == 409
    assert sam.post("/start/pack", {"subject": "9", "ref": "r"}).status_code == 409
    page = sam.get(f"/runs/{run.id}").text
    assert "This SOP is retired" in page and "A newer revision" not in page
    assert visit(cast.lead).get(f"/runs/{run.id}/revision").status_code == 409
    sam.post(f"/runs/{run.id}/records", {"id": str(new_id()), "step": "scan", "kind": "done", "value": "T"})
    answer = sam.post(f"/runs/{run.id}/close", {"omit": ["weigh", "box", "hand"]})
    assert answer.status_code == 303
    session.rollback()
    session.expire_all()
    assert run.state == "done"
