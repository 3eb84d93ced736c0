"""A run page shows its steps in the reader's language where there is one, and records are the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.support.installation import PACK_PL, Visitor
from tests.support.ticks import said
from tracker.authoring.sync import publish
from tracker.db import db
from tracker.models import Person, Record

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def polish(app: Flask, workspace: Path) -> None:
    """The SOP about packing is there in Polish too, without its last step."""
    text = PACK_PL.replace("5. Przekaż dalej {#hand}\n", "")
    (workspace / "sops/fulfillment/pack.pl.md").write_text(text)
    publish(app, app.config["HOLDFAST"])


def read(visitor: Visitor, address: str, language: str) -> str:
    return visitor.get(address, headers={"Accept-Language": language}).text


@pytest.fixture
def address(polish: None, visit: Visit, session: Session) -> str:
    sam = visit(session.scalars(select(Person).where(Person.login == "sam")).one())
    answer = sam.post("/start/pack", {"subject": "1042", "ref": "one"})
    return str(answer.location)


@pytest.fixture
def sam(visit: Visit, session: Session) -> Visitor:
    return visit(session.scalars(select(Person).where(Person.login == "sam")).one())


def test_the_page_is_in_the_language_of_its_reader(sam: Visitor, address: str) -> None:
    page = read(sam, address, "pl-PL,pl;q=0.9,en;q=0.8")
    assert (
        '<ol class="hf-steps" lang="pl">' in page and "Zważ paczkę" in page and "Weigh the parcel" not in page
    )
    assert "Spakuj zamówienie" in page and "/docs/fulfillment/pack.pl/" in page
    assert "Hand it over" in page  # not translated, so as it was written
    for language in ("en,pl;q=0.5", "de", "pl;q=0"):
        page = read(sam, address, language)
        assert "Weigh the parcel" in page and "Zważ paczkę" not in page and '<ol class="hf-steps">' in page


def test_an_open_run_leads_to_a_document_that_was_moved_meanwhile(
    app: Flask, workspace: Path, sam: Visitor, address: str
) -> None:
    assert "/docs/fulfillment/pack.pl/" in read(sam, address, "pl")
    for file in (workspace / "sops/fulfillment").glob("pack*"):
        file.rename(workspace / "sops" / file.name)
    publish(app, app.config["HOLDFAST"])
    page = read(sam, address, "pl")
    assert "/docs/pack.pl/" in page and "/docs/fulfillment/" not in page


def test_a_tick_answers_in_the_same_language_with_what_changed_only(
    sam: Visitor, address: str, session: Session
) -> None:
    form: dict[str, Any] = {"HX-Request": "true", "Accept-Language": "pl"}
    answer = sam.post(f"{address}/records", said("scan", value="T"), headers=form)
    assert (
        "Zeskanuj pojemnik" in answer.text
        and "Zważ paczkę" in answer.text
        and "Scan the tote" not in answer.text
    )
    answer = sam.post(f"{address}/records", said("weigh", "failed", reason="torn"), headers=form)
    assert "policz ponownie" in answer.text and "Dodaj ulotkę" not in answer.text
    session.rollback()
    assert session.scalars(select(Record.step_key).order_by(Record.id)).all() == ["scan", "weigh"]


def test_a_choice_shows_its_own_words_and_records_those_of_the_original(
    sam: Visitor, workspace: Path, app: Flask, session: Session
) -> None:
    text = PACK_PL.replace('options="S, M, L"', 'options="mały, średni, duży"').replace(
        "unit=g", "unit=gramy"
    )
    (workspace / "sops/fulfillment/pack.pl.md").write_text(text)
    publish(app, app.config["HOLDFAST"])
    address = str(sam.post("/start/pack", {"subject": "1043", "ref": "two"}).location)
    sam.post(f"{address}/records", said("scan", value="T"))
    page = read(sam, address, "pl")
    assert (
        '<input type="radio" name="value" value="M" required><span>średni</span>' in page and "gramy" in page
    )
    assert sam.post(f"{address}/records", said("box", value="M")).status_code == 303
    session.rollback()
    assert session.scalars(select(Record.value).where(Record.step_key == "box")).all() == ["M"]


def test_the_warning_and_the_history_say_it_too(sam: Visitor, address: str) -> None:
    polish = {"Accept-Language": "pl"}
    for form in (said("scan", value="T"), said("weigh", value="250")):
        sam.post(f"{address}/records", form)
    warning = sam.post(f"{address}/close", headers=polish)
    assert warning.status_code == 409 and "Wybierz karton" in warning.text and "Hand it over" in warning.text
    assert "Zważ paczkę" in read(sam, f"{address}/history", "pl")
    assert "Weigh the parcel" in read(sam, f"{address}/history", "en")


def test_a_tick_asks_the_database_no_more_for_a_reader_of_another_language(
    app: Flask, sam: Visitor, address: str
) -> None:
    asked: list[str] = []

    def count(language: str, step: str) -> int:
        headers = {"HX-Request": "true", "Accept-Language": language}
        read(sam, address, language)
        asked.clear()
        assert sam.post(f"{address}/records", said(step), headers=headers).status_code == 200
        return len(asked)

    with app.app_context():
        engine = db.engine
    listen = lambda *given: asked.append(given[2])  # noqa: E731
    sam.post(f"{address}/records", said("scan", value="T"))
    event.listen(engine, "before_cursor_execute", listen)
    try:
        assert count("en", "flyer") == count("pl", "hand")
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def test_script_in_a_translation_is_text(
    app: Flask, workspace: Path, sam: Visitor, polish: None, address: str
) -> None:
    evil = "<script>evil()</script><img src=x onerror=evil()>"
    file = workspace / "sops/fulfillment/pack.pl.md"
    text = file.read_text().replace("Zważ paczkę", f"Zważ paczkę {evil}").replace("unit=g", f'unit="{evil}"')
    file.write_text(text)
    publish(app, app.config["HOLDFAST"])
    again = str(sam.post("/start/pack", {"subject": "1043", "ref": "two"}).location)
    page = read(sam, again, "pl")
    assert "Zważ paczkę" in page
    assert "<script>evil" not in page and "<img src=x" not in page and "evil()</script>" not in page
