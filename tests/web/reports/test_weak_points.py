"""All weak points: bands in words, filters in the address, what is being done."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.support.closed import close, spread
from tests.support.installation import Cast, Visitor
from tests.support.reading import words
from tracker.domain.weakpoints import refresh
from tracker.models import Person, Revision, Sop, Verdict
from tracker.worker import counting

Visit = Callable[[Person | None], Visitor]
NOW = datetime.now(UTC)
START = NOW.date() - timedelta(days=85)


@pytest.fixture
def counted(session: Session) -> None:
    """Pack and count with a weak step each, and one that has come up five times."""
    session.execute(update(Revision).values(published_at=NOW - timedelta(days=100)))
    few = {"flyer": {"na": 415, "skipped": 2}}
    fine = {key: {"failed": 2} for key in ("scan", "box", "hand")}
    close(session, "pack", spread(420, few | fine | {"weigh": {"failed": 90}}, START, 86), "1")
    close(session, "count", spread(100, {"lock": {"failed": 1}, "pieces": {"omitted": 20}}, START, 86), "1")
    session.rollback()
    counting.fold(session, NOW)
    refresh.refresh(session, NOW)


def test_those_to_fix_first_stand_first(visit: Visit, cast: Cast, counted: None) -> None:
    page = visit(cast.owner).get("/weak-points").text
    assert "1 step is worth fixing first; 1 more is above what is accepted" in page
    assert "90 of 420 failed" in words(page)
    assert "Count the pieces" not in page
    watched = visit(cast.owner).get("/weak-points?band=watch").text
    assert "20 of 100 omitted" in words(watched) and "90 of 420" not in words(watched)


def test_thin_data_has_no_rate(visit: Visit, cast: Cast, counted: None) -> None:
    page = visit(cast.owner).get("/weak-points?band=too-early").text
    assert "2 of 5 skipped" in words(page) and "plausibly" not in page and "a month" not in page


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("area=Fulfillment", True), ("area=Inventory", False), ("sop=pack", True), ("sop=count", False),
        ("kind=failed", True), ("kind=omitted", False), ("mine=yes", True),
    ],
)  # fmt: skip
def test_filters_stand_in_the_address(
    visit: Visit, cast: Cast, counted: None, asked: str, there: bool
) -> None:
    olga = visit(cast.owner)
    assert ("90 of 420" in words(olga.get(f"/weak-points?band=fix-first&{asked}").text)) is there
    assert ("weigh" in olga.get(f"/weak-points.csv?{asked}&band=fix-first").text) is there


@pytest.mark.parametrize("asked", ["band=worst", "kind=done", "page=0"])
def test_what_is_no_filter_is_refused(visit: Visit, cast: Cast, asked: str) -> None:
    assert visit(cast.owner).get(f"/weak-points?{asked}").status_code == 422


def test_only_what_one_answers_for(visit: Visit, cast: Cast, counted: None) -> None:
    iris = visit(cast.area_owner)
    for path in ("/weak-points?band=fix-first", "/weak-points?band=watch", "/weak-points.csv"):
        assert "weigh" not in iris.get(path).text.lower(), path
    assert "pieces" in iris.get("/weak-points.csv").text


def test_what_is_being_done(visit: Visit, cast: Cast, session: Session, counted: None) -> None:
    assert "Nothing has been changed yet." in visit(cast.owner).get("/weak-points").text
    revision = session.get_one(Sop, "pack").in_force_id
    figures = {
        "before_count": 40,
        "before_n": 200,
        "after_count": 10,
        "after_n": 50,
        "planned": 200,
        "more": 150,
    }
    session.add(
        Verdict(revision_id=revision, step_key="weigh", kind="failed", sop_id="pack", word="early", **figures)
    )
    session.commit()
    page = visit(cast.owner).get("/weak-points").text
    assert "A new revision is being tried: about 150 more runs will tell." in page


def test_a_step_that_is_no_longer_there_is_left_out(
    visit: Visit, cast: Cast, session: Session, counted: None
) -> None:
    sop = session.get_one(Sop, "pack")
    assert sop.in_force
    step = next(step for step in sop.in_force.steps if step.key == "weigh")
    step.key = "weigh-again"
    session.commit()
    assert "90 of 420" not in words(visit(cast.owner).get("/weak-points").text)


def test_nothing_counted_yet(visit: Visit, cast: Cast) -> None:
    page = visit(cast.owner).get("/weak-points").text
    assert "Nothing to judge yet." in page and "No closed run is counted yet." in page


def test_nothing_to_fix_first_is_said(visit: Visit, cast: Cast, counted: None) -> None:
    page = visit(cast.owner).get("/weak-points?band=fix-first&kind=omitted").text
    assert "Nothing to fix first." in page and "with a certainty of 90%." in page


def test_past_the_last_page_it_does_not_say_that_nothing_is_weak(
    visit: Visit, cast: Cast, counted: None
) -> None:
    page = visit(cast.owner).get("/weak-points?band=fix-first&page=9")
    assert page.status_code == 200 and "Nothing here." in page.text and "Nothing to fix" not in page.text


def test_all_can_be_taken_along(visit: Visit, cast: Cast, counted: None) -> None:
    answer = visit(cast.owner).get("/weak-points.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    first = rows[0]
    assert (first["sop"], first["step"], first["kind"], first["band"]) == (
        "pack",
        "weigh",
        "failed",
        "fix-first",
    )
    assert (first["count"], first["n"], first["owner"], first["flagged"]) == ("90", "420", "olga", "True")
    assert len(rows) == 7 * 3
