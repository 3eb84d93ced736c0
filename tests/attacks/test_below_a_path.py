"""Below a path of a host that others share: nothing that somebody typed goes to the neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.actors import by
from tests.support.forms import Form, forms_in
from tests.support.installation import NOW, Cast, Visitor
from tracker.domain.runs import lifecycle
from tracker.models import LoginSession, Person, Run

Visit = Callable[[Person | None], Visitor]
BELOW: dict[str, Any] = {"environ_overrides": {"SCRIPT_NAME": "/ops"}}
TEXT = "what took me five minutes to write"


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    made = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="7", assignee=cast.staff)
    session.commit()
    return made


def shown_again(answer: TestResponse) -> Form:
    assert TEXT in answer.text
    return next(form for form in forms_in(answer.text) if [TEXT] in form.fields.values())


def test_a_refused_form_is_sent_again_to_us(visit: Visit, run: Run, cast: Cast) -> None:
    sam = visit(cast.staff)
    form = {"reason": TEXT, "password": "none of the neighbours’ business"}
    assert sam.post(f"/runs/{run.id}/pause", {"reason": TEXT}, **BELOW).status_code == 303
    again = shown_again(sam.post(f"/runs/{run.id}/pause", form, **BELOW))
    assert again.action == f"/ops/runs/{run.id}/pause"


def test_a_form_that_waited_for_a_sign_in_is_sent_again_to_us(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    sam = visit(cast.staff)
    token = sam._token
    session.execute(update(LoginSession).values(ended_at=NOW))
    session.commit()
    kept = sam.post(f"/runs/{run.id}/pause", {"reason": TEXT, "csrf_token": token}, **BELOW)
    place = kept.location.partition("next=")[2].removeprefix("/ops")
    answer = visit(cast.staff).get(place, **BELOW)
    assert shown_again(answer).action == f"/ops/runs/{run.id}/pause"


def test_an_outdated_form_is_sent_again_to_us(visit: Visit, cast: Cast) -> None:
    ada = visit(cast.admin)
    form = {"name": TEXT, "access": "staff", "made_from": "{}"}
    answer = ada.post(f"/people/{cast.staff.id}", form, **BELOW)
    assert answer.status_code == 409
    assert shown_again(answer).action == f"/ops/people/{cast.staff.id}"


@pytest.mark.parametrize(
    "target", ["/wiki", "/ops/%2e%2e/wiki", "/opsx", "//evil.example", "/\\evil.example"]
)
def test_who_is_signed_in_already_is_led_to_no_neighbour(visit: Visit, cast: Cast, target: str) -> None:
    answer = visit(cast.staff).get("/login", query_string={"next": target}, **BELOW)
    assert (answer.status_code, answer.location) == (302, "/ops/")


def test_the_sites_search_box_leads_to_pages_of_ours(visit: Visit, cast: Cast) -> None:
    hits = visit(cast.staff).get("/search/site?q=pack", **BELOW).json["hits"]
    assert hits and all(hit["address"].startswith("/ops/docs/") for hit in hits)
