"""One's own password: changed by oneself, the first one by all means, a forgotten one by a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, Cast, Visitor
from tests.support.passwords import NEW, choose, link_in, sign_in
from tests.support.routes import BY_PROGRAMS, ROUTES
from tracker.db import db, new_id
from tracker.domain.entrance import passwords
from tracker.domain.people import accounts, directory, password_links
from tracker.models import Event, PasswordLink, Person, SecurityEntry
from tracker.web.reader import now

Visit = Callable[[Person | None], Visitor]
GIVEN = "nine blue barrels"


@pytest.fixture
def newcomer(session: Session, cast: Cast) -> Person:
    """Somebody to whom an admin has told a first password just now."""
    person = accounts.add(
        session, by(cast.admin), now(), login="nora", name="Nora", password=accounts.new_password(GIVEN,
        "nora"),
        location=cast.staff.location,
    )  # fmt: skip
    session.commit()
    return person


def test_everybody_changes_their_own_password_which_ends_their_other_sessions(
    visit: Visit, session: Session, cast: Cast
) -> None:
    phone, laptop = visit(None), visit(None)
    assert sign_in(phone, "sam", PASSWORD) == sign_in(laptop, "sam", PASSWORD) == 302
    form = {"present": PASSWORD, "password": NEW, "again": NEW}
    same = [{"password": text, "again": text} for text in ("hallo123", PASSWORD)]
    for wrong in ({"present": "wrong wrong"}, {"again": NEW + "x"}, *same):
        assert phone.post("/account/password", {**form, **wrong}).status_code == 422
    assert phone.post("/account/password", form).status_code == 303
    assert phone.get("/").status_code == 200 and laptop.get("/").status_code == 302
    assert sign_in(laptop, "sam", PASSWORD) == 401 and sign_in(laptop, "sam", NEW) == 302
    session.rollback()
    kinds = session.scalars(select(Event.kind).where(Event.kind == "password.changed")).all()
    assert kinds == ["password.changed"]


def test_a_password_stored_by_older_settings_is_stored_anew_when_it_is_used(
    visit: Visit, session: Session, cast: Cast
) -> None:
    cast.staff.password_hash = PasswordHasher(memory_cost=1024).hash(PASSWORD)
    session.commit()
    for given, status, outdated in (
        ("not it at all", 401, True),
        (PASSWORD, 302, False),
        (PASSWORD, 302, False),
    ):
        assert sign_in(visit(None), "sam", given) == status
        session.rollback()
        session.refresh(cast.staff)
        assert passwords.is_outdated(cast.staff.password_hash or "") == outdated


def test_a_first_password_opens_nothing_but_the_page_to_change_it(
    visit: Visit, session: Session, newcomer: Person
) -> None:
    nora = visit(None)
    assert sign_in(nora, "nora", GIVEN) == 302
    for route, level in ROUTES.items():
        method, path = route.split(" ")
        path = re.sub(r"<[^>]+>", "1", path)
        if level == "nobody" or path == "/account/password":
            continue
        answer = nora.get(path) if method == "GET" else nora.post(path)
        led = (401, None) if route in BY_PROGRAMS else (303, "/account/password")
        assert (answer.status_code, answer.headers.get("Location")) == led, route
    assert nora.htmx("/runs/1/records", {}).headers["HX-Redirect"] == "/account/password"
    page = nora.get("/account/password").text
    assert "Choose your own password" in page and 'name="present"' not in page
    assert nora.post("/account/password", {"password": GIVEN, "again": GIVEN}).status_code == 422
    assert nora.post("/account/password", {"password": NEW, "again": NEW}).status_code == 303
    assert nora.get("/").status_code == 200
    session.rollback()
    assert session.get_one(Person, newcomer.id, populate_existing=True).first_until is None


def test_a_first_password_ends_after_seven_days_and_people_says_when(
    visit: Visit, session: Session, cast: Cast, newcomer: Person
) -> None:
    assert newcomer.first_until is not None
    assert timedelta(days=6.9) < newcomer.first_until - now() <= timedelta(days=7)
    said = f"first password, ends {newcomer.first_until.astimezone(ZoneInfo('Europe/Berlin')):%A}"
    assert said in visit(cast.admin).get("/people").text
    early = visit(None)
    assert sign_in(early, "nora", GIVEN) == 302
    newcomer.first_until = now() - timedelta(seconds=1)
    session.commit()
    assert early.post("/account/password", {"password": NEW, "again": NEW}).status_code == 403
    nora = visit(None)
    assert sign_in(nora, "nora", GIVEN) == 403 and nora.get("/").status_code == 302
    assert sign_in(nora, "nora", "wrong wrong") == 401
    assert "first password, ended" in visit(cast.admin).get("/people").text


def test_nobody_signs_with_a_password_that_an_admin_knows(
    app: Flask, visit: Visit, session: Session, cast: Cast, newcomer: Person, run: object
) -> None:
    form = {"record": str(new_id()), "verdict": "signed", "login": "nora", "password": GIVEN}
    answer = visit(cast.staff).post(f"/runs/{run.id}/signoffs", form)  # type: ignore[attr-defined]
    assert answer.status_code == 403 and "choose their own first" in answer.text


def test_an_admin_makes_a_link_by_which_somebody_chooses_their_password(
    visit: Visit, session: Session, cast: Cast
) -> None:
    form = {"login": "nora", "name": "Nora", "access": "staff"}
    page = visit(cast.admin).post("/people", form)
    address = link_in(page.text)
    assert page.status_code == 200 and "data:image/svg" in page.text
    nora, late = visit(None), visit(None)
    assert "Hello Nora" in nora.get(address).text and "Hello Nora" in nora.get(address).text
    assert choose(nora, address, "short").status_code == 422
    assert choose(nora, address).location == "/"
    assert nora.get("/").status_code == 200
    assert "does not work any more" in late.get(address).text
    assert choose(late, address, "another good one").status_code == 403
    session.rollback()
    person = directory.person_named(session, "nora")
    assert person.first_until is None and sign_in(visit(None), "nora", NEW) == 302


def test_a_newer_link_and_time_end_a_link_and_its_digest_alone_is_kept(session: Session, cast: Cast) -> None:
    first, _ = password_links.make(session, by(cast.admin), NOW, cast.staff)
    second, ends = password_links.make(session, by(cast.admin), NOW, cast.staff)
    assert ends - NOW == timedelta(hours=24)
    assert password_links.find(session, first, NOW) is None
    assert password_links.find(session, second, NOW) is cast.staff
    assert password_links.find(session, second, ends) is None
    assert (
        password_links.find(session, "", NOW) is None and password_links.find(session, "\ud800", NOW) is None
    )
    assert second not in session.scalars(select(PasswordLink.digest)).all()
    cast.staff.disabled_at = NOW
    session.flush()
    assert password_links.find(session, second, NOW) is None


def test_using_a_link_ends_sessions_and_the_pin_but_no_second_factor(
    visit: Visit, session: Session, cast: Cast
) -> None:
    phone = visit(None)
    assert sign_in(phone, "sam", PASSWORD) == 302
    address = link_in(visit(cast.admin).post(f"/people/{cast.staff.id}/link").text)
    assert phone.get("/").status_code == 200  # the link alone ends nothing
    assert choose(visit(None), address).location == "/"
    assert phone.get("/").status_code == 302


def test_only_admins_make_links(visit: Visit, cast: Cast) -> None:
    for person in (cast.owner, cast.lead, cast.staff):
        assert visit(person).post(f"/people/{cast.admin.id}/link").status_code == 403


def change_sam(visit: Visit, cast: Cast, form: dict[str, str]) -> TestResponse:
    """An admin changes Sam's account."""
    path = f"/people/{cast.staff.id}"
    return visit(cast.admin).change(path, path, form)


def test_a_password_that_an_admin_sets_ends_the_links_of_before(
    visit: Visit, session: Session, cast: Cast
) -> None:
    token, _ = password_links.make(session, by(cast.admin), now(), cast.staff)
    session.commit()
    form = {"name": "Sam", "access": "staff", "password": GIVEN}
    assert change_sam(visit, cast, form).status_code == 303
    db.session.rollback()
    assert password_links.find(session, token, now()) is None
    person = session.get_one(Person, cast.staff.id, populate_existing=True)
    assert person.first_until is not None


def test_an_address_is_changed_with_the_password_only(visit: Visit, session: Session, cast: Cast) -> None:
    sam = visit(cast.staff)
    form = {"email": "sam@floor.example", "password": "wrong wrong"}
    assert sam.change("/account/password", "/account/email", form).status_code == 422
    assert (
        sam.change("/account/password", "/account/email", {**form, "password": PASSWORD}).status_code == 303
    )
    for wrong in ("sam", "a@b@c", "a b@c", "sam@floor.example\nBcc: x@y"):
        assert (
            sam.change(
                "/account/password", "/account/email", {"email": wrong, "password": PASSWORD}
            ).status_code
            == 422
        )
    session.rollback()
    assert session.get_one(Person, cast.staff.id, populate_existing=True).email == "sam@floor.example"


def test_an_admin_who_changes_an_address_is_logged(visit: Visit, session: Session, cast: Cast) -> None:
    form = {"name": "Sam", "access": "staff", "email": "eve@floor.example"}
    assert change_sam(visit, cast, form).status_code == 303
    assert change_sam(visit, cast, {**form, "email": "x"}).status_code == 422
    session.rollback()
    kinds = session.scalars(select(SecurityEntry.kind).where(SecurityEntry.person_id == cast.staff.id)).all()
    assert kinds.count("email.changed") == 1
