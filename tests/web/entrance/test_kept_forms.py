"""A form is never lost to a sign-in: it comes back to whoever wrote it, and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.actors import by
from tests.support.forms import Form, forms_in
from tests.support.installation import NOW, PASSWORD, Cast, Visitor, token_in
from tracker.db import new_id, writing
from tracker.domain.entrance import kept_forms
from tracker.domain.people import devices, pins
from tracker.domain.runs import lifecycle
from tracker.models import KeptForm, LoginSession, Person, Run
from tracker.share import share
from tracker.web import resending, secret_fields

Visit = Callable[[Person | None], Visitor]
TEXT = "no cartons, and what took me five minutes to write"


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    made = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="7", assignee=cast.staff)
    session.commit()
    return made


def sign_in(visitor: Visitor, login: str, page: str = "/login") -> TestResponse:
    """Sign in by the form of a sign-in page."""
    form = next(form for form in forms_in(visitor.get(page).text) if "login" in form.fields)
    answer = visitor.post(form.action, {**form.fields, "login": login, "password": PASSWORD})
    visitor._token = ""
    return answer


def end_session(session: Session, person: Person) -> None:
    """As after a night, or by an admin: the cookie is there still, the session is over."""
    session.execute(update(LoginSession).where(LoginSession.person_id == person.id).values(ended_at=NOW))
    session.commit()


def pause(visitor: Visitor, run: Run, **more: str) -> TestResponse:
    return visitor.post(f"/runs/{run.id}/pause", {"reason": TEXT, **more})


def again(answer: TestResponse) -> Form:
    """The form on a page that shows one again."""
    assert TEXT in answer.text
    return next(form for form in forms_in(answer.text) if "reason" in form.fields)


@pytest.mark.parametrize("cookie", ["kept", "cleared"])
def test_a_form_of_an_ended_session_waits_for_its_person(
    visit: Visit, session: Session, cast: Cast, run: Run, cookie: str
) -> None:
    sam = visit(cast.staff)
    end_session(session, cast.staff)
    if cookie == "cleared":
        sam.client.delete_cookie("holdfast")
    answer = pause(sam, run)
    assert answer.status_code == 303 and answer.location.startswith("/login?next=/kept/")
    page = sam.get(answer.location)
    assert "It is kept: sign in and send it once more" in page.text and TEXT not in page.text
    shown = sign_in(sam, "sam", answer.location)
    assert shown.status_code == 302 and shown.location.startswith("/kept/")
    form = again(sam.get(shown.location))
    assert sam.post(form.path, form.send()).status_code == 303
    session.expire_all()
    assert session.get_one(Run, run.id).pause_reason == TEXT
    assert sam.get(shown.location).status_code == 404  # it has arrived
    assert session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_another_person_who_signs_in_never_sees_it(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    sam = visit(cast.staff)
    end_session(session, cast.staff)
    answer = pause(sam, run)
    shown = sign_in(sam, "lena", answer.location)
    page = sam.get(shown.location)
    assert page.status_code == 404 and TEXT not in page.text
    sam.post(f"{shown.location}/removal")  # and can't take it away
    sam.post("/logout")
    assert TEXT in sam.get(sign_in(sam, "sam", answer.location).location).text


def test_a_form_of_a_page_of_somebody_else_is_not_done_and_not_shown(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    browser = visit(cast.staff)
    old = browser._token
    sign_in(browser, "lena") if browser.post("/logout") else None
    for reason in (TEXT, ""):
        answer = pause(browser, run, csrf_token=old, reason=reason)
        assert answer.status_code == 400 and TEXT not in answer.text
        assert "Somebody else has signed in here" in answer.text
    session.expire_all()
    assert session.get_one(Run, run.id).paused_at is None


def test_a_page_of_before_the_sign_in_shows_its_form_again(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    sam = visit(cast.staff)
    old = sam._token
    sam.client.delete_cookie("holdfast")
    sign_in(sam, "sam")  # in another tab
    answer = pause(sam, run, csrf_token=old)
    assert answer.status_code == 400
    session.expire_all()
    assert session.get_one(Run, run.id).paused_at is None  # the old token does nothing by itself
    form = again(answer)
    assert sam.post(form.path, form.send()).status_code == 303


def test_a_live_page_stays_where_it_is_and_gets_its_new_token(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    sam = visit(cast.staff)
    path, record = (
        f"/runs/{run.id}/records",
        {"step": "scan", "kind": "done", "value": "T", "id": str(new_id())},
    )
    old, headers = sam._token, {"HX-Request": "true", "HX-Current-URL": f"http://localhost/runs/{run.id}"}
    sam.client.delete_cookie("holdfast")
    out = sam.post(path, {**record, "csrf_token": old}, headers=headers)
    assert out.status_code == 401 and "HX-Redirect" not in out.headers and "Holdfast-Token" not in out.headers
    assert f'href="/login?next=/runs/{run.id}"' in out.text
    sign_in(sam, "sam")
    refused = sam.post(path, {**record, "csrf_token": old}, headers=headers)
    assert refused.status_code == 400
    fresh = refused.headers["Holdfast-Token"]
    assert sam.post(path, {**record, "csrf_token": fresh}, headers=headers).status_code == 200
    other = visit(cast.lead).post(path, {**record, "csrf_token": old}, headers=headers)
    assert other.status_code == 400 and "Holdfast-Token" not in other.headers


def test_what_shows_who_one_is_and_files_are_never_kept(
    visit: Visit, session: Session, cast: Cast, run: Run
) -> None:
    sam = visit(cast.staff)
    end_session(session, cast.staff)
    secret = dict.fromkeys(secret_fields.NAMES, "seven brown boxes")
    answer = pause(sam, run, **secret)
    session.rollback()
    kept = session.scalars(select(KeptForm)).one()
    assert "seven brown boxes" not in str(kept.fields) and "csrf_token" not in str(kept.fields)
    assert set(kept.asked) == secret_fields.NAMES - {"credential"}
    form = again(sam.get(sign_in(sam, "sam", answer.location).location))
    assert form.typed["password"] == "password" and form.fields["password"] == [""]


def test_strangers_can_keep_nothing(app: Flask, session: Session, run: Run) -> None:
    for token in ("", "x", "7.abc"):
        nobody = Visitor(app, None)
        answer = nobody.post(f"/runs/{run.id}/pause", {"reason": TEXT, "csrf_token": token})
        assert answer.status_code in (303, 400) and TEXT not in answer.text
    assert session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_only_so_many_are_kept_and_not_for_long(session: Session, cast: Cast) -> None:
    given = {"path": "/runs/1/pause", "page": "", "fields": [("reason", TEXT)], "asked": []}
    tokens = [kept_forms.keep(session, NOW + timedelta(minutes=n), cast.staff.id, **given) for n in range(12)]
    found = [kept_forms.find(session, NOW, cast.staff, token or "") is not None for token in tokens]
    assert found == [False] * 2 + [True] * 10
    late = NOW + timedelta(days=1, minutes=5)
    assert kept_forms.find(session, late, cast.staff, tokens[5] or "") is None
    kept_forms.sweep(session, late)
    assert session.scalar(select(func.count()).select_from(KeptForm)) == 6
    huge = {**given, "fields": [("list", "x" * kept_forms.LARGEST), ("sop", "a")]}
    for part in (
        huge,
        {**given, "fields": [("x" * kept_forms.LARGEST, "a")]},
        {**given, "asked": ["x" * 2_000_000]},
    ):
        assert kept_forms.keep(session, NOW, cast.staff.id, **part) is None
    cast.staff.disabled_at = NOW
    assert kept_forms.keep(session, NOW, cast.staff.id, **given) is None


def test_on_a_shared_tablet_it_waits_behind_the_pin(
    app: Flask, session: Session, cast: Cast, run: Run
) -> None:
    with writing() as transaction:
        for person in (cast.staff, cast.lead):
            pins.set_own(transaction, by(transaction.get_one(Person, person.id)), NOW, pins.new_pin("7294"))
        lead = transaction.get_one(Person, cast.lead.id)
        _, cookie = devices.register(transaction, by(lead), NOW, name="Bench", location=lead.location)
    tablet = Visitor(app, None)
    tablet.client.set_cookie("holdfast-device", cookie)

    def unlock(person: Person) -> TestResponse:
        tablet._token = token_in(tablet.get(f"/lock/{person.id}").text)
        answer = tablet.post(f"/lock/{person.id}", {"pin": "7294"})
        tablet._token = ""
        return answer

    unlock(cast.staff)
    form = next(f for f in forms_in(tablet.get(f"/runs/{run.id}").text) if f.path.endswith("/pause"))
    tablet.post("/lock")
    answer = tablet.post(form.path, form.send(reason=TEXT))
    assert (answer.status_code, answer.location) == (303, "/lock")
    assert unlock(cast.lead).location == "/"  # who comes in between is led nowhere
    tablet.post("/lock")
    tablet.post(form.path, form.send(reason=TEXT))
    assert TEXT in tablet.get(unlock(cast.staff).location).text


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_sign_in_leads_nowhere_else(app: Flask, visit: Visit, cast: Cast, target: str) -> None:
    query = {"next": target}
    assert visit(cast.staff).get("/login", query_string=query).location == "/"
    nobody = Visitor(app, None)
    form = {"login": "sam", "password": PASSWORD}
    assert nobody.post("/login", form, query_string=query).location == "/"


def test_a_deep_link_survives_a_second_tab(app: Flask, session: Session, run: Run) -> None:
    browser, place = Visitor(app, None), f"/runs/{run.id}"
    first = browser.get(place)
    assert first.status_code == 302
    page = browser.get(first.location).text
    old = next(form for form in forms_in(page) if "login" in form.fields)
    sign_in(browser, "sam")  # in a second tab
    assert browser.get(first.location).location == place
    late = browser.post(old.action, {**old.fields, "login": "sam", "password": PASSWORD})
    assert (late.status_code, late.location) == (303, place)


def test_an_old_sign_in_page_asks_once_more(app: Flask) -> None:
    browser = Visitor(app, None)
    old = next(form for form in forms_in(browser.get("/login?next=/board").text) if "login" in form.fields)
    sign_in(browser, "sam")
    browser.post("/logout")
    answer = browser.post(old.action, {**old.fields, "login": "sam", "password": PASSWORD})
    assert answer.status_code == 400 and "once more" in answer.text and 'value="sam"' in answer.text
    assert "next=/board" in answer.text and PASSWORD not in answer.text


def test_a_cookie_that_is_refused_gets_its_own_words(app: Flask) -> None:
    browser = Visitor(app, None)
    form = next(form for form in forms_in(browser.get("/login").text) if "login" in form.fields)
    browser.client.delete_cookie("holdfast")
    browser._token = "of the page"
    answer = browser.post("/login", {**form.fields, "login": "sam", "password": PASSWORD})
    assert answer.status_code == 400 and "has not kept the cookie" in answer.text


def test_a_missing_referer_gets_its_own_words(
    app_with: Callable[[dict[str, str]], Flask], tmp_path: Path
) -> None:
    app = app_with({"HOLDFAST_ADDRESS": "https://floor.example"})
    browser = app.test_client()
    given = {"base_url": "https://floor.example"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login", **given).text)
    assert token
    form = {"csrf_token": token[1], "login": "sam", "password": PASSWORD}
    answer = browser.post("/login", data=form, **given)
    assert answer.status_code == 400 and "Referer" in answer.text and "floor.example" in answer.text
    other = browser.post("/login", data=form, headers={"Referer": "https://other.example/login"}, **given)
    assert other.status_code == 400 and "comes from other.example" in other.text
    right = browser.post("/login", data=form, headers={"Referer": "https://floor.example/login"}, **given)
    assert right.status_code == 302


def test_a_refused_form_comes_back_with_what_was_written(visit: Visit, cast: Cast, run: Run) -> None:
    form = {"reason": TEXT, "step": "no-such-step"}
    answer = visit(cast.lead).post(f"/runs/{run.id}/overrides", form)
    assert (
        answer.status_code >= 400
        and TEXT in answer.text
        and again(answer).path == f"/runs/{run.id}/overrides"
    )


def test_every_field_that_people_type_into_has_its_word() -> None:
    """A new form whose texts could not be shown again fails here."""
    unknown = set()
    for file in share("templates").rglob("*.html"):
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", file.read_text(), re.DOTALL):
            for tag in re.findall(r"<(?:input|textarea)\b[^>]*>", form):
                kind, name = (re.search(rf'\b{what}="([a-z_]+)"', tag) for what in ("type", "name"))
                typed = kind is None or kind[1] not in ("hidden", "checkbox", "radio", "file", "password")
                if name and typed and not secret_fields.is_one(name[1]) and name[1] not in resending.WORDS:
                    unknown.add(name[1])
    assert not unknown


def test_every_password_field_is_secret() -> None:
    for file in share("templates").rglob("*.html"):
        for tag in re.findall(r"<input\b[^>]*type=\"password\"[^>]*>", file.read_text()):
            name = re.search(r'name="([^"]+)"', tag)
            assert name and (secret_fields.is_one(name[1]) or "{{" in name[1]), (file, tag)
