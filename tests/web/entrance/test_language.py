"""The language of the interface is the reader’s own wherever they sign in; before that the browser’s."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import writing
from tracker.domain.people import devices, pins
from tracker.models import Event, Person
from tracker.web import reader

Visit = Callable[[Person | None], Visitor]
POLISH = {"Accept-Language": "pl-PL,pl;q=0.9,en;q=0.5"}


def said(page: str) -> str:
    """The language that a page says it is in."""
    return page.partition('<html lang="')[2].partition('"')[0]


def test_a_page_is_in_the_language_of_the_browser(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.staff)
    assert said(sam.get("/").text) == "en"
    assert said(sam.get("/", headers=POLISH).text) == "pl"
    assert said(sam.get("/", headers={"Accept-Language": "ja"}).text) == "en"


def test_ones_own_language_is_the_same_in_every_browser(visit: Visit, cast: Cast, session: Session) -> None:
    answer = visit(cast.staff).post("/language", {"language": "de", "next": "/account#language"})
    assert (answer.status_code, answer.location) == (303, "/account#language")
    assert "Set-Cookie" not in answer.headers or "language" not in answer.headers["Set-Cookie"]
    assert said(visit(cast.staff).get("/", headers=POLISH).text) == "de"
    assert said(visit(cast.lead).get("/", headers=POLISH).text) == "pl"
    session.rollback()
    (event,) = session.scalars(select(Event).where(Event.kind == "person.language-chosen"))
    assert (event.person_id, event.data, event.subject) == (
        cast.staff.id, {"language": "de"}, f"person:{cast.staff.id}",
    )  # fmt: skip


def test_it_can_be_left_to_the_browser_again(visit: Visit, cast: Cast, session: Session) -> None:
    sam = visit(cast.staff)
    sam.post("/language", {"language": "fr"})
    assert ' value="fr" lang="fr" selected' in sam.get("/account").text
    sam.post("/language", {"language": ""})
    assert said(sam.get("/", headers=POLISH).text) == "pl"
    sam.post("/language", {"language": ""})  # nothing changes, and nothing is written
    session.rollback()
    events = session.scalars(select(Event.data).where(Event.kind == "person.language-chosen"))
    assert [each["language"] for each in events] == ["fr", None]


def test_before_anybody_is_known_the_browser_remembers(visit: Visit) -> None:
    nobody = visit(None)
    answer = nobody.post("/language", {"language": "es", "next": "/login?next=/board"})
    assert answer.location == "/login?next=/board"
    assert said(nobody.get("/login", headers=POLISH).text) == "es"


def test_a_choice_leads_to_no_other_host_and_to_no_other_language(visit: Visit, cast: Cast) -> None:
    assert visit(None).post("/language", {"language": "de", "next": "//evil.example"}).location == "/"
    for visitor in (visit(None), visit(cast.staff)):
        assert visitor.post("/language", {"language": "../../etc"}).status_code == 422


def test_on_a_shared_tablet_the_choice_is_the_persons(
    app: Flask, visit: Visit, cast: Cast, session: Session
) -> None:
    with writing() as transaction:
        pins.set_own(transaction, by(cast.staff), NOW, pins.new_pin("7294"))
        here = cast.lead.location
        assert here is not None
        _, token = devices.register(transaction, by(cast.lead), NOW, name="Bench", location=here)
    tablet = visit(None)
    tablet.client.set_cookie("holdfast-device", token)
    tablet.post("/language", {"language": "fr"})
    assert said(tablet.get("/lock").text) == "fr"
    assert tablet.post(f"/lock/{cast.staff.id}", {"pin": "7294"}).status_code == 302
    assert said(tablet.get("/").text) == "fr"  # Sam has none of their own
    tablet._token = ""  # signing in has begun a new session
    tablet.post("/language", {"language": "pl"})  # from the menu, by PIN
    assert said(tablet.get("/").text) == "pl"
    tablet.post("/lock")
    assert said(tablet.get("/lock").text) == "fr"


def test_errors_are_in_the_readers_language_too(visit: Visit, cast: Cast, app: Flask) -> None:
    sam = visit(cast.staff)
    sam.post("/language", {"language": "de"})
    page = sam.get("/runs/999999")
    assert page.status_code == 404 and said(page.text) == "de"


def test_every_language_calls_itself_by_its_own_name() -> None:
    assert reader.languages() == {
        "de": "Deutsch", "en": "English", "es": "Español", "fr": "Français", "pl": "Polski",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/login", "/lock", "/forgotten", "/account", "/"])
def test_a_language_can_be_chosen_with_one_tap(path: str, visit: Visit, cast: Cast) -> None:
    page = visit(cast.staff if path in ("/account", "/") else None).get(path, follow_redirects=True).text
    assert page.count('name="language"') >= 5 and 'value="pl" lang="pl"' in page


def test_what_is_kept_for_all_readers_of_a_language_is_in_that_language(
    app: Flask, visit: Visit, cast: Cast
) -> None:
    """Whoever asks first, and whatever their own language is."""
    sam = visit(cast.staff)
    with app.test_request_context(headers=POLISH):
        assert reader.texts().language == "pl"
        with reader.speaking("de"):
            assert (reader.texts().language, reader.voice().language) == ("de", "de")
        assert reader.texts().language == "pl"
    assert sam.get("/run-parts/tlh/x").status_code == 404
    assert sam.get("/run-parts/de/x", headers=POLISH).status_code == 200
