"""The board counts everything, shows what is due first, and can be taken along whole."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import assignment, handover, lifecycle, loading, subjects
from tracker.domain.work import bulk
from tracker.models import Event, Person, Run, Sop

Visit = Callable[[Person | None], Visitor]
LATELY = datetime.now(UTC)
"""What is started now is not late yet."""


def open_many(session: Session, cast: Cast, many: int) -> None:
    """Open runs of opening where the lead works, nobody's yet, each due a minute after the one before."""
    revision = session.get_one(Sop, "opening").in_force_id
    session.add_all(
        Run(
            ref=f"o{number}",
            sop_id="opening",
            revision_id=revision,
            subject_ref=f"{number}",
            location_id=cast.lead.location_id,
            started_at=NOW,
            due_at=NOW + timedelta(minutes=number),
        )
        for number in range(many)
    )
    session.commit()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def said(page: str) -> str:
    """The first line, without its links."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def test_more_runs_than_a_page_holds_are_counted_and_downloaded(
    visit: Visit, cast: Cast, session: Session
) -> None:
    open_many(session, cast, 230)
    board = visit(cast.lead).get("/board").text
    assert said(board) == "230 runs are open; 230 are late; 230 are nobody’s."
    assert "1–50 of 230" in board
    assert [row["subject"] for row in rows(visit(cast.lead).get("/board.csv").text)] == [
        str(number) for number in range(230)
    ]
    assert "230 runs are open to you" in visit(cast.staff).get("/").text


def test_a_download_holds_what_the_address_asks_for_and_the_lead_may_see(
    visit: Visit, cast: Cast, session: Session
) -> None:
    open_many(session, cast, 2)
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="=1+1", assignee=cast.staff)
    session.commit()
    lena = visit(cast.lead)
    assert f'href="/board.csv?who={cast.staff.id}"' in lena.get(f"/board?sop=&who={cast.staff.id}").text
    [row] = rows(lena.get(f"/board.csv?who={cast.staff.id}").text)
    assert (row["run"], row["subject"], row["person"], row["steps"]) == (str(run.id), "'=1+1", "sam", "5")
    assert len(rows(lena.get("/board.csv?who=nobody&sop=opening").text)) == 2
    assert rows(visit(cast.other_lead).get("/board.csv").text) == []


def test_no_two_things_on_the_board_are_called_the_same_and_lead_elsewhere(
    visit: Visit, cast: Cast, session: Session
) -> None:
    open_many(session, cast, 2)
    page = visit(cast.lead).get("/board").text
    named: dict[str, set[str]] = {}
    for address, name in re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL):
        text = " ".join(re.sub(r"<span class=.visually-hidden.>.*?</span>|<[^>]+>", " ", name).split())
        named.setdefault(text, set()).add(re.sub(r"\d+", "N", address.partition("?")[0]))
    assert "/board" in named.pop("Open") and "/runs/N" in named["Open its page"]
    assert [text for text, ways in named.items() if len(ways) > 1] == []


def test_filters_that_match_nothing_say_so(visit: Visit, cast: Cast, session: Session) -> None:
    open_many(session, cast, 1)
    board = visit(cast.lead).get(f"/board?who={cast.staff.id}").text
    assert "Nothing matches." in board and "Nothing is under way" not in board


@pytest.fixture
def four(session: Session, cast: Cast) -> list[Run]:
    """Sam's that has failed a critical step, nobody's that is late, Lena's, and one at another location."""
    kinds: list[dict[str, Any]] = [
        {"actor": cast.staff, "assignee": cast.staff, "now": LATELY},
        {"actor": cast.lead, "role": "picker", "now": LATELY - timedelta(days=1)},
        {"actor": cast.lead, "assignee": cast.lead, "now": LATELY},
        {"actor": cast.other_lead, "assignee": cast.outsider, "now": LATELY},
    ]
    found = [
        lifecycle.start(
            session, by(given.pop("actor")), given.pop("now"), "pack", subject=f"A{number}_%", **given
        )
        for number, given in enumerate(kinds)
    ]
    session.commit()
    run = loading.load(session, by(cast.staff), found[0].id, "run.record", lock=True)
    recording.record(
        session,
        by(cast.staff),
        LATELY,
        run,
        record_id=new_id(),
        step_key="scan",
        kind="failed",
        reason="torn label",
    )
    session.commit()
    return found


def shown(page: str) -> list[str]:
    return re.findall(r"<strong>order (A\d)_%</strong>", page)


def test_the_first_line_says_what_is_so_and_each_part_is_a_filter(
    visit: Visit, cast: Cast, four: list[Run]
) -> None:
    lena = visit(cast.lead)
    page = lena.get("/board").text
    assert said(page) == "3 runs are open; 1 is late; 1 is blocked; 1 is nobody’s."
    assert shown(page) == ["A1", "A0", "A2"]  # the late one first
    for state, subject in (("late", "A1"), ("blocked", "A0"), ("nobody", "A1")):
        assert f'href="/board?state={state}"' in page
        part = lena.get(f"/board?state={state}").text
        assert shown(part) == [subject] and said(part) == said(page)
        assert 'href="/board" aria-current="true"' in part  # pressed again it is off
    assert "“Scan the tote” failed: torn label" in page
    assert f'href="/board?run={four[0].id}"' in page  # it opens beside the list


def test_filters_stand_in_the_address_and_hold_for_the_download(
    visit: Visit, cast: Cast, session: Session, four: list[Run]
) -> None:
    ada, place, team = visit(cast.admin), cast.outsider.location_id, cast.staff.team_id
    for asked, found in (
        (f"who={cast.staff.id}", ["A0"]),
        ("who=nobody", ["A1"]),
        (f"location={place}", ["A3"]),
        (f"team={team}", ["A0", "A2"]),
        ("subject=a2", ["A2"]),
        ("subject=_%25", ["A1", "A0", "A2", "A3"]),
        (f"sop=pack&team={team}&subject=A0&state=blocked", ["A0"]),
        ("sop=count", []),
    ):
        assert shown(ada.get(f"/board?{asked}").text) == found, asked
        lines = rows(ada.get(f"/board.csv?{asked}").text)
        assert [line["subject"][:2] for line in lines] == found, asked
    [line] = rows(ada.get("/board.csv?state=blocked").text)
    assert (line["held_by"], line["held_because"]) == ("Scan the tote", "torn label")


def test_a_run_is_found_by_another_name_of_its_subject(
    visit: Visit, cast: Cast, session: Session, four: list[Run]
) -> None:
    subjects.add_alias(session, by(cast.admin), NOW, four[2], "gid-7788")
    session.commit()
    assert shown(visit(cast.lead).get("/board?subject=7788").text) == ["A2"]


def test_who_has_room_never_depends_on_the_filters(visit: Visit, cast: Cast, four: list[Run]) -> None:
    page = visit(cast.lead).get(f"/board?who={cast.staff.id}").text
    assert said(page) == "1 run is open; 1 is blocked."
    people = re.findall(r'<li>\s*<a href="/board\?who=(\d+)"', page)
    assert people[0] == str(cast.admin.id)  # has nothing on their hands
    assert {str(cast.staff.id), str(cast.lead.id)} == set(people[1:])


@pytest.mark.parametrize(
    "asked",
    ["state=happy", "who=sam", "location=here", "team=-1", "page=0", "page=two", "page=99999999999",
     "subject=" + "x" * 10_000, "state=%F0%9F%98%80"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_explained(visit: Visit, cast: Cast, asked: str) -> None:
    lena = visit(cast.lead)
    for path in ("/board", "/board/live"):
        answer = lena.get(f"{path}?{asked}")
        assert answer.status_code == 422 and "Traceback" not in answer.text, path
    assert lena.get("/board?sop=gone&who=9999&location=77&endpoint=x&_external=1").status_code == 200


def test_the_list_is_read_page_by_page(visit: Visit, cast: Cast, session: Session) -> None:
    open_many(session, cast, 130)
    lena = visit(cast.lead)
    pages = [lena.get(f"/board?sop=opening&page={number}").text for number in (1, 2, 3, 4)]
    found = [re.findall(r"<strong>(\d+)</strong>", page) for page in pages]
    assert [subject for page in found for subject in page] == [str(number) for number in range(130)]
    assert "51–100 of 130" in pages[1] and 'href="/board?sop=opening&amp;page=3"' in pages[1]
    assert "The list ends before this page." in pages[3]


def test_a_live_board_answers_nothing_while_nothing_has_changed(
    visit: Visit, cast: Cast, session: Session, four: list[Run]
) -> None:
    lena = visit(cast.lead)
    first = lena.get("/board/live?state=blocked")
    seen = {"If-None-Match": first.headers["ETag"]}
    assert lena.get("/board/live?state=blocked", headers=seen).status_code == 304
    run = loading.load(session, by(cast.staff), four[0].id, "run.record", lock=True)
    recording.record(
        session, by(cast.staff), LATELY, run, record_id=new_id(), step_key="scan", kind="done", value="T1"
    )
    session.commit()
    second = lena.get("/board/live?state=blocked", headers=seen)
    assert second.status_code == 200 and 'id="board-rows" hx-swap-oob="true"' in second.text
    assert shown(second.text) == [] and "<html" not in second.text
    assert 'href="/board/live' not in second.text  # its links lead to the board


def test_several_runs_are_given_at_once_and_each_is_judged_by_itself(
    visit: Visit, cast: Cast, session: Session, four: list[Run]
) -> None:
    lifecycle.cancel(session, by(cast.lead), NOW, four[2], "called off")
    session.commit()
    lena, boxes = (
        visit(cast.lead),
        [f"{run.id}|{assignment.whose_key(run)}|{bulk.due_key(run)}" for run in four],
    )
    answer = lena.post(
        "/board/assignments",
        {"run": [*boxes, boxes[0], "x", "99999"], "whom": f"person:{cast.lead.id}", "board": "sop=pack"},
    )
    assert (answer.status_code, answer.location) == (303, "/board?sop=pack")
    page = lena.get(answer.location).text
    assert "2 runs are given to Lena." in page
    assert f"Run {four[2].id} is as it was. This run is closed." in page
    assert f"Run {four[3].id} is as it was." in page and "There is no run 99999." in page
    assert "given to Lena" not in lena.get("/board").text
    session.expire_all()
    assert [run.assignee_id for run in four] == [cast.lead.id] * 3 + [cast.outsider.id]
    given = session.scalars(select(Event.subject).where(Event.kind == "run.assigned")).all()
    assert sorted(given) == [f"run:{four[0].id}", f"run:{four[1].id}"]


def test_giving_nothing_or_to_nobody_there_is_says_so(
    visit: Visit, cast: Cast, session: Session, four: list[Run]
) -> None:
    lena = visit(cast.lead)
    answer = lena.post("/board/assignments", {"whom": f"person:{cast.lead.id}"})
    assert answer.status_code == 422 and "Choose the runs first" in answer.text
    answer = lena.post("/board/assignments", {"run": four[0].id, "whom": "person:9999"})
    assert answer.status_code == 422 and "There is no such person." in answer.text
    answer = lena.post("/board/assignments", {"run": four[0].id, "whom": ""})
    assert answer.status_code == 422 and "Choose whom to give them to" in answer.text
    session.expire_all()
    assert four[0].assignee_id == cast.staff.id


def test_a_run_that_has_changed_hands_since_the_lead_looked_stays_where_it_is(
    visit: Visit, cast: Cast, session: Session, four: list[Run]
) -> None:
    lena = visit(cast.lead)
    boxes = re.findall(r'name="run" value="([^"]+)"', lena.get("/board").text)
    assert len(boxes) == 3
    assignment.assign(session, by(cast.admin), NOW, four[1], assignee=cast.lead)
    session.commit()
    page = lena.get(lena.post("/board/assignments", {"run": boxes, "whom": "all"}).location).text
    assert "2 runs are given to everybody." in page
    assert f"Run {four[1].id} is as it was. Meanwhile the run has become Lena’s" in page
    assert said(page) == "3 runs are open; 1 is late; 1 is blocked; 2 are nobody’s."


def test_paused_and_offered_runs_and_those_open_to_a_team_are_found(
    visit: Visit, cast: Cast, session: Session, four: list[Run]
) -> None:
    handover.pause(session, by(cast.staff), NOW, four[0], "No cartons")
    handover.offer(session, by(cast.lead), NOW, four[2], cast.staff)
    assignment.assign(session, by(cast.lead), NOW, four[1], team=cast.staff.team)
    session.commit()
    lena = visit(cast.lead)
    page = lena.get("/board").text
    assert "1 is paused" in said(page) and "1 is offered to somebody" in said(page)
    assert "paused: No cartons" in page and "offered to Sam" in page
    assert shown(lena.get("/board?state=paused").text) == ["A0"]
    assert shown(lena.get("/board?state=offered").text) == ["A2"]
    assert shown(lena.get(f"/board?state=nobody&team={cast.staff.team_id}").text) == ["A1"]
