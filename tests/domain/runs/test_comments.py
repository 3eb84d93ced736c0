"""What people say on a run stays, and means only those who may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, people_at
from tracker.domain import events
from tracker.domain.actor import SYSTEM
from tracker.domain.runs import comments, lifecycle
from tracker.errors import ConflictError, ForbiddenError, InvalidError
from tracker.models import Comment, Event, Person, Run


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    return run


def said(session: Session, person: Person, run: Run, text: str) -> Comment:
    return comments.add(session, by(person), NOW, run, text)


def test_a_comment_is_kept_with_who_said_it_and_when(session: Session, cast: Cast, run: Run) -> None:
    said(session, cast.staff, run, "The label\n is  torn.\u202e")
    said(session, cast.lead, run, "Take the one from below.")
    found = comments.of_run(session, run)
    assert [(c.person.login, c.text, c.at) for c in found] == [
        ("sam", "The label is torn.", NOW), ("lena", "Take the one from below.", NOW),
    ]  # fmt: skip
    told = session.scalars(select(Event).where(Event.kind == "comment.added").order_by(Event.id)).all()
    assert [(e.subject, e.person_id, e.data["comment"]) for e in told] == [
        (f"run:{run.id}", c.person_id, c.id) for c in found
    ]
    assert [e.kind for e in events.history(session, run) if isinstance(e, Event)][-2:] == [
        "comment.added"
    ] * 2


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u202e", "x" * 1001])
def test_nothing_and_too_much_are_refused(text: str, session: Session, cast: Cast, run: Run) -> None:
    with pytest.raises(InvalidError):
        said(session, cast.staff, run, text)
    assert comments.of_run(session, run) == []


def test_who_may_not_see_the_run_says_nothing_on_it(session: Session, cast: Cast, run: Run) -> None:
    for actor in (by(cast.outsider), by(cast.other_lead), SYSTEM):
        with pytest.raises(ForbiddenError):
            comments.add(session, actor, NOW, run, "Me too.")


def test_a_closed_run_can_be_talked_about(session: Session, cast: Cast, run: Run) -> None:
    lifecycle.cancel(session, by(cast.lead), NOW + timedelta(hours=1), run, "cancelled by the customer")
    said(session, cast.lead, run, "Put it back.")
    assert comments.counted(session, [run]) == {run.id: 1}


def test_only_who_may_see_the_run_is_meant(session: Session, cast: Cast, run: Run) -> None:
    text = "@lena and @OSKAR, not a@sam.example; @nobody, ask (@ada). @lena!"
    comment = said(session, cast.staff, run, text)
    assert comment.mentioned == [cast.lead.id, cast.admin.id]
    shown = list(comments.parts(comment, comments.mentioned(session, [comment])))
    assert [(words, person.login) for words, person in shown if person] == [
        ("@lena", "lena"), ("@ada", "ada"), ("@lena", "lena"),
    ]  # fmt: skip
    assert "".join(words for words, _ in shown) == text


def test_a_disabled_account_is_not_meant(session: Session, cast: Cast, run: Run) -> None:
    cast.lead.disabled_at = NOW
    assert said(session, cast.staff, run, "@lena look").mentioned == []


def test_who_may_see_the_run_is_suggested_by_login_and_name(session: Session, cast: Cast, run: Run) -> None:
    people_at(session, "Berlin", ["lennart", "leo%"[:3]])

    def names(begun: str) -> list[str]:
        return [person.login for person in comments.suggested(session, by(cast.staff), run, begun)]

    assert names("le") == ["lena"]  # the others at this place have no part in it
    assert names("LEN") == ["lena"] and names("o") == ["olga"]
    assert names("%") == names("_") == [] and names("sam") == []


def test_an_open_run_is_everybodys_of_that_job(session: Session, cast: Cast) -> None:
    people_at(session, "Berlin", ["pia", "paul"], roles=["picker"])
    people_at(session, "Berlin", ["petra"])
    run = lifecycle.start(session, by(cast.lead), NOW, "pack", subject="7", role="picker")
    session.flush()
    found = comments.suggested(session, by(cast.lead), run, "p")
    assert [person.login for person in found] == ["paul", "pia"]


def test_comments_are_counted_by_run(session: Session, cast: Cast, run: Run) -> None:
    other = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="8", assignee=cast.staff)
    for text in ("one", "two"):
        said(session, cast.staff, run, text)
    assert comments.counted(session, [run, other]) == {run.id: 2}
    assert comments.counted(session, []) == {}


def test_no_text_along_with_an_act_says_nothing(session: Session, cast: Cast, run: Run) -> None:
    comments.add_if_any(session, by(cast.staff), NOW, run, "  ")
    assert comments.of_run(session, run) == []


def test_nobody_fills_a_run(session: Session, cast: Cast, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comments, "MOST_OF_PERSON", 2)
    for _ in range(2):
        said(session, cast.staff, run, "Again.")
    with pytest.raises(ConflictError):
        said(session, cast.staff, run, "And again.")
    said(session, cast.lead, run, "Enough.")
