"""A run is worked through with plain forms; htmx gets the changed steps; the server enforces everything."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor, token_in
from tests.support.patience import PATIENCE
from tests.support.ticks import said
from tracker.db import db, new_id
from tracker.domain.runs import assignment, lifecycle
from tracker.models import Person, Record, Run

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    return run


def kinds(session: Session, run: Run) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Record.kind).where(Record.run_id == run.id).order_by(Record.id)))


def test_a_record_reads_the_person_the_run_and_its_records_whoever_makes_it(
    app: Flask, visit: Visit, cast: Cast, run: Run
) -> None:
    address, asked = f"/runs/{run.id}/records", []
    visits = [visit(person) for person in (cast.staff, cast.lead, cast.admin)]
    visits[0].htmx(address, said("scan", value="T"))
    with app.app_context():
        engine = db.engine
    listen = lambda *given: asked.append(given[2].split()[0])  # noqa: E731
    for visitor, form in zip(visits, (said("weigh", value="250"), said("flyer"), said("hand")), strict=True):
        visitor.htmx(address, said("nothing"))  # from here on steps and token are at hand
        asked.clear()
        event.listen(engine, "before_cursor_execute", listen)
        try:
            assert visitor.htmx(address, form).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", listen)
        # after it was written, the answer looks for evidence
        assert asked == ["SELECT", "SELECT", "SELECT", "INSERT", "SELECT"]


def test_a_row_that_was_drawn_for_one_run_and_person_is_right_for_others(
    visit: Visit, cast: Cast, session: Session, run: Run
) -> None:
    other = lifecycle.start(session, by(cast.lead), NOW, "pack", subject="1043", assignee=cast.lead)
    session.commit()
    given: list[str] = []
    for person, number in ((cast.staff, run.id), (cast.lead, run.id), (cast.lead, other.id)):
        visitor = visit(person)
        visitor.htmx(f"/runs/{number}/records", said("scan", value="T"))
        page = visitor.get(f"/runs/{number}").text
        assert set(re.findall(r'hx-post="/runs/(\d+)/records', page)) == {str(number)}
        assert set(re.findall(r'name="csrf_token" value="([^"]+)"', page)) == {token_in(page)}
        assert "\0" not in page
        given += re.findall(r'name="id" value="([^"]+)"', page)
    assert len(given) == len(set(given)) > 12


def test_start_to_closed_without_javascript(visit: Visit, cast: Cast, session: Session) -> None:
    sam = visit(cast.staff)
    page = sam.get("/start/pack").text
    ref = re.search(r'name="ref" value="([^"]+)"', page)
    assert ref and "Which order?" in page
    for _ in range(2):  # a double click starts one run
        answer = sam.post("/start/pack", {"subject": "1042", "ref": ref[1]})
        assert answer.status_code == 303
    address = answer.location
    for form in (
        said("scan", value="T"),
        said("weigh", value="250"),
        said("box", "skipped", quick="No time"),
    ):
        answer = sam.post(f"{address}/records", form)
        assert answer.status_code == 303 and answer.location.startswith(f"{address}#step-")
    warning = sam.post(f"{address}/close")
    assert warning.status_code == 409 and "Hand it over" in warning.text and "Add a flyer" not in warning.text
    assert sam.post(f"{address}/close", {"omit": "hand"}).status_code == 303
    assert "Closed by Sam" in sam.get(address).text
    session.rollback()
    assert session.scalars(select(Run.state)).all() == ["done"]


def test_a_second_run_about_the_same_subject_is_asked_about(visit: Visit, cast: Cast, run: Run) -> None:
    sam = visit(cast.staff)
    answer = sam.post("/start/pack", {"subject": "1042", "ref": "x"})
    assert answer.status_code == 409 and f"/runs/{run.id}" in answer.text
    assert sam.post("/start/pack", {"subject": "1042", "ref": "x", "anyway": "1"}).status_code == 303


def test_a_lead_who_assigns_it_twice_is_asked_too(visit: Visit, cast: Cast, run: Run) -> None:
    form = {"sop": "pack", "subject": "1042", "ref": "x", "whom": f"person:{cast.staff.id}"}
    lena = visit(cast.lead)
    answer = lena.post("/assign", form)
    assert answer.status_code == 409 and "open run of this SOP about 1042" in answer.text
    assert 'name="anyway"' in answer.text
    assert lena.post("/assign", form | {"anyway": "1"}).status_code == 303


def test_a_missing_subject_is_said_on_the_form(visit: Visit, cast: Cast) -> None:
    answer = visit(cast.staff).post("/start/pack", {"subject": " ", "ref": "x"})
    assert answer.status_code == 422 and "Say which order" in answer.text


def test_htmx_gets_the_changed_steps_and_no_page(visit: Visit, cast: Cast, run: Run) -> None:
    sam = visit(cast.staff)
    sam.htmx(f"/runs/{run.id}/records", said("scan", value="T"))
    answer = sam.htmx(f"/runs/{run.id}/records", said("weigh", value="250"))
    assert answer.status_code == 200 and "<html" not in answer.text
    assert re.findall(r'<li id="step-(\d+)"', answer.text) == ["1", "2"]  # it, and the one to do next
    assert 'id="progress"' in answer.text and 'id="end"' in answer.text and 'id="message"' in answer.text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"step": "hand", "kind": "done"}, 409),
        ({"step": "nothing", "kind": "done"}, 422),
        ({"step": "scan", "kind": "skipped"}, 422),
        ({"step": "scan", "kind": "done", "id": ""}, 422),
        ({"step": "scan", "kind": "done", "id": "one"}, 422),
        ({"step": "scan", "kind": "done", "value": "T", "device_seq": "²"}, 422),
        ({"step": "scan", "kind": "done", "value": "T", "device_at": "noon"}, 422),
        ({"step": "scan", "kind": "done", "value": "T", "device_at": "9999-12-31T23:59:59-12:00"}, 422),
        ({"step": "scan", "kind": "undone", "cancels": str(new_id())}, 409),
        ({}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_has_a_clear_answer_and_changes_nothing(
    visit: Visit, cast: Cast, run: Run, session: Session, form: dict[str, str], status: int
) -> None:
    sam = visit(cast.staff)
    for send in (sam.post, sam.htmx):
        answer = send(f"/runs/{run.id}/records", {"id": str(new_id())} | form)
        assert answer.status_code == status and "Traceback" not in answer.text
        assert re.search(r"<h1>[^<]{10,}|hf-problem", answer.text)
    assert kinds(session, run) == []


def test_the_same_post_twice_is_one_record_and_the_same_answer(
    visit: Visit, cast: Cast, run: Run, session: Session
) -> None:
    sam, form = visit(cast.staff), said("scan", value="T")
    answers = [sam.post(f"/runs/{run.id}/records", form) for _ in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(303, answers[0].location)] * 2
    assert kinds(session, run) == ["done"]


def test_a_post_to_a_closed_run_is_409_whatever_it_calls_itself(
    visit: Visit, cast: Cast, run: Run, session: Session
) -> None:
    lifecycle.cancel(session, by(cast.lead), NOW, run, "order cancelled")
    session.commit()
    sam = visit(cast.staff)
    assert sam.post(f"/runs/{run.id}/records", said("scan", value="T")).status_code == 409
    assert sam.post(f"/runs/{run.id}/records", said("scan", value="T", offline="1")).status_code == 409
    assert kinds(session, run) == []


def test_an_empty_post_does_not_finish_a_run(visit: Visit, cast: Cast, run: Run, session: Session) -> None:
    assert visit(cast.staff).post(f"/runs/{run.id}/close").status_code == 409
    session.rollback()
    session.refresh(run)
    assert run.state == "open"


def test_two_people_on_one_page_lose_nothing(
    app: Flask, visit: Visit, cast: Cast, run: Run, session: Session
) -> None:
    visit(cast.staff).post(f"/runs/{run.id}/records", said("scan", value="T"))
    answers: list[int] = []
    start = threading.Barrier(2)

    def work(person: Person) -> None:
        visitor = Visitor(app, person)
        visitor.get("/")
        start.wait(PATIENCE)
        for number in range(15):
            step = ("weigh", "hand", "flyer")[number % 3]
            answers.append(visitor.post(f"/runs/{run.id}/records", said(step, value="250")).status_code)

    threads = [threading.Thread(target=work, args=(person,)) for person in (cast.staff, cast.lead)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert answers == [303] * 30
    assert kinds(session, run) == ["done"] * 31


def test_one_of_two_who_claim_at_once_has_the_run(app: Flask, cast: Cast, session: Session) -> None:
    run = lifecycle.start(session, by(cast.lead), NOW, "opening", assignee=None)
    session.commit()
    start, answers = threading.Barrier(2), []

    def claim(person: Person) -> None:
        visitor = Visitor(app, person)
        visitor.post("/nowhere")
        start.wait(PATIENCE)
        answers.append(visitor.post(f"/runs/{run.id}/claim").status_code)

    threads = [threading.Thread(target=claim, args=(person,)) for person in (cast.staff, cast.lead)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(answers)[0] == 303 and sorted(answers)[1] in (403, 409)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Run).where(Run.assignee_id.is_not(None))) == 1


def test_a_lead_works_the_board_with_plain_forms(
    visit: Visit, cast: Cast, run: Run, session: Session
) -> None:
    lena = visit(cast.lead)
    board = lena.get("/board").text
    assert "1 run is open" in board and "Sam" in board
    assert lena.post(f"/runs/{run.id}/takeover", {"seen": assignment.whose_key(run)}).status_code == 303
    session.refresh(run)
    given = {"whom": "role:picker", "seen": assignment.whose_key(run)}
    assert lena.post(f"/runs/{run.id}/assignee", given).status_code == 303
    assert "open to picker" in lena.get("/board?who=nobody").text
    for who in ("99999999999999999999", "²", "x"):
        assert lena.get(f"/board?who={who}").status_code == 422
    assert lena.post(f"/runs/{run.id}/cancellation", {"reason": " "}).status_code == 422
    assert lena.post(f"/runs/{run.id}/cancellation", {"reason": "order cancelled"}).status_code == 303
    assert "No run is open" in lena.get("/board").text
    history = lena.get(f"/runs/{run.id}/history").text
    for words in (
        "started the run",
        "took the run over from Sam",
        "gave the run to picker",
        "order cancelled",
    ):
        assert words in history


def test_a_record_outside_its_limits_says_so(visit: Visit, cast: Cast, run: Run) -> None:
    sam = visit(cast.staff)
    sam.post(f"/runs/{run.id}/records", said("scan", value="T"))
    answer = sam.htmx(f"/runs/{run.id}/records", said("weigh", value="5"))
    assert answer.status_code == 200 and "as failed" in answer.text and "Open the parcel" in answer.text
    assert "Olga" in sam.get(f"/runs/{run.id}").text  # whoever takes care of it


def test_who_may_not_start_an_sop_reads_who_can_help(visit: Callable[..., Visitor], cast: Cast) -> None:
    page = visit(cast.outsider).get("/start/pack").text
    assert "This SOP is for: picker. A lead can give you the run, an admin the role." in page
    assert 'name="subject"' not in page
    assert 'name="subject"' in visit(cast.staff).get("/start/pack").text
