"""QR codes on paper: of an SOP, of all SOPs of an area, of a run; with the address that phones use."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import AppWith
from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.domain.runs import lifecycle, subjects
from tracker.models import Person, Run, Sop

Visit = Callable[[Person | None], Visitor]
HOST = "floor.example:8000"
ADDRESS = {"HOLDFAST_ADDRESS": f"http://{HOST}"}
WARNING = "This address works on this machine only."


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    found = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="<1042>", assignee=cast.staff)
    subjects.add_alias(session, by(cast.staff), NOW, found, "tote 9")
    session.commit()
    return found


def test_a_sheet_says_what_it_is_for_and_the_address(cast: Cast, app_with: AppWith) -> None:
    app = app_with(ADDRESS)
    page = Visitor(app, cast.staff, HOST).get("/start/pack/sheet").text
    assert "<h2>Pack an order</h2>" in page and f'">http://{HOST}/start/pack</p>' in page and "<svg" in page
    assert WARNING not in page


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1"])
def test_an_address_that_no_phone_can_use_is_warned_of(cast: Cast, app: Flask, host: str) -> None:
    assert WARNING in Visitor(app, cast.staff, host).get("/start/pack/sheet").text


def test_an_area_is_printed_as_far_as_one_may_start_it(cast: Cast, visit: Visit) -> None:
    sam, oskar = visit(cast.staff), visit(cast.outsider)
    assert "/start/pack</p>" in sam.get("/sheets?area=Fulfillment").text
    assert oskar.get("/sheets?area=Fulfillment").status_code == 404  # packing is not his job
    assert "/start/opening</p>" in oskar.get("/sheets?area=").text
    assert sam.get("/sheets?area=Nowhere").status_code == 404


def test_a_run_has_a_label_for_those_who_may_see_it(
    cast: Cast, visit: Visit, app: Flask, run: Run, app_with: AppWith
) -> None:
    page = Visitor(app_with(ADDRESS), cast.staff, HOST).get(f"/runs/{run.id}/sheet").text
    assert "order &lt;1042&gt;" in page and "tote 9" in page and f"http://{HOST}/runs/{run.id}</p>" in page
    for what in ("sheet", "qr"):
        assert visit(cast.outsider).get(f"/runs/{run.id}/{what}").status_code == 403


def test_the_image_is_an_svg_that_runs_nothing(cast: Cast, visit: Visit, run: Run) -> None:
    for path in ("/start/pack/qr", f"/runs/{run.id}/qr"):
        answer = visit(cast.staff).get(path)
        assert answer.mimetype == "image/svg+xml" and "sandbox" in answer.headers["Content-Security-Policy"]
        assert ElementTree.fromstring(answer.text).tag == "{http://www.w3.org/2000/svg}svg"


def test_a_retired_or_unknown_sop_has_no_code(session: Session, cast: Cast, visit: Visit) -> None:
    session.get_one(Sop, "pack").retired_at = NOW
    session.commit()
    sam = visit(cast.staff)
    for what in ("sheet", "qr"):
        assert sam.get(f"/start/pack/{what}").status_code == 409
        assert sam.get(f"/start/nothing/{what}").status_code == 404


def test_codes_are_reached_from_where_they_are_needed(cast: Cast, visit: Visit, run: Run) -> None:
    sam = visit(cast.staff)
    assert 'href="/start/pack/sheet"' in sam.get("/start/pack").text
    assert 'href="/sheets?area=Fulfillment"' in sam.get("/search").text
    assert f'href="/runs/{run.id}/sheet"' in sam.get(f"/runs/{run.id}").text
    assert 'href="/start/pack/sheet"' in visit(cast.owner).get("/library").text
