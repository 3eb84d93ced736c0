"""What screens say: a subject once, limits that read like a limit, access levels and errors in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest
from babel.messages.extract import extract_from_dir
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tests.support.reading import words
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain import events
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle, loading
from tracker.errors import InvalidError
from tracker.models import Person, Run
from tracker.sop.subjects import KINDS
from tracker.words import subjects
from tracker.words.errors import error_text
from tracker.words.voice import Texts

TEXTS = Texts("en")

Visit = Callable[[Person | None], Visitor]


@pytest.mark.parametrize(
    ("kind", "ref", "said"),
    [
        ("order", "1042", "order 1042"),
        ("bin", "bin 3", "bin 3"),
        ("bin", "Bin A-04", "Bin A-04"),
        ("SKU", "sku-7", "sku-7"),
        ("purchase-order", "7", "purchase order 7"),
        ("Van", "7", "Van 7"),
        ("order", "orderly-7", "order orderly-7"),
        ("", "1042", "1042"),
        ("order", "", ""),
        ("a.b", "axb 1", "a.b axb 1"),
    ],
)
def test_the_kind_of_a_subject_is_said_once(kind: str, ref: str, said: str) -> None:
    assert subjects.subject_name(Texts("en"), Run(subject_kind=kind, subject_ref=ref)) == said


def test_limits_that_leave_one_value_say_so(app: Flask, visit: Visit, cast: Cast, session: Session) -> None:
    place = app.config["HOLDFAST"].workspace
    (place / "sops/opening.md").write_text(
        "# Open the shop\n\n1. Count the errors {#errors input=number unit=errors min=0 max=0}\n"
    )
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "opening", assignee=cast.staff)
    session.commit()
    page = visit(cast.staff).get(f"/runs/{run.id}").text
    assert "exactly 0 errors" in page and "0 – 0" not in page


def test_access_is_said_in_words(visit: Visit, cast: Cast) -> None:
    page = visit(cast.admin).get("/people").text
    for name, purpose in (("staff", "does runs"), ("lead", "assigns runs"), ("owner", "reads reports")):
        assert f">{name}</td>" in page and f"{name}: {purpose}</option>" in page


def test_a_new_account_is_offered_the_place_of_whoever_adds_it(visit: Visit, cast: Cast) -> None:
    place = cast.admin.location
    assert place is not None
    assert f'value="{place.id}" selected>{place.name}' in visit(cast.admin).get("/people").text


def test_an_error_fills_in_its_details_and_keeps_a_percent_sign(app: Flask) -> None:
    with app.test_request_context():
        assert error_text(TEXTS, InvalidError("No %(thing)s here.", thing="100 %")) == "No 100 % here."
        assert error_text(TEXTS, InvalidError("Not 100 %.")) == "Not 100 %."


def test_today_says_only_what_there_is(visit: Visit, cast: Cast, session: Session) -> None:
    lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1", assignee=cast.staff)
    session.commit()
    page = visit(cast.staff).get("/").text
    assert "1 run is yours" in page and "0 are open" not in page


def test_history_tells_a_deviation_after_the_record_that_opened_it(
    visit: Visit, cast: Cast, session: Session
) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="order 1042", assignee=cast.staff)
    session.commit()
    run = loading.load(session, by(cast.staff), run.id, "run.record", lock=True)
    recording.record(
        session, by(cast.staff), NOW, run, record_id=new_id(), step_key="scan", kind="failed", reason="torn"
    )
    session.commit()
    told = [getattr(entry, "kind", "") for entry in events.history(session, run)]
    assert told.index("failed") < told.index("deviation.opened")
    page = words(visit(cast.staff).get(f"/runs/{run.id}/history").text)
    assert "Pack an order · order 1042" in page and "started the run for" not in page


def test_a_percent_sign_in_a_text_is_written_twice() -> None:
    """A single one begins a place to fill in: the page that says the text would break."""
    methods = [("**.html", "jinja2"), ("**.txt", "jinja2")]
    found = list(extract_from_dir(Path(__file__).parents[2] / "templates", methods))
    texts = [text for _, _, said, *_ in found for text in (said if isinstance(said, tuple) else (said,))]
    assert len(texts) > 500
    assert not [text for text in texts if re.search(r"%(?!\(\w+\)[sd])", text.replace("%%", ""))]


def test_a_kind_of_subject_that_every_shop_knows_is_said_in_the_language_of_the_reader() -> None:
    """One that an author has thought of stays as it is written."""
    es, order = Texts("es"), Run(subject_kind="order", subject_ref="1042")
    assert subjects.subject_name(es, order) == "pedido 1042"
    assert subjects.subject_name(es, Run(subject_kind="van", subject_ref="7")) == "van 7"
    assert subjects.subject_name(es, Run(subject_kind="order", subject_ref="Order 1042")) == "pedido 1042"
    assert subjects.kind_first(es, "Pedido 1042") == "order 1042"
    assert subjects.kind_first(Texts("pl"), "zwrot pieniędzy 7") == "refund 7"
    assert subjects.kind_first(Texts("de"), normalize("NFD", "Rücksendung 7")) == "return 7"
    assert subjects.kind_first(Texts("en"), "purchase order 7") == "purchase-order 7"
    error = InvalidError(
        "Say which %(subject_kind)s this run is about, for example its number.", subject_kind="order"
    )
    assert "pedido" in error_text(es, error) and "order" not in error_text(es, error)
    names = [texts.gettext(word) for texts in map(Texts, ("de", "es", "fr", "pl")) for word in KINDS.values()]
    assert "order" not in names and "delivery" not in names
