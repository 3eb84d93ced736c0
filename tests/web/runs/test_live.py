"""What a page that shows a run is told of what others have done since."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle, loading
from tracker.models import Person

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def run_id(session: Session, cast: Cast) -> int:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    return run.id


def mark(page: str) -> str:
    return page.split('data-seen="')[1].split('"')[0]


def ask(visitor: Visitor, run_id: int, seen: str) -> tuple[int, str, str]:
    """Status, text and the new mark of an answer to a page that shows `seen`."""
    answer = visitor.get(
        f"/runs/{run_id}/live", headers={"HX-Request": "true", "If-None-Match": f'W/"{seen}"'}
    )
    return answer.status_code, answer.text, answer.get_etag()[0] or ""


def tick(visitor: Visitor, run_id: int, step: str, value: str = "", seen: str = "", **more: str) -> str:
    form = {"id": str(new_id()), "step": step, "kind": "done", "value": value} | more
    headers = {"HX-Request": "true"} | ({"HX-Seen": seen} if seen else {})
    answer = visitor.post(f"/runs/{run_id}/records", form, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers.get("HX-Seen", "")


def rows(text: str) -> list[int]:
    return [n for n in range(5) if f'id="step-{n}"' in text]


def test_nothing_is_said_while_nothing_happens(cast: Cast, visit: Visit, run_id: int) -> None:
    sam = visit(cast.staff)
    seen = mark(sam.get(f"/runs/{run_id}").text)
    assert ask(sam, run_id, seen)[:2] == (304, "")


def test_only_what_changed_is_brought_and_who_did_it(cast: Cast, visit: Visit, run_id: int) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    tick(lena, run_id, "scan", "T")
    seen = mark(sam.get(f"/runs/{run_id}").text)
    tick(lena, run_id, "box", "M")
    status, text, now = ask(sam, run_id, seen)
    assert status == 200 and rows(text) == [1, 2]  # the step to do next comes with it
    assert "Lena did step 3" in text and "2 of 5 done" in text
    assert ask(sam, run_id, now)[0] == 304


def test_ones_own_record_tells_of_what_others_did_and_is_not_brought_again(
    cast: Cast, visit: Visit, run_id: int
) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    seen = mark(sam.get(f"/runs/{run_id}").text)
    tick(lena, run_id, "scan", "T")
    now = tick(sam, run_id, "box", "M", seen)
    assert ask(sam, run_id, now)[0] == 304
    status, text, _ = ask(lena, run_id, seen)
    assert status == 200 and "Sam did step 3" in text and "Lena did" not in text


def test_a_cancelled_run_is_told_in_words_and_its_steps_stay(
    session: Session, cast: Cast, visit: Visit, run_id: int
) -> None:
    sam = visit(cast.staff)
    seen = mark(sam.get(f"/runs/{run_id}").text)
    lifecycle.cancel(
        session, by(cast.lead), NOW, loading.load(session, by(cast.lead), run_id, "run.cancel"), "sold out"
    )
    session.commit()
    status, text, _ = ask(sam, run_id, seen)
    assert status == 200 and rows(text) == []
    assert "Lena cancelled the run: sold out" in text and "Reload the page" in text


@pytest.mark.parametrize("seen", ["", "yesterday", "1.2.3.4", "9.99999999999999999.1.0.0", "7.1.1.1.1"])
def test_a_page_that_shows_something_unknown_is_brought_everything(
    cast: Cast, visit: Visit, run_id: int, seen: str
) -> None:
    tick(visit(cast.lead), run_id, "scan", "T")
    status, text, _ = ask(visit(cast.staff), run_id, seen)
    assert status == 200 and rows(text) == [0, 1, 2, 3, 4]


def test_a_record_that_was_received_earlier_and_written_later_is_brought(
    session: Session, cast: Cast, visit: Visit, run_id: int
) -> None:
    sam, lena = visit(cast.staff), visit(cast.lead)
    tick(lena, run_id, "scan", "T")
    tick(lena, run_id, "box", "M")
    seen = mark(sam.get(f"/runs/{run_id}").text)
    run = loading.load(session, by(cast.lead), run_id, "run.see", lock=True)
    recording.record(session, by(cast.lead), NOW, run, record_id=new_id(), step_key="hand", kind="done")
    session.commit()
    status, text, _ = ask(sam, run_id, seen)
    assert status == 200 and 4 in rows(text)
