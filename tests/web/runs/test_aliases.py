"""The other names of a subject on the pages: shown, added, taken back, understood."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.domain.runs import lifecycle
from tracker.models import Person

Visit = Callable[[Person | None], Visitor]


def test_a_name_is_added_on_the_run_and_shown_where_the_run_is(
    session: Session, cast: Cast, visit: Visit
) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    sam = visit(cast.staff)
    assert "Another name?" in sam.get(f"/runs/{run.id}").text
    assert sam.post(f"/runs/{run.id}/aliases", {"alias": "<tote> 9"}).status_code == 303
    assert "also known as <strong>&lt;tote&gt; 9</strong>" in sam.get(f"/runs/{run.id}").text
    assert "also known as &lt;tote&gt; 9" in sam.get(f"/runs/{run.id}/history").text
    assert "&lt;tote&gt; 9" in visit(cast.lead).get("/board").text
    assert sam.post(f"/runs/{run.id}/aliases", {"alias": " "}).status_code == 422
    sam.post(f"/runs/{run.id}/aliases", {"remove": "<tote> 9"})
    assert "&lt;tote&gt;" not in sam.get(f"/runs/{run.id}").text


def test_starting_about_another_name_says_what_it_is_about(
    session: Session, cast: Cast, visit: Visit
) -> None:
    sam = visit(cast.staff)
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    sam.post(f"/runs/{run.id}/aliases", {"alias": "A7"})
    again = sam.post("/start/pack", {"subject": "A7", "ref": "x"})
    assert again.status_code == 409 and f"/runs/{run.id}" in again.text
    answer = sam.post("/start/pack", {"subject": "A7", "ref": "x", "anyway": "1"})
    page = sam.get(answer.location).text
    assert "“A7” is order 1042, so the run is about that." in page
    assert "is order 1042" not in sam.get(answer.location.replace("A7", "Z9")).text


def test_a_name_of_two_is_asked_about_on_the_form(session: Session, cast: Cast, visit: Visit) -> None:
    sam = visit(cast.staff)
    for number in ("1", "2"):
        run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject=number, assignee=cast.staff)
        session.commit()
        sam.post(f"/runs/{run.id}/aliases", {"alias": "A7"})
    answer = sam.post("/start/pack", {"subject": "A7", "ref": "x", "anyway": "1"})
    assert answer.status_code == 409 and "“A7” may be 1, 2. Write which one you mean." in answer.text
