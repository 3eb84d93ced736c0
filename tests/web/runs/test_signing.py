"""Signing asks who signs, also on the phone of whoever did the step; nothing is signed in somebody's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, SHIP, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.runs import lifecycle
from tracker.models import Person, Record, Run, SignOff

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def done(visit: Visit, cast: Cast, run: Run) -> str:
    """The record of a step that waits for a signature."""
    record_id = str(new_id())
    form = {"id": record_id, "step": "address", "kind": "done"}
    assert visit(cast.staff).post(f"/runs/{run.id}/records", form).status_code == 303
    return record_id


def signed(record: str, login: str, password: str = PASSWORD, **more: str) -> dict[str, Any]:
    return {"record": record, "login": login, "password": password, "verdict": "signed"} | more


def signatures(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Person.login).join(SignOff, SignOff.person_id == Person.id)))


def test_a_lead_signs_what_stands_on_her_today_page(
    visit: Visit, cast: Cast, session: Session, run: Run, done: str
) -> None:
    lena = visit(cast.lead)
    for page in ("/", "/signoffs", "/board"):
        answer = lena.get(page).text
        assert "1 thing waits for you" in answer or "1 waits for your signature" in answer, page
    assert "Check the address" in lena.get("/signoffs").text
    assert "This waits for your signature" in lena.get(f"/runs/{run.id}").text
    answer = lena.post(f"/runs/{run.id}/signoffs", signed(done, "lena"))
    assert answer.status_code == 303 and answer.location.startswith(f"/runs/{run.id}#step-")
    assert signatures(session) == ["lena"]
    page = lena.get(f"/runs/{run.id}").text
    assert "signed by Lena" in page and "waits for your signature" not in page
    assert "Nothing waits for your signature" in lena.get("/signoffs").text
    told = lena.get(f"/runs/{run.id}/history").text
    assert "signed “Check the address”: <q>I have checked this, and it is right.</q>" in told


def test_on_the_phone_of_whoever_did_it_somebody_else_signs(
    visit: Visit, cast: Cast, session: Session, run: Run, done: str
) -> None:
    sam = visit(cast.staff)
    page = sam.get(f"/runs/{run.id}").shown
    assert "Somebody signs here" in page and "Close this run" not in page
    assert "second person" in sam.post(f"/runs/{run.id}/close").text
    own = sam.htmx(f"/runs/{run.id}/signoffs", signed(done, "sam"))
    assert own.status_code == 403 and "Somebody else has to sign" in own.text
    answer = sam.htmx(f"/runs/{run.id}/signoffs", signed(done, "Lena "))
    assert answer.status_code == 200 and "signed by Lena" in answer.text
    assert signatures(session) == ["lena"]


WRONG = [("lena", "guess"), ("lena", ""), ("nobody", PASSWORD)]


@pytest.mark.parametrize(("login", "password"), WRONG)
def test_without_the_right_password_nothing_is_signed(
    visit: Visit, cast: Cast, session: Session, run: Run, done: str, login: str, password: str
) -> None:
    answer = visit(cast.lead).htmx(f"/runs/{run.id}/signoffs", signed(done, login, password))
    assert answer.status_code == 403 and "nothing is signed" in answer.text
    assert signatures(session) == []


def test_guessing_is_slowed(visit: Visit, cast: Cast, session: Session, run: Run, done: str) -> None:
    sam = visit(cast.staff)
    answers = [sam.htmx(f"/runs/{run.id}/signoffs", signed(done, "otto", f"guess {n}")) for n in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]


def test_somebody_from_elsewhere_can_not_sign(
    visit: Visit, cast: Cast, session: Session, run: Run, done: str
) -> None:
    answer = visit(cast.staff).htmx(f"/runs/{run.id}/signoffs", signed(done, "oskar"))
    assert answer.status_code == 403 and "Oskar can’t sign this" in answer.text
    assert signatures(session) == []


def test_sent_back_it_is_to_be_done_again(
    visit: Visit, cast: Cast, session: Session, run: Run, done: str
) -> None:
    lena = visit(cast.lead)
    without = lena.htmx(f"/runs/{run.id}/signoffs", signed(done, "lena", verdict="rejected"))
    assert without.status_code == 422 and "Say why" in without.text
    form = signed(done, "lena", verdict="rejected", reason="Wrong street")
    answer = lena.htmx(f"/runs/{run.id}/signoffs", form)
    assert answer.status_code == 200 and "Wrong street" in answer.text
    session.rollback()
    found = session.scalars(select(Record.kind).where(Record.run_id == run.id).order_by(Record.id)).all()
    assert found == ["done", "undone", "failed"]
    assert "Put right: done now" in visit(cast.staff).get(f"/runs/{run.id}").text


@pytest.mark.parametrize("record", ["", "x", "0198c0de-0000-7000-8000-000000000001"])
def test_what_is_not_there_can_not_be_signed(
    visit: Visit, cast: Cast, session: Session, run: Run, done: str, record: str
) -> None:
    answer = visit(cast.lead).htmx(f"/runs/{run.id}/signoffs", signed(record, "lena"))
    assert answer.status_code in (409, 422) and signatures(session) == []


def test_a_step_of_a_role_says_whose_it_is(visit: Visit, cast: Cast, run: Run) -> None:
    sam = visit(cast.staff)
    assert "This step is for: checker" in sam.get(f"/runs/{run.id}").text
    form = {"id": str(new_id()), "step": "weigh", "kind": "done"}
    refused = sam.htmx(f"/runs/{run.id}/records", form)
    assert refused.status_code == 403 and "is for: checker" in refused.text


def test_who_has_written_what_is_wrong_has_not_signed_by_pressing_enter(
    visit: Visit, cast: Cast, session: Session, run: Run, done: str
) -> None:
    lena = visit(cast.lead)
    answer = lena.post(f"/runs/{run.id}/signoffs", signed(done, "lena", reason="Wrong street"))
    assert answer.status_code == 422 and "Send it back" in answer.text
    assert lena.post(f"/runs/{run.id}/signoffs", signed(done, "lena", verdict="")).status_code == 422
    assert signatures(session) == []


def test_the_history_says_that_a_signature_does_not_belong_there(
    visit: Visit, cast: Cast, session: Session, run: Run, done: str
) -> None:
    lena = visit(cast.lead)
    lena.post(f"/runs/{run.id}/signoffs", signed(done, "lena"))
    session.rollback()
    session.execute(text("DROP TRIGGER records_no_update"))
    session.execute(text("UPDATE records SET note = 'to Bonn' WHERE step_key = 'address'"))
    session.commit()
    assert "does not belong to what stands here" in lena.get(f"/runs/{run.id}/history").text
    session.execute(text("DROP TRIGGER sign_offs_no_delete"))
    session.execute(text("DELETE FROM sign_offs"))
    session.commit()
    assert "that signature is gone" in lena.get(f"/runs/{run.id}/history").text


def test_an_author_words_what_is_signed(
    app: Flask, workspace: Path, visit: Visit, cast: Cast, session: Session
) -> None:
    worded = SHIP.replace("#address .verify", '#address .verify meaning="The label is that of the order."')
    (workspace / "sops/ship.md").write_text(worded)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "ship", subject="1044", assignee=cast.staff)
    session.commit()
    record = str(new_id())
    visit(cast.staff).post(f"/runs/{run.id}/records", {"id": record, "step": "address", "kind": "done"})
    lena = visit(cast.lead)
    page = lena.get(f"/runs/{run.id}").text
    assert "By signing you say: <q>The label is that of the order.</q>" in page
    lena.post(f"/runs/{run.id}/signoffs", signed(record, "lena"))
    page = lena.get(f"/runs/{run.id}").text
    assert "signed by Lena: <q>The label is that of the order.</q>" in page and " UTC" in page
