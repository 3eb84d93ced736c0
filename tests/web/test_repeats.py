"""A second press on a slow line: the page after success is the success, and nothing is done twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.actors import by
from tests.support.forms import Form, forms_in
from tests.support.installation import NOW, PASSWORD, Cast, Visitor
from tests.support.pages import PAGES
from tracker.domain.entrance import sent_forms
from tracker.domain.people import devices
from tracker.domain.runs import lifecycle
from tracker.models import Batch, Event, Location, Person, Run, SentForm
from tracker.web import repeats

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    made = lifecycle.start(session, by(cast.staff), NOW, "opening", subject="7", assignee=cast.staff)
    session.commit()
    return made


def the_form(visitor: Visitor, page: str, path: str) -> Form:
    return next(form for form in forms_in(visitor.get(page).text) if (form.path or page) == path)


def twice(visitor: Visitor, form: Form, path: str, **given: str) -> tuple[TestResponse, TestResponse]:
    """Press a button, and once more before the answer is there."""
    return visitor.post(path, form.send(**given)), visitor.post(path, form.send(**given))


def test_a_run_closed_twice_is_closed(visit: Visit, session: Session, cast: Cast, run: Run) -> None:
    sam, path = visit(cast.staff), f"/runs/{run.id}/close"
    form = the_form(sam, f"/runs/{run.id}", path)
    asked = sam.post(path, form.send())  # nothing is done yet, so this says what is missing, each time
    assert asked.status_code == 409 == sam.post(path, form.send()).status_code
    first, second = twice(sam, the_form_in(asked.text, path), path)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert second.status_code == 303 and "Closed by" in sam.get(second.location).text
    session.rollback()
    closed = select(func.count()).where(Event.kind == "run.closed")
    assert session.scalar(closed) == 1


def the_form_in(html: str, path: str) -> Form:
    return next(form for form in forms_in(html) if form.path == path)


def test_an_account_added_twice_is_there_once(visit: Visit, session: Session, cast: Cast) -> None:
    ada = visit(cast.admin)
    form = the_form(ada, "/people", "/people")
    first, second = twice(ada, form, "/people", name="Nora", login="nora")
    assert "/link/" in first.text and second.status_code == 303
    page = ada.get(second.location)
    assert "The account is there" in page.text and "/link/" not in page.text
    form = the_form(ada, "/people", "/people")
    first, second = twice(ada, form, "/people", name="Tess", login="tess", password="nine green crates")
    assert first.status_code == 303 and first.location == second.location
    form = the_form(ada, "/people", "/people")  # another form about the same is no second press
    assert ada.post("/people", form.send(name="Tess", login="tess")).status_code == 409


def test_what_could_be_done_twice_is_done_once(visit: Visit, session: Session, cast: Cast) -> None:
    lena = visit(cast.lead)
    form = the_form(lena, "/assign/list", "/assign/list")
    first, second = twice(lena, form, "/assign/list", sop="opening", list="1")
    assert first.location == second.location
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Batch)) == 1
    ada = visit(cast.admin)
    form = the_form(ada, "/people", "/locations")
    first, second = twice(ada, form, "/locations", name="Hamburg", zone="Europe/Berlin")
    assert first.location == second.location and second.status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).where(Location.name == "Hamburg")) == 1


def test_other_content_another_person_or_a_later_time_is_another_press(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    sam, path = visit(cast.staff), f"/runs/{run.id}/pause"
    form = the_form(sam, f"/runs/{run.id}", path)
    assert sam.post(path, form.send(reason="lunch")).status_code == 303
    assert sam.post(path, form.send(reason="no cartons")).status_code == 409
    for person, status in ((cast.lead, 409), (cast.outsider, 403)):
        other = visit(person)
        assert other.post(path, form.send(reason="lunch", csrf_token=other._token)).status_code == status
    assert sam.post(path, form.send(reason="lunch")).status_code == 303
    session.rollback()
    for row in session.scalars(select(SentForm)).all():
        row.at -= sent_forms.LASTS
    session.commit()
    assert sam.post(path, form.send(reason="lunch")).status_code == 409


def test_a_refused_form_is_tried_again(visit: Visit, session: Session, cast: Cast) -> None:
    ada = visit(cast.admin)
    form = the_form(ada, "/people", "/locations")
    for _ in range(2):
        answer = ada.post("/locations", form.send(name="Hamburg", zone="nowhere"))
        assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(SentForm)) == 0


def test_a_press_during_the_first_waits_for_its_answer(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    sam, path = visit(cast.staff), f"/runs/{run.id}/pause"
    form = the_form(sam, f"/runs/{run.id}", path)
    other = visit(cast.staff)
    answers: list[TestResponse] = []

    def press(visitor: Visitor) -> None:
        answers.append(visitor.post(path, form.send(reason="lunch", csrf_token=visitor._token)))

    threads = [threading.Thread(target=press, args=(visitor,)) for visitor in (sam, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [303] * 2
    paused = select(func.count()).where(Event.kind == "run.paused")
    session.rollback()
    assert session.scalar(paused) == 1


def test_who_was_lost_on_the_way_does_not_block_for_ever(
    visit: Visit, session: Session, cast: Cast, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "WAIT_SECONDS", 0.1)
    sam, path = visit(cast.staff), f"/runs/{run.id}/pause"
    form = the_form(sam, f"/runs/{run.id}", path)
    sam.post(path, form.send(reason="lunch"))
    session.execute(update(SentForm).values(target=None))
    session.commit()
    answer = sam.post(path, form.send(reason="lunch"))
    assert answer.status_code == 409 and "still being worked on" in answer.text
    for row in session.scalars(select(SentForm)).all():
        row.at -= sent_forms.GIVEN_UP + timedelta(seconds=1)
    session.commit()
    assert "paused" in sam.post(path, form.send(reason="lunch")).text  # the view itself answers


def test_the_first_account_made_twice_signs_in(visit: Visit, session: Session, cast: Cast) -> None:
    nobody = visit(None)
    form = {"login": "ada", "password": PASSWORD, "place": "Berlin", "zone": "Europe/Berlin"}
    assert nobody.post("/setup", form).location == "/"
    assert visit(None).post("/setup", form | {"password": "nine green crates"}).status_code == 403


def test_every_form_can_be_told_from_its_second_press(
    app: Flask, visit: Visit, session: Session, cast: Cast
) -> None:
    """A new form fails here until it is made with `ui.csrf()`; records have ids of their own."""
    devices.register(session, by(cast.lead), NOW, name="Bench", location=cast.lead.location)
    for person in (cast.staff, cast.admin):
        lifecycle.start(session, by(person), NOW, "pack", subject=person.name, assignee=person)
    session.commit()
    seen = set()
    for who in (cast.admin, cast.lead, cast.staff):
        visitor = visit(who)
        for page in (*PAGES, "/runs/1", "/runs/2", "/people/1", "/sops/pack/diff"):
            for form in forms_in(visitor.get(page).text):
                if form.method.lower() == "post":
                    ids = form.fields.get("form_id") or form.fields.get("id") or [""]
                    assert re.fullmatch(r"[0-9a-f-]{36}", ids[0]), f"{page}: the form to {form.action}"
                    seen.add(ids[0])
    assert len(seen) > 100
