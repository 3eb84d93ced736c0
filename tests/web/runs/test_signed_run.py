"""The run page leads from the last step to the second person's signature, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, PAY, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def refund(app: Flask, workspace: Path, session: Session, cast: Cast) -> Run:
    (workspace / "sops/pay.md").write_text(PAY)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "pay", subject="77", assignee=cast.staff)
    session.commit()
    return run


def do(visitor: Visitor, run: Run, step: str) -> str:
    record = str(new_id())
    answer = visitor.htmx(f"/runs/{run.id}/records", {"id": record, "step": step, "kind": "done"})
    assert answer.status_code == 200
    return answer.text


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found, "nothing waits for a signature"
    return found[1]


def test_from_the_last_step_to_the_closed_run(visit: Visit, cast: Cast, refund: Run) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    place = f"/runs/{refund.id}"
    assert "When every step has its record, a second person signs this run" in sam.get(place).text
    for step in ("receipt", "pay"):
        do(sam, refund, step)
    answer = do(sam, refund, "book")
    assert "Somebody signs here" in answer and "Close this run" not in answer
    form = {"seen": seen(answer), "login": "lena", "password": PASSWORD, "verdict": "signed"}
    own = sam.htmx(f"{place}/signoffs", form | {"login": "sam"})
    assert own.status_code == 403 and "can’t sign this. It is for: quality" in own.text
    page = lena.get(place).text
    assert "By signing you say: <q>The money is on its way.</q>" in page
    back = lena.post(f"{place}/signoffs", form | {"verdict": "rejected", "reason": "Wrong amount"})
    assert back.status_code == 303
    page = sam.get(place).shown
    assert "sent it back" in page and "Wrong amount" in page and "Close this run" not in page
    assert "Wrong amount" in sam.post(f"{place}/close").text
    assert lena.htmx(f"{place}/signoffs", form).status_code == 409
    answer = do(sam, refund, "pay")
    assert "Wrong amount" not in answer
    stale = lena.htmx(f"{place}/signoffs", form)
    assert stale.status_code == 409 and "since you looked" in stale.text
    answer = sam.htmx(f"{place}/signoffs", form | {"seen": seen(answer)}).text
    assert "signed by Lena: <q>The money is on its way.</q>" in answer and "Close this run" in answer
    assert sam.post(f"{place}/close").status_code == 303
    assert "signed by Lena" in sam.get(place).text
    told = sam.get(f"{place}/history").text
    assert "sent the run back: Wrong amount" in told
    assert "signed the whole run: <q>The money is on its way.</q>" in told


def test_a_lead_lets_it_be_closed_without(visit: Visit, cast: Cast, refund: Run) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    place = f"/runs/{refund.id}"
    assert "Let it be closed without a signature" not in sam.get(place).text
    assert "Let it be closed without a signature" in lena.get(place).text
    assert lena.post(f"{place}/overrides", {"step": "", "reason": "Nobody is here"}).status_code == 303
    assert "without a signature: Nobody is here" in lena.get(f"{place}/history").text
    page = sam.get(place).shown
    assert "A lead lets this run be closed" in page and "Close this run" not in page
    page = do(sam, refund, "pay")
    assert "Close this run" in page


@pytest.mark.parametrize("given", ["", "x", "0" * 32])
def test_what_nobody_has_seen_is_not_signed(visit: Visit, cast: Cast, refund: Run, given: str) -> None:
    form = {"seen": given, "login": "lena", "password": PASSWORD, "verdict": "signed"}
    assert visit(cast.lead).htmx(f"/runs/{refund.id}/signoffs", form).status_code in (409, 422)
