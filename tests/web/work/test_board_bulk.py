"""Many runs at once: given, cancelled, put off; each is judged by itself, and doing it again does no harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tests.support.reading import words
from tracker.domain.runs import assignment, handover, lifecycle
from tracker.models import Event, Person, Run, Sop
from tracker.web.work import board_bulk

Visit = Callable[[Person | None], Visitor]
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def many(session: Session, cast: Cast) -> list[Run]:
    """60 open runs where Lena leads, of which every other is Sam's; the first is late, the last never due."""
    revision = session.get_one(Sop, "opening").in_force_id
    made = [
        Run(
            ref=f"o{number}", sop_id="opening", revision_id=revision, subject_ref=f"{number}",
            location_id=cast.lead.location_id, started_at=NOW - timedelta(hours=1),
            assignee_id=cast.staff.id if number % 2 else None,
            due_at=NOW + timedelta(hours=number - 1 if number else -1) if number < 59 else None,
        )
        for number in range(60)
    ]  # fmt: skip
    session.add_all(made)
    session.commit()
    return made


def form(page: str, *numbers: int) -> dict[str, object]:
    """The boxes of some runs as the page has them, and what else the form brings along."""
    boxes = re.findall(r'name="run" value="([^"]+)"', page)
    chosen = [box for box in boxes if int(box.partition("|")[0]) in numbers]
    carried = {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("board", "drawn")}
    return {**carried, "run": chosen}


def events(session: Session, kind: str) -> int:
    return session.scalar(select(func.count()).where(Event.kind == kind)) or 0


def test_chosen_runs_are_cancelled_with_one_reason(
    visit: Visit, session: Session, cast: Cast, many: list[Run]
) -> None:
    lena = visit(cast.lead)
    given = form(lena.get("/board?sop=opening").text, *(run.id for run in many[:3]))
    assert len(given["run"]) == 3  # type: ignore[arg-type]
    answer = lena.post("/board/cancellations", {**given, "reason": " "})
    assert answer.status_code == 422 and "Say why" in answer.text
    lifecycle.cancel(session, by(cast.lead), NOW, many[0], "called off")
    assignment.assign(session, by(cast.admin), NOW, many[1], assignee=cast.lead)
    session.commit()
    answer = lena.post("/board/cancellations", {**given, "reason": "The customer has cancelled"})
    assert (answer.status_code, answer.location) == (303, "/board?sop=opening")
    page = lena.get(answer.location).text
    assert "1 run is cancelled." in page and f"Run {many[0].id} is as it was. This run is closed." in page
    assert f"Run {many[1].id} is as it was. Meanwhile the run has become Lena’s" in page
    session.expire_all()
    assert [run.state for run in many[:4]] == ["cancelled", "open", "cancelled", "open"]
    assert many[2].cancel_reason == "The customer has cancelled" and events(session, "run.cancelled") == 2


def test_all_that_match_are_cancelled_and_no_others(
    visit: Visit, session: Session, cast: Cast, many: list[Run]
) -> None:
    lena = visit(cast.lead)
    page = lena.get("/board").text
    assert "All 60 that match, not only those on this page" in words(page)
    given = {**form(lena.get("/board?who=nobody").text), "everything": "30", "reason": "Sold out"}
    new = lifecycle.start(session, by(cast.lead), datetime.now(UTC), "opening", role="picker")
    session.commit()
    answer = lena.post("/board/cancellations", given)
    assert "30 runs are cancelled." in lena.get(answer.location).text
    session.expire_all()
    assert [run.state for run in many] == ["cancelled", "open"] * 30
    assert new.state == "open"  # nobody has seen it yet
    answer = lena.post("/board/cancellations", given)  # again: there is nothing left of what was meant
    assert answer.status_code == 303 and events(session, "run.cancelled") == 30


def test_runs_out_of_reach_are_never_meant(
    visit: Visit, session: Session, cast: Cast, many: list[Run]
) -> None:
    other = visit(cast.other_lead)
    given = {"board": "", "drawn": NOW.isoformat(), "everything": "60", "reason": "x"}
    assert other.post("/board/cancellations", given).status_code == 303
    boxes = [f"{many[0].id}|{assignment.whose_key(many[0])}|"]
    other.post("/board/cancellations", {"run": boxes, "reason": "x"})
    assert visit(cast.staff).post("/board/cancellations", given).status_code == 403
    session.expire_all()
    assert {run.state for run in many} == {"open"}


def test_chosen_runs_are_put_off_each_from_its_own_time_and_once(
    visit: Visit, session: Session, cast: Cast, many: list[Run]
) -> None:
    lena, before = visit(cast.lead), [run.due_at for run in many]
    given = {
        **form(lena.get("/board").text, *(run.id for run in many[:3])), "how": "later", "later": "120",
    }  # fmt: skip
    handover.put_due(session, by(cast.admin), NOW, many[2], NOW + timedelta(hours=9))
    session.commit()
    page = lena.get(lena.post("/board/due", given).location).text
    assert "2 runs have their new due time." in page
    assert f"Run {many[2].id} is as it was. Meanwhile it was given another due time" in page
    session.expire_all()
    assert many[1].due_at == max(before[1], NOW) + timedelta(hours=2) or many[1].due_at > before[1]  # type: ignore[operator]
    assert timedelta(hours=2) <= many[0].due_at - NOW < timedelta(hours=2, minutes=1)  # type: ignore[operator]
    put = [run.due_at for run in many[:2]]
    page = lena.get(lena.post("/board/due", given).location).text  # the same page once more
    session.expire_all()
    assert [run.due_at for run in many[:2]] == put


def test_all_that_match_are_put_off_once_however_often_it_is_pressed(
    visit: Visit, session: Session, cast: Cast, many: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    lena, before = visit(cast.lead), [run.due_at for run in many]
    given = {**form(lena.get("/board").text), "everything": "60", "how": "later", "later": "1440"}
    monkeypatch.setattr(board_bulk, "AT_A_TIME", 0.0)  # an answer that has time for one run alone
    page = lena.post("/board/due", given).text
    assert "59 are left to do." in words(page) and "Go on with the rest" in page
    monkeypatch.undo()
    page = words(lena.get(lena.post("/board/due", given).location).text)
    assert "58 runs have their new due time." in page and page.count("is as it was.") == 2
    assert "It has no due time that could be moved." in page
    page = words(lena.post("/board/due", given).text)
    assert "Nothing was changed. 60 runs are as they were." in page
    session.expire_all()
    moved = [
        run.due_at - was for run, was in zip(many[2:59], before[2:59], strict=True) if run.due_at and was
    ]
    assert set(moved) == {timedelta(days=1)} and events(session, "run.due") == 59


def test_chosen_runs_are_due_at_a_time(visit: Visit, session: Session, cast: Cast, many: list[Run]) -> None:
    lena = visit(cast.lead)
    given = {**form(lena.get("/board").text, many[0].id, many[4].id), "how": "at"}
    for due, why in (("", "Say when they are due"), ("soon", "is no time")):
        answer = lena.post("/board/due", {**given, "due": due})
        assert answer.status_code == 422 and why in answer.text
    page = lena.get(lena.post("/board/due", {**given, "due": "2020-01-01T10:00"}).location).text
    assert page.count("This due time has passed already.") == 2
    page = lena.get(lena.post("/board/due", {**given, "due": "2099-01-01T10:00"}).location).text
    assert "2 runs have their new due time." in page
    session.expire_all()
    assert many[0].due_at == many[4].due_at == datetime(2099, 1, 1, 9, tzinfo=UTC)  # by the clocks of Berlin


@pytest.mark.parametrize("minutes", ["", "7", "-120", "999999999", "x"])
def test_only_what_is_offered_is_put_off_by(
    visit: Visit, session: Session, cast: Cast, many: list[Run], minutes: str
) -> None:
    given = {"run": [f"{many[0].id}||"], "how": "later", "later": minutes}
    assert visit(cast.lead).post("/board/due", given).status_code == 422
    session.expire_all()
    assert events(session, "run.due") == 0


def test_a_run_that_matches_no_more_is_left_alone(
    visit: Visit, session: Session, cast: Cast, many: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    lena = visit(cast.lead)
    given = {**form(lena.get("/board?who=nobody").text), "everything": "30", "reason": "Sold out"}
    found = board_bulk.bulk.all_that_match

    def meanwhile(*asked: object) -> list[int]:
        """Somebody takes a run after it was found, and before its turn has come."""
        numbers = found(*asked)  # type: ignore[arg-type]
        assignment.assign(session, by(cast.admin), NOW, many[0], assignee=cast.staff)
        session.commit()
        return numbers

    monkeypatch.setattr(board_bulk.bulk, "all_that_match", meanwhile)
    page = lena.get(lena.post("/board/cancellations", given).location).text
    assert "29 runs are cancelled." in page and "none of those that you have chosen" in page
    session.expire_all()
    assert many[0].state == "open"
