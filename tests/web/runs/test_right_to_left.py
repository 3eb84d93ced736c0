"""Text that runs from right to left keeps its direction, and the words around it keep their places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run
from tracker.sop.text import clean, fold
from tracker.words.subjects import isolated, subject_name


@pytest.mark.parametrize("text", ["طلب ١٢", "הזמנה 12", "order طلب-7"])
def test_a_subject_is_isolated_in_sentences(text: str) -> None:
    assert isolated(text) == f"\u2068{text}\u2069" and isolated("TOTE-99") == "TOTE-99"
    assert subject_name(Run(subject_kind="", subject_ref=text)) == isolated(text)
    assert clean(isolated(text)) == text and fold(isolated(text)) == fold(text)  # typed again, it is the same


def test_titles_steps_and_subjects_have_their_own_direction(
    app: Flask, workspace: Path, visit: Callable[[Person | None], Visitor], session: Session, cast: Cast
) -> None:
    (workspace / "sops/arabic.md").write_text(
        "---\nid: arabic\ntitle: تعبئة الطلب\nowner: admin\n---\n\n1. خذ الصندوق\n2. أغلق الصندوق\n"
    )
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "arabic", subject="طلب-7", assignee=cast.staff)
    session.commit()
    page = visit(cast.staff).get(f"/runs/{run.id}").text
    assert "<bdi>تعبئة الطلب</bdi>" in page and "<title>تعبئة الطلب · \u2068طلب-7\u2069" in page
    assert page.count('md-typeset" dir="auto"') == 2
    assert '<span class="hf-subject" dir="auto">' in page
    today = visit(cast.staff).get("/").text
    assert 'dir="auto">تعبئة الطلب' in today or "<bdi>تعبئة الطلب</bdi>" in today
