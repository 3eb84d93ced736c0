"""What needs an owner's decision this week: words first, each claim one click from its records."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.support.closed import close, spread
from tests.support.installation import Cast, Visitor
from tests.support.reading import words
from tracker.domain.weakpoints import refresh
from tracker.models import Figure, Person, Revision, Run, Sop, SpotCheck, Verdict
from tracker.worker import counting

Visit = Callable[[Person | None], Visitor]
NOW = datetime.now(UTC)  # pages ask the clock
TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=100)


@pytest.fixture
def counted(session: Session) -> Callable[[], None]:
    """What the worker does beside the requests."""

    def look() -> None:
        session.rollback()
        counting.fold(session, NOW)
        refresh.refresh(session, NOW)

    return look


@pytest.fixture
def packed(session: Session) -> None:
    """Ninety days of pack, where the parcel fails to be weighed in one of seven."""
    session.execute(update(Revision).values(published_at=LONG_AGO))
    steps = {key: {"failed": 2} for key in ("scan", "box", "hand")} | {"weigh": {"failed": 60}}
    close(session, "pack", spread(420, steps, TODAY - timedelta(days=85), 86), "1")


def test_an_empty_installation_says_so(visit: Visit, cast: Cast) -> None:
    page = visit(cast.owner).get("/overview").text
    assert "No run is closed yet" in page and "Nobody runs these" not in page
    assert "Not counted yet" in page and "holdfast serve" in page
    assert "Nothing to decide yet." in page and "Choose an SOP to start</a>" in page


def test_runs_that_are_not_counted_are_said_to_wait(visit: Visit, cast: Cast, packed: None) -> None:
    page = visit(cast.owner).get("/overview").text
    assert "The closed runs wait to be counted" in page and "Nothing to decide yet." not in page


def test_below_ten_runs_it_is_too_early(
    visit: Visit, cast: Cast, session: Session, counted: Callable[[], None]
) -> None:
    close(session, "pack", spread(9, {"weigh": {"failed": 3}}, TODAY, 1), "1")
    counted()
    page = visit(cast.owner).get("/overview").text
    assert "Too early to show a weak point: 9 runs are closed so far." in page and "%" not in page.replace(
        "%20", ""
    )


def test_nothing_to_decide_says_in_how_many_runs(
    visit: Visit, cast: Cast, session: Session, counted: Callable[[], None]
) -> None:
    steps: dict[str, dict[str, int]] = {key: {} for key in ("scan", "weigh", "box", "hand")}
    close(session, "pack", spread(1240, steps, TODAY - timedelta(days=60), 60), "1")
    counted()
    page = visit(cast.owner).get("/overview").text
    assert (
        "No weak point can be shown in 1\u202f240 runs of the last 90 days." in page
        and "Nothing needs a decision." in page
    )


def test_a_weak_step_is_a_claim_with_its_cost_and_its_records(
    visit: Visit, cast: Cast, packed: None, counted: Callable[[], None]
) -> None:
    counted()
    page = visit(cast.owner).get("/overview").text
    assert "1 step needs a decision." in page and "Fix first" in page
    assert "60 of 420 failed" in words(page) and "(plausibly 11% to 18%)" in page
    assert "about 20 failed a month" in page and "Olga" in page and "Nothing has been changed yet." in page
    assert "/closed-runs?sop=pack&amp;step=weigh&amp;what=failed&amp;since=" in page
    assert "Counted" in page and "ago" in page


def test_only_what_one_answers_for(
    visit: Visit, cast: Cast, packed: None, counted: Callable[[], None]
) -> None:
    counted()
    page = visit(cast.area_owner).get("/overview").text
    assert "Weigh the parcel" not in page and "Pack an order" not in page and "Count a shelf" in page
    table = visit(cast.area_owner).get("/overview.csv").text
    assert "Pack an order" not in table and "Count a shelf" in table


def test_a_retired_sop_needs_no_decision(
    visit: Visit, cast: Cast, session: Session, packed: None, counted: Callable[[], None]
) -> None:
    session.get_one(Sop, "pack").retired_at = NOW
    session.commit()
    counted()
    page = visit(cast.owner).get("/overview").text
    assert "Weigh the parcel" not in page and "Pack an order" in page and "retired" in page
    assert refresh.for_sop(session, "pack")["weigh", "failed"].flagged  # its own page still says so


def test_a_retired_sop_is_not_fixed_before_what_is_in_use(
    visit: Visit, cast: Cast, session: Session, packed: None, counted: Callable[[], None]
) -> None:
    session.get_one(Sop, "pack").retired_at = NOW
    close(session, "count", spread(50, {"lock": {"omitted": 20}}, TODAY - timedelta(days=85), 86), "1")
    counted()
    assert refresh.for_sop(session, "count")["lock", "omitted"].band == "fix-first"
    page = visit(cast.owner).get("/overview").text
    assert "Fix first" in page and "20 of 50 omitted" in words(page)


def test_sops_that_nobody_runs(
    visit: Visit, cast: Cast, session: Session, packed: None, counted: Callable[[], None]
) -> None:
    close(session, "count", spread(5, {"lock": {}}, TODAY - timedelta(days=60), 2), "1")
    counted()
    page = (
        visit(cast.owner).get("/overview").text.partition("Nobody runs these")[2].partition("</section>")[0]
    )
    assert "Count a shelf" in page and "last run" in page and "Open the shop" in page and "never run" in page
    assert "Pack an order" not in page


@pytest.mark.parametrize(("days", "said"), [(95, "review due"), (120, None), (90, "review was due")])
def test_reviews_that_are_due(
    visit: Visit, cast: Cast, session: Session, counted: Callable[[], None], days: int, said: str | None
) -> None:
    sop = session.get_one(Sop, "count")
    assert sop.in_force
    sop.reviewed_at, sop.in_force.meta = (
        NOW - timedelta(days=92),
        replace(sop.in_force.meta, review=days),
    )
    close(session, "pack", spread(20, {"scan": {}}, TODAY, 1), "1")
    counted()
    page = visit(cast.owner).get("/overview").text.partition("To be read again")[2].partition("</section>")[0]
    assert (said in page and "Count a shelf" in page) if said else not page


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("better", "is better since revision 1"),
        ("worse", "is worse since revision 1"),
        ("same", "is as it was"),
    ],
)
def test_revisions_that_did_or_did_not_help(
    visit: Visit,
    cast: Cast,
    session: Session,
    packed: None,
    counted: Callable[[], None],
    word: str,
    says: str,
) -> None:
    revision = session.get_one(Sop, "pack").in_force_id
    figures = {
        "before_count": 40,
        "before_n": 200,
        "after_count": 10,
        "after_n": 200,
        "planned": 200,
        "more": 0,
    }
    session.add(
        Verdict(
            revision_id=revision, step_key="scan", kind="skipped", sop_id="pack", word=word, low=-0.2,
            high=-0.1, decided_on=TODAY - timedelta(days=3), **figures,
        )
    )  # fmt: skip
    session.commit()
    counted()
    page = visit(cast.owner).get("/overview").text
    assert says in page and "skipped 40 of 200 before, 10 of 200 after" in words(page)


def test_areas_are_compared(
    visit: Visit, cast: Cast, session: Session, packed: None, counted: Callable[[], None]
) -> None:
    close(session, "count", spread(50, {"lock": {"omitted": 10}}, TODAY, 1), "1")
    counted()
    page = visit(cast.owner).get("/overview").text.partition("Areas compared")[2].partition("</table>")[0]
    assert page.index("Fulfillment") < page.index("Inventory") and ">20%<" in page


def test_an_area_with_few_instances_has_no_share(
    visit: Visit, cast: Cast, session: Session, packed: None, counted: Callable[[], None]
) -> None:
    close(session, "count", spread(9, {"lock": {"omitted": 3}}, TODAY, 1), "1")
    counted()
    page = visit(cast.owner).get("/overview").text.partition("Areas compared")[2].partition("</table>")[0]
    assert 'what=omitted&amp;area=Inventory">3</a>' in page and "33%" not in page


def test_as_written_is_explained_where_it_stands(
    visit: Visit, cast: Cast, session: Session, packed: None, counted: Callable[[], None]
) -> None:
    close(session, "count", spread(20, {"lock": {"omitted": 3}}, TODAY, 1), "1")
    counted()
    areas = words(visit(cast.owner).get("/overview").text.partition("Areas compared")[2])
    assert "As written: how closely runs follow their SOP on average. 100% is a run in which every" in areas
    assert re.search(r"Of all steps, \d+ \w+( \d+)? – \d+ \w+", areas)


def test_the_overview_can_be_taken_along(
    visit: Visit, cast: Cast, packed: None, counted: Callable[[], None]
) -> None:
    counted()
    answer = visit(cast.owner).get("/overview.csv")
    rows = {row["sop"]: row for row in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))}
    assert (rows["pack"]["runs"], rows["pack"]["failed"]) == ("420", "66")
    assert rows["count"]["runs"] == "0"


def test_other_pages_have_a_line_where_there_is_something(
    visit: Visit, cast: Cast, session: Session, packed: None, counted: Callable[[], None]
) -> None:
    counted()
    assert "Load, people, spot checks" not in visit(cast.owner).get("/overview").text
    days = [[40 + day, 40 + day, 1] for day in range(60)]
    data = {"days": days, "curve": [], "digest": [], "per_person": False, "early": 0, "unit": "order"}
    ceiling = {"ceiling": 80.0, "low": 70.0, "high": 90.0, "busiest": 99.0}
    session.add(Figure(name="ceiling", at=NOW, data=data | ceiling))
    session.add(Figure(name="key people", at=NOW, data={"rows": [["pack", cast.staff.id, 380, 420]]}))
    run = session.scalars(select(Run)).first()
    assert run
    session.add(SpotCheck(run_id=run.id, signal="limit", found_at=NOW, data={}))
    session.commit()
    assert "1 run is worth a look: filled in late, or alike." in visit(cast.owner).get("/overview").text
    other = session.scalars(select(Run).where(Run.id != run.id)).first()
    assert other
    session.add(SpotCheck(run_id=other.id, signal="burst", found_at=NOW, data={}))
    session.commit()
    page = visit(cast.owner).get("/overview").text
    assert "Errors begin to climb near 80" in page and 'href="/load"' in page
    assert "Pack an order hangs on one person: Sam completed 380 of 420 runs." in words(page)
    assert "1 run of Pack an order was ticked faster than the work takes, on " in page
    assert 'href="/spot-checks?sop=pack"' in page
    assert "1 more run is worth a look." in page and 'href="/spot-checks"' in page
    theirs = visit(cast.area_owner).get("/overview").text
    assert (
        "Errors begin" not in theirs
        and "Sam" not in theirs
        and "worth a look" not in theirs
        and "ticked faster" not in theirs
    )


def test_whom_an_sop_names_finds_their_own_figures_and_nothing_else(
    visit: Visit, cast: Cast, session: Session, packed: None, counted: Callable[[], None]
) -> None:
    counted()
    pack = session.get_one(Sop, "pack")
    pack.owner_name = pack.owner_key = cast.staff.login
    session.commit()
    sam = visit(cast.staff)
    assert (
        'href="/overview"' in sam.get("/").text and 'href="/overview"' not in visit(cast.lead).get("/").text
    )
    page = sam.get("/overview").text
    assert "1 SOP names you as its owner: Pack an order ." in words(page)
    assert "60 of 420 failed" in words(page) and "Count a shelf" not in page
    assert "shelf-keeper" not in page  # whose SOP is none of theirs
    (address,) = set(re.findall(r'href="([^"]+what=failed[^"]+since=[^"]+)"', page))
    runs = sam.get(unescape(address))
    assert "60 runs" in words(runs.text)
    run = re.search(r'href="(/runs/\d+)"', runs.text)
    assert run and sam.get(run[1]).status_code == 200
    for path in (
        "/weak-points",
        "/sops/pack/steps/weigh",
        "/sops/pack/revisions",
        "/sops/pack",
        "/load",
        "/dependency",
    ):
        answer = sam.get(path)
        assert answer.status_code == 200 and "Count a shelf" not in answer.text, path
    assert sam.get("/sops/count").status_code == sam.get("/closed-runs?sop=count").status_code == 403


def test_an_owner_is_told_what_they_answer_for(visit: Visit, cast: Cast) -> None:
    assert "You answer for the area Inventory." in words(visit(cast.area_owner).get("/overview").text)
    page = words(visit(cast.owner).get("/overview").text)
    assert "You answer for all SOPs. 1 SOP names you as its owner: Pack an order ." in page
