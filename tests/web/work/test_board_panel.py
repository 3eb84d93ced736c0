"""One run is read and decided beside the list, which keeps its filters."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import Cast, Visitor
from tests.support.reading import words
from tracker.domain.runs import assignment, lifecycle
from tracker.models import Event, Person, Run

Visit = Callable[[Person | None], Visitor]
NOW = datetime.now(UTC)


@pytest.fixture
def two(session: Session, cast: Cast) -> list[Run]:
    """Sam's run, and one that is nobody's."""
    made = [
        lifecycle.start(session, by(cast.staff), NOW, "pack", subject="A1", assignee=cast.staff),
        lifecycle.start(session, by(cast.lead), NOW, "pack", subject="A2", role="picker"),
    ]
    session.commit()
    return made


def panel(page: str) -> str:
    (found,) = re.findall(r'<div class="hf-run-panel-place">.*?</aside>', page, re.DOTALL)
    return str(found)


def carried(page: str, run: Run) -> dict[str, str]:
    """What the forms of the panel bring along."""
    part = panel(page)
    return {
        name: re.findall(rf'name="{name}" value="([^"]*)"', part)[0].replace("&amp;", "&")
        for name in ("board", "seen")
    }


def test_a_run_opens_beside_the_list_without_a_script(visit: Visit, cast: Cast, two: list[Run]) -> None:
    lena = visit(cast.lead)
    assert 'id="board-panel"' in lena.get("/board").text and "hidden></aside>" in panel(
        lena.get("/board").text
    )
    page = lena.get(f"/board?sop=pack&run={two[0].id}").text
    said = words(panel(page))
    assert "order A1" in said and "0 of 5 done" in said and "1 Scan the tote" in said
    assert 'href="/board?sop=pack"' in panel(page)  # closes it
    assert f'href="/board?sop=pack&amp;run={two[1].id}"' in panel(page) and "Next: order A2" in said
    assert "order A2" in words(page.partition("hf-run-panel-place")[0])  # the list is there still


def test_an_act_leads_back_to_the_list_with_its_filters_and_says_what_was_done(
    visit: Visit, session: Session, cast: Cast, two: list[Run]
) -> None:
    lena = visit(cast.lead)
    place = f"/board?state=nobody&run={two[1].id}"
    form = carried(lena.get(place).text, two[1])
    answer = lena.post(f"/runs/{two[1].id}/assignee", {**form, "whom": f"person:{cast.staff.id}"})
    assert (answer.status_code, answer.location) == (303, place)
    said = words(panel(lena.get(place).text))
    assert "order A2: Lena gave the run to Sam." in said and "Sam" in said
    session.expire_all()
    assert two[1].assignee_id == cast.staff.id


@pytest.mark.parametrize(
    ("verb", "more", "kind", "told"),
    [
        ("takeover", {}, "run.taken-over", "took the run over from Sam"),
        ("offer", {"whom": "person:{lead}"}, "run.offered", "asked Lena to take the run on"),
        ("pause", {"reason": "No cartons"}, "run.paused", "paused the run: No cartons"),
        ("cancellation", {"reason": "called off"}, "run.cancelled", "cancelled the run: called off"),
    ],
)
def test_each_act_writes_its_event_and_is_told(
    visit: Visit, session: Session, cast: Cast, two: list[Run],
    verb: str, more: dict[str, str], kind: str, told: str,
) -> None:  # fmt: skip
    lena, place = visit(cast.lead), f"/board?sop=pack&run={two[0].id}"
    form = carried(lena.get(place).text, two[0])
    more = {name: text.format(lead=cast.lead.id) for name, text in more.items()}
    answer = lena.post(f"/runs/{two[0].id}/{verb}", {**form, **more})
    assert (answer.status_code, answer.location) == (303, place)
    assert told in words(panel(lena.get(place).text))
    written = session.scalars(select(Event.kind).where(Event.subject == f"run:{two[0].id}")).all()
    assert written.count(kind) == 1 and len(written) == 2


def test_a_new_due_time_is_set_from_the_panel(
    visit: Visit, session: Session, cast: Cast, two: list[Run]
) -> None:
    lena, place = visit(cast.lead), f"/board?run={two[0].id}"
    page = panel(lena.get(place).text)
    made_from = re.findall(r'name="made_from" value="([^"]*)"', page)[0].replace("&#34;", '"')
    form = {"board": f"run={two[0].id}", "made_from": made_from, "due": "2099-01-01T10:00"}
    assert lena.post(f"/runs/{two[0].id}/due", form).location == place
    assert "set when the run is due: 1 Jan 2099 10:00" in words(panel(lena.get(place).text))


def test_a_comment_is_said_from_the_panel_alone_or_with_an_act(
    visit: Visit, session: Session, cast: Cast, two: list[Run]
) -> None:
    lena, place = visit(cast.lead), f"/board?sop=pack&run={two[1].id}"
    form = carried(lena.get(place).text, two[1])
    answer = lena.post(f"/runs/{two[1].id}/comments", {"board": form["board"], "comment": "Mind the glass"})
    assert answer.location == place
    given = {**form, "whom": f"person:{cast.staff.id}", "comment": "Yours, @sam"}
    assert lena.post(f"/runs/{two[1].id}/assignee", given).location == place
    page = words(panel(lena.get(place).text))
    assert "Lena gave the run to Sam; said: Yours, @sam." in page
    assert "Mind the glass" in page and "Yours, @ Sam" in page.replace("@Sam", "@ Sam")
    first = lena.get(f"/board/live?run={two[1].id}")
    lena.post(f"/runs/{two[1].id}/comments", {"comment": "And the foam"})
    seen = {"If-None-Match": first.headers["ETag"]}
    assert "And the foam" in lena.get(f"/board/live?run={two[1].id}", headers=seen).text


def test_who_decides_second_is_told_and_changes_nothing(
    visit: Visit, session: Session, cast: Cast, two: list[Run]
) -> None:
    lena = visit(cast.lead)
    form = carried(lena.get(f"/board?run={two[1].id}").text, two[1])
    assignment.assign(session, by(cast.admin), NOW, two[1], assignee=cast.staff)
    session.commit()
    for verb, more in (
        ("assignee", {"whom": "all"}), ("takeover", {}), ("cancellation", {"reason": "called off"}),
    ):  # fmt: skip
        answer = lena.post(f"/runs/{two[1].id}/{verb}", {**form, **more})
        assert answer.status_code == 409 and "Meanwhile the run has become Sam’s" in answer.text, verb
    session.expire_all()
    assert (two[1].state, two[1].assignee_id) == ("open", cast.staff.id)


def test_a_run_out_of_reach_is_not_shown_and_the_list_is(
    visit: Visit, session: Session, cast: Cast, two: list[Run]
) -> None:
    page = visit(cast.other_lead).get(f"/board?run={two[0].id}")
    assert page.status_code == 200 and "order A1" not in page.text
    assert "out of your reach" in words(panel(page.text))
    for nothing in ("99999", "x", "-1"):
        assert "There is no run" in words(panel(visit(cast.lead).get(f"/board?run={nothing}").text)), nothing
    other = visit(cast.other_lead)
    assert other.post(f"/runs/{two[0].id}/cancellation", {"reason": "x", "board": ""}).status_code == 403


def test_an_address_in_a_form_leads_nowhere_else(visit: Visit, cast: Cast, two: list[Run]) -> None:
    for board in ("//evil.example", "https://evil.example/?a=1", "\r\nX: y", "a=b#c"):
        form = {"board": board, "reason": "No cartons", "seen": assignment.whose_key(two[0])}
        answer = visit(cast.lead).post(f"/runs/{two[0].id}/resumption", form)
        assert answer.status_code == 303 and answer.location.partition("?")[0] == "/board"
