"""Comments on a run's page, in its history, along with an assignment or a handover, and live for others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tests.support.reading import words
from tracker.domain.runs import comments, lifecycle
from tracker.models import Person, Run

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    return run


def lines(session: Session, run: Run) -> list[str]:
    session.rollback()
    return [comment.text for comment in comments.of_run(session, run)]


def test_a_comment_without_scripts_leads_back_to_the_run(
    visit: Visit, cast: Cast, run: Run, session: Session
) -> None:
    answer = visit(cast.staff).post(f"/runs/{run.id}/comments", {"comment": "@lena, the box is wet."})
    assert (answer.status_code, answer.location) == (303, f"/runs/{run.id}#comments")
    assert lines(session, run) == ["@lena, the box is wet."]
    page = visit(cast.lead).get(f"/runs/{run.id}").text
    assert "1 comment" in words(page) and ">@Lena</strong>, the box is wet." in page
    assert 'class="hf-mention hf-mention-me" title="@lena"' in page
    history = visit(cast.lead).get(f"/runs/{run.id}/history").text
    assert "Sam said:" in words(history) and ">@Lena</strong>, the box is wet." in history


def test_the_board_counts_what_was_said_on_each_run(
    visit: Visit, cast: Cast, run: Run, session: Session
) -> None:
    lena = visit(cast.lead)
    assert "comment" not in words(lena.get("/board").shown)
    before = {"If-None-Match": lena.get("/board/live").headers["ETag"]}
    for said in ("Wet.", "Dry again."):
        comments.add(session, by(cast.staff), NOW, run, said)
    session.commit()
    assert "2 2 comments" in words(lena.get("/board").shown)  # the number to see, the words to hear
    live = lena.get("/board/live", headers=before)
    assert live.status_code == 200 and "2 2 comments" in words(live.text)


def test_with_scripts_only_the_comments_are_drawn_anew(visit: Visit, cast: Cast, run: Run) -> None:
    answer = visit(cast.staff).htmx(f"/runs/{run.id}/comments", {"comment": "Wet."})
    assert answer.status_code == 200 and "<html" not in answer.text
    assert 'id="comment-form"' in answer.text and answer.text.count('hx-swap-oob="true"') == 2


def test_an_open_page_of_somebody_else_hears_of_it(visit: Visit, cast: Cast, run: Run) -> None:
    lena = visit(cast.lead)
    seen = lena.get(f"/runs/{run.id}").text.split('data-seen="')[1].split('"')[0]
    visit(cast.staff).post(f"/runs/{run.id}/comments", {"comment": "The box is wet."})
    headers = {"HX-Request": "true", "If-None-Match": f'W/"{seen}"'}
    news = lena.get(f"/runs/{run.id}/live", headers=headers).text
    assert "1 comment" in words(news) and "Sam said: The box is wet." in words(news)
    assert "Reload the page" not in news and 'id="comment-form"' not in news  # what is being typed stays


def test_something_can_be_said_with_an_assignment_and_an_offer(
    visit: Visit, cast: Cast, run: Run, session: Session
) -> None:
    seen = f"{cast.staff.id}//"
    form = {"whom": f"person:{cast.lead.id}", "seen": seen, "comment": "I have to leave."}
    assert visit(cast.lead).post(f"/runs/{run.id}/offer", form).status_code == 303
    form = {"whom": f"person:{cast.lead.id}", "seen": seen, "comment": ""}
    assert visit(cast.lead).post(f"/runs/{run.id}/assignee", form).status_code == 303
    assert lines(session, run) == ["I have to leave."]


def test_something_can_be_said_with_a_new_run(visit: Visit, cast: Cast, session: Session) -> None:
    form = {"sop": "pack", "subject": "9", "whom": f"person:{cast.staff.id}", "comment": "By noon, @sam!"}
    place = visit(cast.lead).post("/assign", form).location
    assert ">@Sam</strong>!" in visit(cast.staff).get(place).text


def test_a_refused_act_says_nothing(visit: Visit, cast: Cast, run: Run, session: Session) -> None:
    form = {"whom": f"person:{cast.lead.id}", "seen": "nobody’s", "comment": "Yours now."}
    assert visit(cast.lead).post(f"/runs/{run.id}/assignee", form).status_code == 409
    assert lines(session, run) == []


def test_what_is_too_long_comes_back_to_be_shortened(visit: Visit, cast: Cast, run: Run) -> None:
    answer = visit(cast.staff).post(f"/runs/{run.id}/comments", {"comment": "x" * 1001})
    assert answer.status_code == 422 and "x" * 1001 in answer.text


def test_whom_one_may_mean_is_offered(visit: Visit, cast: Cast, run: Run) -> None:
    found = visit(cast.staff).get(f"/runs/{run.id}/mentions?q=le").text
    assert 'data-login="lena"' in found and "otto" not in found
    assert visit(cast.outsider).get(f"/runs/{run.id}/mentions?q=le").status_code == 403


def test_markup_in_a_comment_is_text(visit: Visit, cast: Cast, run: Run) -> None:
    visit(cast.staff).post(f"/runs/{run.id}/comments", {"comment": "<img src=x onerror=alert(1)> @lena<b>"})
    for path in (f"/runs/{run.id}", f"/runs/{run.id}/history"):
        page = visit(cast.staff).get(path).text
        assert "<img src=x" not in page and "&lt;img src=x onerror=alert(1)&gt;" in page
