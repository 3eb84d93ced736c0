"""A subject is one thing in capitals and small letters, wide and narrow, with its kind or without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor, cast_of
from tracker.db import db, writing
from tracker.domain.dispatch import batches
from tracker.domain.runs import lifecycle, subjects
from tracker.domain.work import board, search
from tracker.errors import AlreadyOpenError, InvalidError
from tracker.models import Run, SubjectAlias
from tracker.models.people import Person

Start = Callable[..., Run]
SAME = ["case-1", "Case-1", "ＣＡＳＥ-1", "CASE‑1", "order CASE-1", "Order case-1", " CASE-1\u200b"]


@pytest.mark.parametrize("text", SAME)
def test_no_second_run_is_opened_without_a_word(session: Session, start: Start, text: str) -> None:
    early = start(subject="CASE-1")
    assert early.subject_ref == "CASE-1"
    with pytest.raises(AlreadyOpenError) as refused:
        start(subject=text)
    assert refused.value.run == early.id


def test_the_scan_field_goes_to_the_run(
    app: Flask, run: Run, visit: Callable[[Person | None], Visitor]
) -> None:
    with app.app_context(), writing() as session:
        cast = cast_of(session)
        mine = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="TOTE-99", assignee=cast.staff)
    for text in ("tote-99", "ＴＯＴＥ-99", "order tote-99"):
        answer = visit(cast.staff).get("/find", query_string={"q": text})
        assert answer.status_code == 302 and answer.location.endswith(f"/runs/{mine.id}"), text


def test_both_databases_find_it_under_every_way_of_writing(house: Flask) -> None:
    with house.app_context():
        with writing() as session:
            cast = cast_of(session)
            run = lifecycle.start(
                session, by(cast.staff), NOW, "pack", subject="Kiste Ärger-7", assignee=cast.staff
            )
            subjects.add_alias(session, by(cast.staff), NOW, run, "ÖRE 5")
        for text in ("kiste ärger-7", "KISTE A\u0308RGER‑7", "öre 5", "ärger", "ÖRE", "order kiste ärger-7"):
            assert [found.id for found in search.runs(db.session(), text, by(cast.staff))] == [run.id], text
        for text in ("ÄRGER", "öre"):
            query = select(Run.id).where(*board.matching(board.Filters(subject=text), NOW))
            assert db.session().scalars(query).all() == [run.id], text


def test_another_name_is_one_however_it_is_written(session: Session, cast: Cast, start: Start) -> None:
    run = start(subject="1042")
    for alias in ("Shop-5", "SHOP-5", "ｓｈｏｐ-5"):
        subjects.add_alias(session, by(cast.staff), NOW, run, alias)
    assert subjects.aliases_of(session, "order", "1042") == ["Shop-5"]
    with pytest.raises(InvalidError, match="already"):
        subjects.add_alias(session, by(cast.staff), NOW, run, "order 1042")
    with pytest.raises(AlreadyOpenError, match="about 1042"):
        start(subject="shop-5")
    subjects.remove_alias(session, by(cast.staff), NOW, run, "shop-5")
    assert session.scalars(select(SubjectAlias)).all() == []


def test_a_list_names_the_line_that_has_it_already(session: Session, cast: Cast, start: Start) -> None:
    open_one = start(subject="TOTE-1")
    text = "subject\nord-9\nORD-9\nOrd-9\ntote-1\n"
    batch = batches.prepare(
        session, by(cast.lead), NOW, sop_id="pack", text=text, name="a", zone="UTC", assignee=None, team=None,
        role=None, location=None, due=None,
    )  # fmt: skip
    preview = batches.preview(session, by(cast.lead), NOW, batch)
    assert [row.subject for row in preview.good] == ["ord-9"]
    assert [row.subject for row in preview.again] == ["tote-1"] and open_one.state == "open"
    assert [line.number for line, _ in preview.wrong] == [3, 4]
