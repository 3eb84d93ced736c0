"""The queue of signatures: what was done with its evidence beside it, and after signing the next one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, PAY, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle, loading
from tracker.models import Person, Run, SignOff

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def refund(app: Flask, workspace: Path, session: Session, cast: Cast, run: Run) -> Run:
    """A run that waits for a signature of the whole, beside one of whose steps waits for one; due first."""
    (workspace / "sops/pay.md").write_text(PAY.replace("subject:", "due: 1h\nsubject:"))
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    found = lifecycle.start(session, by(cast.staff), NOW, "pay", subject="77", assignee=cast.staff)
    for key in ("receipt", "pay", "book"):
        record(session, cast, found, key)
    record(session, cast, run, "address", note="to Bonn")
    session.commit()
    return found


def record(session: Session, cast: Cast, run: Run, key: str, **more: str) -> None:
    recording.record(session, by(cast.staff), NOW, run, record_id=new_id(), step_key=key, kind="done", **more)


def forms(page: str) -> list[tuple[str, dict[str, str]]]:
    """Where each form of the queue is sent, and what it brings besides the password."""
    found = []
    for part in page.split('class="hf-panel hf-queue"')[1:]:
        address = re.search(r'action="(/runs/\d+/signoffs[^"]*)"', part)
        thing = re.search(r'name="(record|seen)" value="([\w-]+)"', part)
        login = re.search(r'name="login"[^>]* value="(\w+)"', part)
        assert address and thing and login
        found.append((address[1].replace("&amp;", "&"), {thing[1]: thing[2], "login": login[1]}))
    return found


def test_one_after_the_other_is_signed(visit: Visit, cast: Cast, session: Session, refund: Run) -> None:
    lena = visit(cast.lead)
    page = lena.get("/signoffs").text
    assert "2 wait for your signature" in page
    assert page.index("Pay a refund") < page.index("Ship an order")  # due first
    for words in ("to Bonn", "The money is on its way.", "I have checked this", "Read the receipt"):
        assert words in page
    assert "2 wait for your signature" in lena.get("/board").text and "2 things" in lena.get("/").text
    (address, form), _ = forms(page)
    answer = lena.post(address, form | {"password": PASSWORD, "verdict": "signed"})
    assert (answer.status_code, answer.location) == (303, "/signoffs")
    page = lena.get("/signoffs").text
    assert "Lena has signed: Pay a refund · refund 77." in page and "1 waits for your signature" in page
    ((address, form),) = forms(page)
    back = form | {"password": PASSWORD, "verdict": "rejected", "reason": "Wrong street"}
    assert lena.post(address, back).status_code == 303
    page = lena.get("/signoffs").text
    assert "Sent back: Ship an order · order 1042." in page and "Nothing waits for your signature" in page
    session.rollback()
    assert loading.whole(refund, loading.states(refund)).signed is not None  # type: ignore[union-attr]


def test_what_is_wrong_is_said_on_the_same_page(visit: Visit, cast: Cast, refund: Run) -> None:
    lena = visit(cast.lead)
    (address, form), _ = forms(lena.get("/signoffs").text)
    wrong = form | {"password": "guess", "verdict": "rejected", "reason": "The amount is wrong"}
    answer = lena.post(address, wrong)
    assert answer.status_code == 403 and "Name or password is wrong" in answer.text
    assert "The amount is wrong</textarea>" in answer.text and "2 wait for your signature" in answer.text
    sam = lena.post(address, form | {"login": "sam", "password": PASSWORD, "verdict": "signed"})
    assert sam.status_code == 403 and "can’t sign this" in sam.text
    for _ in range(9):
        answer = lena.post(address, wrong | {"login": "otto"})
    assert answer.status_code == 429 and "2 wait for your signature" in answer.text


def test_what_another_has_signed_meanwhile_is_gone(
    visit: Visit, cast: Cast, session: Session, refund: Run
) -> None:
    lena, ada = visit(cast.lead), visit(cast.admin)
    (address, form), _ = forms(lena.get("/signoffs").text)
    given = form | {"password": PASSWORD, "verdict": "signed"}
    assert ada.post(address, given | {"login": "ada"}).status_code == 303
    late = lena.post(address, given)
    assert late.status_code == 409 and "Ada has signed this already" in late.text
    assert "1 waits for your signature" in late.text
    session.rollback()
    assert len(session.scalars(select(SignOff)).all()) == 1


def test_of_one_run(visit: Visit, cast: Cast, run: Run, refund: Run) -> None:
    lena = visit(cast.lead)
    page = lena.get(f"/signoffs?run={run.id}").text
    assert "1 waits for your signature" in page and "Pay a refund" not in page
    ((address, form),) = forms(page)
    answer = lena.post(address, form | {"password": PASSWORD, "verdict": "signed"})
    assert answer.location == f"/signoffs?run={run.id}"
    assert "Nothing waits for your signature" in lena.get(answer.location).text


def test_it_is_read_page_by_page_and_counts_all(
    visit: Visit, cast: Cast, session: Session, refund: Run
) -> None:
    for number in range(11):
        moment = NOW + timedelta(seconds=number)
        found = lifecycle.start(
            session, by(cast.staff), moment, "ship", subject=f"S{number}", assignee=cast.staff
        )
        record(session, cast, found, "address")
    session.commit()
    lena = visit(cast.lead)
    first, second = (lena.get(f"/signoffs?page={page}").text for page in (1, 2))
    assert "13 wait for your signature" in first and "13 wait for your signature" in second
    assert (len(forms(first)), len(forms(second))) == (10, 3)
    assert len(forms(lena.get("/signoffs?page=9").text)) == 3


def test_nobody_is_asked_for_what_is_not_theirs(visit: Visit, cast: Cast, refund: Run) -> None:
    for person in (cast.staff, cast.outsider, cast.other_lead):
        assert "Nothing waits for your signature" in visit(person).get("/signoffs").text


def test_who_was_disabled_meanwhile_signs_nothing(
    visit: Visit, cast: Cast, session: Session, refund: Run
) -> None:
    ada = visit(cast.admin)
    (address, form), _ = forms(ada.get("/signoffs").text)
    session.get_one(Person, cast.lead.id).disabled_at = NOW
    session.commit()
    answer = ada.post(address, form | {"login": "lena", "password": PASSWORD, "verdict": "signed"})
    assert answer.status_code == 403 and "nothing is signed" in answer.text
    assert not session.scalars(select(SignOff)).all()
