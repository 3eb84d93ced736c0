"""One open run of an SOP about a subject, whoever asks for it and however many at once; more by wish only."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, cast_of
from tests.support.patience import PATIENCE
from tracker.db import db, writing
from tracker.domain.runs import lifecycle, subjects
from tracker.errors import AlreadyOpenError
from tracker.models import Person, Run


def test_a_second_start_names_the_run_that_is_open(session: Session, cast: Cast) -> None:
    given = {"subject": "1042", "assignee": cast.staff}
    first = lifecycle.start(session, by(cast.staff), NOW, "pack", **given)
    with pytest.raises(AlreadyOpenError, match="about 1042") as refused:
        lifecycle.start(session, by(cast.lead), NOW, "pack", subject=" 1042", assignee=None)
    assert refused.value.run == first.id and refused.value.status == 409
    assert lifecycle.start(session, by(cast.staff), NOW, "pack", anyway=True, **given).id != first.id


def test_another_name_of_the_subject_is_the_same(session: Session, cast: Cast) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    subjects.add_alias(session, by(cast.staff), NOW, run, "A7")
    with pytest.raises(AlreadyOpenError, match="about 1042"):
        lifecycle.start(session, by(cast.staff), NOW, "pack", subject="A7", assignee=cast.staff)


def test_one_form_sent_again_is_the_same_run(session: Session, cast: Cast) -> None:
    given = {"subject": "1042", "assignee": cast.staff, "ref": "a-form"}
    first = lifecycle.start(session, by(cast.staff), NOW, "pack", **given)
    assert lifecycle.start(session, by(cast.staff), NOW, "pack", **given) is first


def test_what_is_about_nothing_or_was_ended_does_not_stand_in_the_way(session: Session, cast: Cast) -> None:
    for _ in range(2):
        lifecycle.start(session, by(cast.staff), NOW, "opening", assignee=cast.staff)
        run = lifecycle.start(session, by(cast.lead), NOW, "pack", subject="1", assignee=cast.lead)
        lifecycle.cancel(session, by(cast.lead), NOW, run, "wrong order")
    lifecycle.start(session, by(cast.staff), NOW, "count", subject="1", assignee=cast.staff)


def test_two_starts_at_once_open_one_run(house: Flask) -> None:
    gate = threading.Barrier(2)

    def start(ref: str) -> int | None:
        with house.app_context():
            staff = cast_of(db.session()).staff
            gate.wait(PATIENCE)
            try:
                with writing() as session:
                    run = lifecycle.start(
                        session, by(staff), NOW, "pack", subject="1042", ref=ref, assignee=staff
                    )
            except AlreadyOpenError as error:
                return -error.run
            return run.id

    with ThreadPoolExecutor(2) as pool:
        one, two = sorted(pool.map(start, ["one", "two"]))  # type: ignore[type-var]
    assert one == -two
    with house.app_context():
        assert db.session.scalar(select(func.count()).select_from(Run)) == 1


def test_a_start_reads_no_texts_and_asks_little(session: Session, cast: Cast) -> None:
    asked: list[str] = []
    given = {"assignee": cast.staff, "location": cast.staff.location}
    lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1041", **given)
    session.commit()
    session.expire_all()
    actor = by(session.get_one(Person, cast.staff.id))
    note = lambda *said: asked.append(said[2])  # noqa: E731
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        lifecycle.start(session, actor, NOW, "pack", subject="1042", ref="a-form", assignee=actor.person)
        session.flush()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    read = [text for text in asked if text.startswith("SELECT") and "FROM people" not in text]
    assert len(read) <= 5 and not any("revisions.html" in text for text in read), read
