"""Load, key people and spot checks as owners read them: in words, empty, thin and full."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from math import exp
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.support.installation import NOW, Cast, Visitor
from tests.support.reading import words
from tests.support.worked import closed_run, day_of_runs
from tracker.domain.facts import contributions, figures
from tracker.domain.signals import ceiling, flags
from tracker.models import Outcome, Person, Run, Sop, SpotCheck
from tracker.words.signals import near
from tracker.words.voice import Texts

Visit = Callable[[Person | None], Visitor]

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


def busy(session: Session, days: int = 90, kink: int = 150) -> None:
    dice = random.Random(4)
    for back in range(days):
        runs = max(20, round(dice.gauss(140, 35)))
        share = 1 / (1 + exp(3.6 - max(0, runs - kink) * 0.06))
        failed = sum(dice.random() < share for _ in range(runs))
        day_of_runs(session, YESTERDAY - timedelta(days=back), runs, failed)
    session.commit()
    ceiling.refresh(session, NOW)


@pytest.fixture
def worth(session: Session, cast: Cast) -> Run:
    floors = {"pack": {"weigh": 9.0, "box": 9.0, "flyer": 9.0}}
    figures.keep(session, NOW, flags.FLOORS, {"runs": 1, "of": floors})
    run = closed_run(session, cast.staff, NOW, [1, 1, 30])
    flags.judge(session, NOW, contributions.closed_runs(session, [run.id]))
    day_of_runs(session, TODAY, 1, by={cast.staff.id: 1})
    session.commit()
    return run


def test_before_anything_ran_each_page_says_what_will_be_there(visit: Visit, cast: Cast) -> None:
    olga = visit(cast.owner)
    assert "Not counted yet" in olga.get("/load").text
    assert "No run is closed yet." in olga.get("/dependency").text
    assert "No run is closed yet." in olga.get("/spot-checks").text


def test_the_load_says_where_errors_begin_to_climb(visit: Visit, cast: Cast, session: Session) -> None:
    busy(session)
    page = visit(cast.owner).get("/load").text
    assert (
        "Errors begin to climb near 1" in page
        and " orders a day; nothing is known above your busiest day (" in page
    )
    assert (
        "Plausibly between" in page and "<svg" in page and "hf-table" in page and "So far: 90 days," in page
    )
    assert "style=" not in page.split("<main")[1]


def test_a_busy_day_is_one_click_from_its_runs(visit: Visit, cast: Cast, session: Session) -> None:
    busy(session)
    page = visit(cast.owner).get("/load").text
    busiest = re.search(r"your busiest day \((\d+)\)", page)
    assert busiest and 'href="/load/' in page and re.search(rf"\d+ of {busiest[1]} runs", words(page))

    late = datetime(2025, 11, 10, 23, 30, tzinfo=UTC)  # in Berlin it is the 11th
    step = session.get_one(Sop, "pack").in_force.steps[0]  # type: ignore[union-attr]
    runs = [closed_run(session, cast.staff, late + timedelta(minutes=n), [1]) for n in range(3)]
    runs.append(closed_run(session, cast.staff, late - timedelta(hours=1), [1]))  # still the 10th
    for run in runs:
        run.location_id = cast.staff.location_id
    for run in runs[1:]:
        row = {"step_key": step.key, "sop_id": "pack", "revision_id": run.revision_id, "reason": "<torn>"}
        session.add(Outcome(**row, run_id=run.id, outcome="failed", closed_at=run.closed_at))
    day_of_runs(session, date(2025, 11, 11), 3, 2, place=cast.staff.location_id or 0)
    session.commit()
    olga = visit(cast.owner)
    page = olga.get("/load/2025-11-11").text
    assert "Tuesday, 11 November 2025: 3 runs were closed, a step failed in 2." in page
    assert re.findall(r'href="/runs/(\d+)"', page) == [str(runs[2].id), str(runs[1].id)]
    assert f"{step.name}: &lt;torn&gt;" in page
    assert olga.get("/load/2025-11-11?runs=all").text.count('href="/runs/') == 3
    assert "no run was closed." in olga.get("/load/2025-11-12?of=sop:pack").text
    assert "no run was closed." in visit(cast.area_owner).get("/load/2025-11-11").text


def test_a_day_with_few_runs_has_no_share(visit: Visit, cast: Cast, session: Session) -> None:
    for back in range(90):
        day_of_runs(session, YESTERDAY - timedelta(days=back), 4 + back % 3, 1)
    session.commit()
    ceiling.refresh(session, NOW)
    days = visit(cast.owner).get("/load").text.partition("The busiest days")[2].partition("</table>")[0]
    assert "1 of 6 runs" in words(days) and "%" not in days


@pytest.mark.parametrize("day", ["x", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_has_no_runs(visit: Visit, cast: Cast, day: str) -> None:
    answer = visit(cast.owner).get(f"/load/{day}")
    assert answer.status_code == 404 and "is no day" in answer.text


def test_a_load_without_a_ceiling_says_so(visit: Visit, cast: Cast, session: Session) -> None:
    busy(session, kink=900)
    page = visit(cast.owner).get("/load").text
    assert "No load can be shown at which errors begin to climb" in page and "Plausibly" not in page


def test_too_few_days_say_how_many_more(visit: Visit, cast: Cast, session: Session) -> None:
    busy(session, days=20)
    page = visit(cast.owner).get("/load").text
    assert "Too early to say at what load" in page and "It takes about 40 more days:" in page


def test_everybody_sees_the_load_of_what_they_answer_for(visit: Visit, cast: Cast, session: Session) -> None:
    day_of_runs(session, YESTERDAY, 100, 7)
    day_of_runs(session, YESTERDAY, 11, 1, sop_id="count")
    session.commit()
    ceiling.refresh(session, NOW)
    assert "111 runs" in words(visit(cast.owner).get("/load").text)
    assert "11 runs" in words(visit(cast.area_owner).get("/load").text)
    assert words(visit(cast.owner).get("/load?of=sop:pack").text).count("100 runs") == 1
    for name in ("sop:pack", "location:1", "area:Fulfillment", "nonsense"):
        assert visit(cast.area_owner).get(f"/load?of={name}").status_code == 404


@pytest.mark.parametrize(
    ("load", "said"), [(143.2, "140"), (72, "70"), (23.4, "23"), (4.4, "4.5"), (1_234, "1 230")]
)
def test_a_load_is_said_in_round_numbers(load: float, said: str) -> None:
    assert near(Texts("en"), load).replace("\u202f", " ") == said


def test_who_is_missed_when_away_is_named_with_who_could_stand_in(
    visit: Visit, cast: Cast, session: Session
) -> None:
    day_of_runs(session, TODAY, 30, by={cast.staff.id: 26, cast.lead.id: 4})
    day_of_runs(session, TODAY, 12, sop_id="count", by={cast.staff.id: 12})
    session.commit()
    page = visit(cast.owner).get("/dependency").text
    assert "1 SOP hangs on one person." in page
    assert f"{cast.staff.name} completed 26 of 30 runs." in words(page)
    assert f"having done it at least 3 times: {cast.lead.name}." in page
    assert "about 8 more runs" in page


def test_who_completed_a_run_is_one_click_from_what_hangs_on_them(
    visit: Visit, cast: Cast, session: Session
) -> None:
    day_of_runs(session, TODAY, 30, by={cast.staff.id: 27, cast.lead.id: 3})
    runs = [closed_run(session, cast.staff, NOW - timedelta(hours=n), [1, 1]) for n in (3, 2)]
    runs.append(closed_run(session, cast.lead, NOW - timedelta(hours=1), [1, 1]))
    closed_run(session, cast.lead, NOW - timedelta(days=120), [1, 1])  # too long ago
    closed_run(session, cast.lead, NOW, [1], sop_id="count")
    session.commit()
    olga = visit(cast.owner)
    assert 'href="/dependency/pack"' in olga.get("/dependency").text
    page = olga.get("/dependency/pack").text
    assert f"Pack an order: {cast.staff.name} completed 27 of 30 runs." in page
    listed = re.findall(r'href="/runs/(\d+)".*?Completed by">([^<]+)<', page)
    names = [cast.lead.name, cast.staff.name, cast.staff.name]
    assert listed == [(str(run.id), name) for run, name in zip(reversed(runs), names, strict=True)]
    assert olga.get("/dependency/nothing").status_code == 404
    assert visit(cast.area_owner).get("/dependency/pack").status_code == 404


def test_one_person_with_nobody_else_asks_to_teach_somebody(
    visit: Visit, cast: Cast, session: Session
) -> None:
    day_of_runs(session, TODAY, 25, by={cast.staff.id: 25})
    session.commit()
    page = visit(cast.owner).get("/dependency").text
    assert "Nobody else has done it 3 times." in page


def test_a_run_worth_a_look_is_one_click_away_and_names_nobody(visit: Visit, cast: Cast, worth: Run) -> None:
    page = visit(cast.owner).get("/spot-checks").text
    assert "1 run is worth a look." in page and f'href="/runs/{worth.id}"' in page
    assert "2 of 3 steps were ticked sooner after the one before than the work usually takes." in page
    assert cast.staff.name not in page.split("<main")[1] and "fake" not in page.lower()


def test_a_week_of_hasty_runs_is_told_in_a_sentence(visit: Visit, cast: Cast, session: Session) -> None:
    for back, sop in [(9, "pack"), (6, "pack"), (4, "pack"), (2, "count")]:
        run = closed_run(session, cast.staff, NOW - timedelta(days=back), [1, 1], sop_id=sop)
        run.location_id = cast.staff.location_id
        session.add(SpotCheck(run_id=run.id, signal="burst", found_at=NOW, data={"below": 2, "of": 2}))
    session.commit()
    olga = visit(cast.owner)
    first, last = (
        rf"{on.day} {on:%b}( {on.year})?" for on in (NOW - timedelta(days=9), NOW - timedelta(days=4))
    )
    said = rf"3 runs of Pack an order were ticked faster than the work takes, from {first} to {last}, in Ber"
    assert re.search(said, olga.get("/spot-checks").text)
    page = olga.get("/spot-checks?sop=pack").text
    assert "3 runs are worth a look." in page and re.search(said, page) and "1 run of" not in page
    assert page.count("were ticked sooner") == 3


@pytest.mark.parametrize(
    ("signal", "data", "said"),
    [
        (
            "shift-end",
            {"late": 10, "of": 16},
            "10 of the 16 runs of one shift were ticked in its last tenth.",
        ),
        ("same-answers", {"runs": 12}, "Exactly the same was measured in 12 runs in a row."),
        ("digits", {"step": "weigh", "at": "Weigh", "values": 80}, "The last digits of 80 values at “Weigh”"),
        (
            "limit",
            {"step": "weigh", "at": "Weigh", "values": 80, "inside": 14, "beside": 1, "limit": 30.0},
            "Of 80 values at “Weigh”, 14 lie just inside the limit of 30 and 1 a little further in",
        ),
    ],
)
def test_each_signal_says_why(
    visit: Visit, cast: Cast, session: Session, worth: Run, signal: str, data: dict[str, Any], said: str
) -> None:
    session.add(SpotCheck(run_id=worth.id, signal=signal, found_at=NOW, data=data))
    session.commit()
    assert said in visit(cast.owner).get("/spot-checks").text


def test_many_runs_come_in_pages(visit: Visit, cast: Cast, session: Session) -> None:
    for number in range(21):
        run = closed_run(session, cast.staff, NOW + timedelta(hours=number), [1, 1])
        session.add(SpotCheck(run_id=run.id, signal="burst", found_at=NOW, data={"below": 2, "of": 2}))
    session.commit()
    olga = visit(cast.owner)
    assert "21 runs are worth a look." in olga.get("/spot-checks").text
    assert olga.get("/spot-checks?page=2").text.count("were ticked sooner") == 1


def test_who_has_looked_notes_it_in_the_run(visit: Visit, cast: Cast, worth: Run) -> None:
    olga = visit(cast.owner)
    answer = olga.post(f"/runs/{worth.id}/spot-check", {"saw": "Ticked <after> the work."})
    assert answer.status_code == 303
    page = olga.get("/spot-checks").text
    assert "No run is worth a look, of 1 ." in words(page) and "you had a look" in page
    page = olga.get("/spot-checks?looked=yes").text
    assert "Ticked &lt;after&gt; the work." in page and cast.owner.name in page
    assert "had a look at how the run was done" in olga.get(f"/runs/{worth.id}/history").text
    assert olga.post(f"/runs/{worth.id}/spot-check", {"saw": "again"}).status_code == 409


def test_a_look_needs_words(visit: Visit, cast: Cast, worth: Run) -> None:
    assert visit(cast.owner).post(f"/runs/{worth.id}/spot-check", {"saw": " "}).status_code == 422


def test_who_does_not_answer_for_the_sop_neither_sees_nor_looks(visit: Visit, cast: Cast, worth: Run) -> None:
    iris = visit(cast.area_owner)
    assert f'href="/runs/{worth.id}"' not in iris.get("/spot-checks").text
    assert iris.post(f"/runs/{worth.id}/spot-check", {"saw": "fine"}).status_code == 403
