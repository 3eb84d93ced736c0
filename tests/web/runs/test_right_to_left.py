"""Text that runs from right to left keeps its direction, and the words around it keep their places."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.authoring.sync import publish
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run, Step
from tracker.sop.text import clean, fold
from tracker.words.subjects import isolated, subject_name
from tracker.words.voice import Texts


@pytest.mark.parametrize("text", ["طلب ١٢", "הזמנה 12", "order طلب-7"])
def test_a_subject_is_isolated_in_sentences(text: str) -> None:
    assert isolated(text) == f"\u2068{text}\u2069" and isolated("TOTE-99") == "TOTE-99"
    assert subject_name(Texts("en"), Run(subject_kind="", subject_ref=text)) == isolated(text)
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


def test_reports_and_hits_keep_the_direction_of_what_they_name(
    app: Flask, workspace: Path, visit: Callable[[Person | None], Visitor], session: Session, cast: Cast
) -> None:
    title, step = "تعبئة الطلب", "خذ الصندوق"
    (workspace / "sops/arabic.md").write_text(f"---\nid: arabic\ntitle: {title}\n---\n\n1. {step}\n")
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    key = session.scalars(select(Step.key).where(Step.text == step)).one()
    olga = visit(cast.owner)
    for address in (
        "/overview", "/sops/arabic", f"/sops/arabic/steps/{key}", "/sops/arabic/revisions",
        "/closed-runs?sop=arabic", "/spot-checks?sop=arabic", f"/search?q={title}", f"/search?q={step}",
    ):  # fmt: skip
        main = olga.get(address).text.partition("<main")[2]
        main = re.sub(r"<option.*?</option>|</?mark>", "", main, flags=re.S)
        named = re.findall(rf".{{0,60}}(?:{title}|{step})", main)
        apart = re.compile(r'(?:dir="auto">|<bdi>(?:1 )?|\u2068)[\u0600-\u06ff ]*$')
        assert named and [one for one in named if not apart.search(one)] == [], address
