"""A shared tablet: registered on the spot, unlocked by PIN, good for nothing while it is locked."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import AppWith
from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, SHIP, Cast, Visitor, token_in
from tests.support.routes import ROUTES
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.people import accounts, pins
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle
from tracker.models import Device, Event, Person, Record, SignOff

Visit = Callable[[Person | None], Visitor]
PIN = "7294"
COOKIE = "holdfast-device"


@pytest.fixture
def cast(session: Session, cast: Cast) -> Cast:
    """The cast, with the same PIN for the member of the team, the lead and the admin."""
    for person in (cast.staff, cast.lead, cast.admin, cast.outsider):
        pins.set_own(session, by(person), NOW, pins.new_pin(PIN))
    session.commit()
    return cast


@pytest.fixture
def tablet(visit: Visit, cast: Cast) -> Visitor:
    """A browser that the lead has just made the shared tablet of Berlin; nobody is signed in there."""
    visitor = visit(cast.lead)
    form = {"name": "Table 2", "location": cast.lead.location_id, "idle_minutes": "2"}
    answer = visitor.post("/devices", form)
    assert (answer.status_code, answer.location) == (303, "/lock")
    return again(visitor)


def again(visitor: Visitor) -> Visitor:
    """Its page is loaded anew, so that its form has the token of the session that there is now."""
    visitor._token = token_in(visitor.get("/login").text)
    return visitor


def unlock(visitor: Visitor, person: Person, pin: str = PIN) -> Any:
    again(visitor)
    answer = visitor.post(f"/lock/{person.id}", {"pin": pin})
    visitor._token = ""
    return answer


def signed_in(visitor: Visitor) -> bool:
    return bool(visitor.get("/").status_code == 200)


def copied(app: Flask, visitor: Visitor, *names: str) -> Visitor:
    """Another browser with these cookies of the first."""
    other = Visitor(app, None)
    for name in names:
        cookie = visitor.client.get_cookie(name)
        assert cookie is not None
        other.client.set_cookie(name, cookie.value)
    return other


def test_registering_marks_this_browser_and_signs_out(tablet: Visitor, session: Session, cast: Cast) -> None:
    cookie = tablet.client.get_cookie(COOKIE)
    device = session.scalars(select(Device)).one()
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax" and cookie.path == "/"
    assert cookie.max_age == 400 * 24 * 3600 and cookie.value not in device.token_hash
    assert not signed_in(tablet)
    page = tablet.get("/", follow_redirects=True).text
    assert "Who are you?" in page and "Table 2" in page and "Sam" in page and "Oskar" not in page


def test_two_taps_and_a_pin_and_every_record_is_theirs(tablet: Visitor, session: Session, cast: Cast) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    names = tablet.get("/lock").text
    assert f'href="/lock/{cast.staff.id}"' in names
    assert 'name="pin"' in tablet.get(f"/lock/{cast.staff.id}").text
    assert unlock(tablet, cast.staff).location == "/"
    record = {"id": str(new_id()), "step": "scan", "kind": "done", "value": "T", "device_id": "mine"}
    assert tablet.post(f"/runs/{run.id}/records", record).status_code == 303
    entry = session.scalars(select(Record)).one()
    assert (entry.person_id, entry.device_id) == (cast.staff.id, "Table 2")


def test_the_cookie_of_the_device_alone_does_nothing(tablet: Visitor, session: Session, cast: Cast) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    before = session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1))
    basic = base64.b64encode(f"sam:{PASSWORD}".encode()).decode()
    secret = {"Authorization": f"Basic {basic}", "X-Forwarded-User": "sam", "Remote-User": "sam"}
    for headers in ({}, secret, {"Authorization": f"Bearer {tablet.client.get_cookie(COOKIE).value}"}):  # type: ignore[union-attr]
        for route, lowest in ROUTES.items():
            if lowest == "nobody":
                continue
            method, path = route.split(" ")
            path = re.sub(r"<int:run_id>", str(run.id), path)
            path = re.sub(r"<[^>]+>", "1", path)
            form = {"id": str(new_id()), "step": "hand", "kind": "done", "login": "sam", "password": PASSWORD}
            answer = (
                tablet.get(path, headers=headers)
                if method == "GET"
                else again(tablet).post(path, form, headers=headers)
            )
            if path == "/queue":  # a program asks: it is told, and not led anywhere
                assert answer.status_code == 401 and answer.get_json()["holdfast"] == "queue"
                continue
            assert (answer.status_code, answer.location) in ((303, "/lock"), (302, "/lock")), route
    session.rollback()
    assert session.scalars(select(Record)).all() == []
    assert session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)) == before


@pytest.mark.parametrize("pin", ["7295", "", "72 94", "seven", "7294x", "7" * 100, "٧٢٩٤", PASSWORD])
def test_a_wrong_pin_says_the_same_whether_there_is_one_or_not(tablet: Visitor, cast: Cast, pin: str) -> None:
    pages = set()
    for person in (cast.staff, cast.owner):  # she has none
        answer = unlock(tablet, person, pin)
        assert answer.status_code == 401 and not signed_in(tablet)
        text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
        pages.add(text.replace(person.name, "").replace(person.login, ""))
    assert len(pages) == 1


def test_after_five_wrong_ones_the_pin_waits_and_the_password_works(
    tablet: Visitor, session: Session, cast: Cast, app: Flask
) -> None:
    for person in (cast.staff, cast.owner):
        assert [unlock(tablet, person, "7295").status_code for _ in range(6)] == [401] * 5 + [429]
    assert unlock(tablet, cast.staff).status_code == 429  # the right one too
    assert unlock(copied(app, tablet, COOKIE), cast.staff).status_code == 429  # in any process, any browser
    kinds = session.scalars(select(Event.subject).where(Event.kind == "pin.locked")).all()
    assert kinds == [f"person:{cast.staff.id}", f"person:{cast.owner.id}"]
    again(tablet).post("/login", {"login": "sam", "password": PASSWORD})
    assert signed_in(tablet)


def test_nobody_from_elsewhere_and_nobody_unknown(tablet: Visitor, cast: Cast) -> None:
    for number in (cast.outsider.id, 999_999):
        answer = again(tablet).post(f"/lock/{number}", {"pin": PIN})
        assert answer.status_code == 404
    assert tablet.get("/lock?q=" + "x" * 500).status_code == 200


def test_a_pin_counts_on_no_other_device(visit: Visit, cast: Cast, app: Flask) -> None:
    for cookie in ("", "x", "of another installation", "\xff" * 50, "x" * 3000):
        nobody = visit(None)
        nobody.client.set_cookie(COOKIE, cookie)
        answer = unlock(nobody, cast.staff)
        assert answer.location == "/login" and not signed_in(nobody)
        assert nobody.get("/lock").location == "/login"
        again(nobody).post("/login", {"login": "sam", "password": PIN})
        assert not signed_in(nobody)


def test_a_pin_is_no_password(tablet: Visitor, cast: Cast) -> None:
    answer = again(tablet).post("/login", {"login": "sam", "password": PIN})
    assert answer.status_code == 401 and not signed_in(tablet)


def test_by_pin_an_admin_is_a_lead(tablet: Visitor, cast: Cast, session: Session) -> None:
    unlock(tablet, cast.admin)
    assert tablet.get("/board").status_code == 200
    for path in ("/people", "/overview", "/library", "/sops/pack", "/pin", "/devices"):
        answer = tablet.get(path)
        assert answer.status_code == 403 and "PIN is not enough" in answer.text, path
    page = tablet.get("/").text
    assert ">People<" not in page and "Your PIN" not in page and "Shared tablets" not in page
    assert tablet.post("/pin", {"pin": "4071", "again": "4071", "password": PASSWORD}).status_code == 403


def test_the_session_is_good_on_its_device_only(
    app: Flask, visit: Visit, tablet: Visitor, cast: Cast
) -> None:
    unlock(tablet, cast.staff)
    assert signed_in(tablet) and not signed_in(copied(app, tablet, "holdfast"))
    own = visit(cast.staff)  # and one from elsewhere is none here
    device = tablet.client.get_cookie(COOKIE)
    assert signed_in(own) and device is not None
    own.client.set_cookie(COOKIE, device.value)
    assert not signed_in(own)


def test_switching_ends_the_session_before_wherever_its_cookie_is(
    app: Flask, tablet: Visitor, cast: Cast
) -> None:
    unlock(tablet, cast.staff)
    sams = copied(app, tablet, COOKIE, "holdfast")
    assert signed_in(sams)
    tablet.post("/lock")
    assert not signed_in(tablet) and not signed_in(sams)
    unlock(tablet, cast.lead)
    assert signed_in(tablet) and not signed_in(sams)


def test_retired_while_somebody_is_at_it(tablet: Visitor, visit: Visit, cast: Cast, session: Session) -> None:
    unlock(tablet, cast.staff)
    assert signed_in(tablet)
    device = session.scalars(select(Device)).one()
    assert visit(cast.lead).post(f"/devices/{device.id}/retirement").status_code == 303
    answer = tablet.get("/")
    assert answer.status_code == 302 and "/login" in answer.location
    assert unlock(tablet, cast.staff).location == "/login" and not signed_in(tablet)
    again(tablet).post("/login", {"login": "sam", "password": PASSWORD})
    assert signed_in(tablet) and tablet.client.get_cookie(COOKIE) is None


def age(visitor: Visitor, seconds: int) -> None:
    """Nobody has touched it for so long."""
    with visitor.client.session_transaction() as cookies:
        cookies["seat"] = {**cookies["seat"], "at": cookies["seat"]["at"] - seconds}


def seat(visitor: Visitor) -> int:
    with visitor.client.session_transaction() as cookies:
        return int(cookies["seat"]["at"])


@pytest.mark.parametrize("by", ["pin", "password"])
def test_left_alone_it_locks_and_the_same_person_comes_back_to_their_page(
    tablet: Visitor, cast: Cast, by: str
) -> None:
    if by == "pin":
        unlock(tablet, cast.staff)
    else:
        again(tablet).post("/login", {"login": "sam", "password": PASSWORD})
    age(tablet, 100)
    assert signed_in(tablet)  # which was a touch
    age(tablet, 140)
    assert tablet.get("/awake").status_code == 401
    assert tablet.get("/start/pack?subject=7").location == "/lock"
    assert unlock(tablet, cast.staff).location == "/start/pack?subject=7"
    age(tablet, 140)
    assert tablet.get("/start/pack?subject=7").location == "/lock"
    assert unlock(tablet, cast.lead).location == "/"


def test_the_locked_page_loaded_again_stays_with_who_left_it(tablet: Visitor, cast: Cast) -> None:
    unlock(tablet, cast.staff)
    age(tablet, 1000)
    assert tablet.get("/search?q=tote").location == "/lock"
    assert tablet.get("/search?q=tote").location == "/lock"  # as when the page notices that it is locked
    assert unlock(tablet, cast.lead).location == "/"


def test_what_is_opened_on_a_locked_tablet_waits_for_whoever_unlocks_it(tablet: Visitor, cast: Cast) -> None:
    assert tablet.get("/start/pack").location == "/lock"
    assert unlock(tablet, cast.lead).location == "/start/pack"


def test_what_a_phone_fetches_by_itself_was_opened_by_nobody(tablet: Visitor, cast: Cast) -> None:
    fetched = {"headers": {"Holdfast-By-Itself": "1"}}
    assert tablet.get("/start/pack", **fetched).location == "/lock"
    assert unlock(tablet, cast.lead).location == "/"
    tablet.post("/lock", headers={"Referer": "http://localhost/search?q=tote"})
    assert tablet.get("/start/pack", **fetched).location == "/lock"
    assert unlock(tablet, cast.lead).location == "/search?q=tote"
    age(tablet, 1000)
    fetched["headers"]["Referer"] = "http://localhost/docs/"
    assert tablet.get("/start/pack", **fetched).location == "/lock"
    assert unlock(tablet, cast.lead).location == "/docs/"  # the page that fetched it


def test_a_pin_counts_whatever_the_other_tabs_of_the_tablet_do(tablet: Visitor, cast: Cast) -> None:
    """They ask at the same time, each answer brings a session, and the last one takes the others' away."""
    page = f"/lock/{cast.lead.id}"
    form = {"pin": PIN, "csrf_token": token_in(tablet.get(page).text)}
    for other in (page, f"/lock/{cast.staff.id}", "/login", "/lock", "/"):
        tablet.client.delete_cookie("holdfast")
        tablet.get(other)
        assert tablet.post(page, form).status_code == 302 and signed_in(tablet)
        tablet.post("/lock")
    password = {"login": cast.lead.login, "password": PASSWORD, "csrf_token": form["csrf_token"]}
    tablet.client.delete_cookie("holdfast")
    assert tablet.post("/login", password).status_code == 302 and signed_in(tablet)


def test_unlocking_once_more_in_another_tab_is_unlocking(tablet: Visitor, cast: Cast) -> None:
    """A wrong PIN takes nothing from whoever sits there; without a token of this tablet none counts."""
    page, other = f"/lock/{cast.lead.id}", f"/lock/{cast.staff.id}"
    form = {"pin": PIN, "csrf_token": token_in(tablet.get(page).text)}
    assert tablet.post(page, form).status_code == 302
    assert tablet.post(other, form).status_code == 302
    assert f'data-person="{cast.staff.id}"' in tablet.get("/").text
    own = token_in(tablet.get("/start/pack").text)
    assert tablet.post(page, {**form, "pin": "7295"}).status_code == 401
    assert tablet.post("/start/pack", {"subject": "own page", "csrf_token": own}).status_code == 303
    tablet.post("/lock")
    for token in ("", "x", own):
        tablet.post(page, {**form, "csrf_token": token})
        assert not signed_in(tablet)


def test_whatever_asks_while_the_tablet_is_locked_its_screen_takes_a_pin(tablet: Visitor, cast: Cast) -> None:
    for headers in ({"HX-Request": "true"}, {"Holdfast-By-Itself": "1"}, {}):
        tablet.get("/start/pack", headers=headers)
        assert tablet.post(f"/lock/{cast.lead.id}", {"pin": PIN}).status_code == 302
        tablet.post("/lock")
        again(tablet)


@pytest.mark.parametrize(
    "referrer", ["https://evil.example//evil.example", "http://x/\\evil.example", "", "x"]
)
def test_the_way_back_never_leads_elsewhere(tablet: Visitor, cast: Cast, referrer: str) -> None:
    unlock(tablet, cast.staff)
    tablet.post("/lock", headers={"Referer": referrer})
    assert unlock(tablet, cast.staff).location == "/"


def test_a_page_that_asks_by_itself_is_no_touch(tablet: Visitor, session: Session, cast: Cast) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    unlock(tablet, cast.staff)
    age(tablet, 60)
    before, live = seat(tablet), {"headers": {"HX-Request": "true"}}
    assert tablet.get(f"/runs/{run.id}/live", **live).status_code == 200
    tablet.get("/static/holdfast.css")
    assert seat(tablet) == before
    assert tablet.get("/awake").status_code == 204 and seat(tablet) > before
    age(tablet, 140)
    answer = tablet.get(f"/runs/{run.id}/live", **live)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/lock")


def test_a_removed_pin_ends_its_session(tablet: Visitor, visit: Visit, cast: Cast, session: Session) -> None:
    unlock(tablet, cast.staff)
    assert signed_in(tablet)
    assert visit(cast.lead).post(f"/people/{cast.staff.id}/pin/removal").status_code == 303
    assert not signed_in(tablet)


def test_a_person_who_moved_away_is_out(tablet: Visitor, cast: Cast, session: Session) -> None:
    unlock(tablet, cast.staff)
    cast.staff.location_id = cast.outsider.location_id
    session.commit()
    assert not signed_in(tablet) and unlock(tablet, cast.staff).status_code == 404


def stored(session: Session) -> str | None:
    """What is kept of the owner's PIN."""
    session.rollback()
    return session.scalar(select(Person.pin_hash).where(Person.login == "olga"))


def test_ones_own_pin_needs_the_password(visit: Visit, cast: Cast, session: Session) -> None:
    olga = visit(cast.owner)
    good = {"pin": "4071", "again": "4071", "password": PASSWORD}
    for wrong, says in (
        ({"password": "x"}, "password is wrong"),
        ({"again": "4072"}, "not the same"),
        ({"pin": "1234", "again": "1234"}, "first that others"),
        ({"pin": "1" * 100, "again": "1" * 100}, "4 to 8 digits"),
    ):
        answer = olga.post("/pin", good | wrong)
        assert answer.status_code == 422 and says in answer.text
    assert stored(session) is None
    assert olga.post("/pin", good).location == "/pin?saved=set"
    assert stored(session) is not None
    olga.post("/pin", {"pin": "", "again": "", "password": PASSWORD})
    assert stored(session) is None


def test_leads_see_their_devices_and_change_them(tablet: Visitor, visit: Visit, cast: Cast) -> None:
    lead = visit(cast.lead)
    assert (
        "Table 2" in lead.get("/devices").text
        and "Table 2" not in visit(cast.other_lead).get("/devices").text
    )
    for form, status in (
        ({"name": "Table 7", "idle_minutes": "30"}, 303),
        ({"name": "Table 7", "idle_minutes": "31"}, 422),
        ({"name": "Table 7", "idle_minutes": "²"}, 422),
        ({"name": "", "idle_minutes": "2"}, 422),
    ):
        assert lead.change("/devices", "/devices/1", form).status_code == status
    assert "Table 7" in lead.get("/devices").text
    answer = lead.post(
        "/devices", {"name": "table 7", "location": cast.lead.location_id, "idle_minutes": "2"}
    )
    assert answer.status_code == 409 and "already" in answer.text
    elsewhere = {"name": "Door", "location": cast.outsider.location_id, "idle_minutes": "2"}
    assert lead.post("/devices", elsewhere).status_code == 403


def test_more_tablets_give_no_more_tries_of_a_password(visit: Visit, cast: Cast) -> None:
    statuses = []
    for number in range(7):
        visitor = visit(cast.lead)
        form = {"name": f"Made up {number}", "location": cast.lead.location_id, "idle_minutes": "2"}
        assert visitor.post("/devices", form).status_code == 303
        answer = again(visitor).post(
            "/login", {"login": cast.admin.login, "password": f"a wrong one {number}"}
        )
        statuses.append(answer.status_code)
    assert statuses == [401] * 5 + [429] * 2


def test_nobody_says_of_a_phone_that_it_is_the_tablet(
    tablet: Visitor, visit: Visit, session: Session, cast: Cast
) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    sam = visit(cast.staff)
    for step, value, said in (("scan", "T", "Table 2"), ("weigh", "500", "a1" * 12)):
        form = {"id": str(new_id()), "step": step, "kind": "done", "value": value, "device_id": said}
        assert sam.post(f"/runs/{run.id}/records", form | {"device_seq": "99"}).status_code == 303
    session.rollback()
    kept = {record.step_key: record.device_id for record in session.scalars(select(Record))}
    assert kept == {"scan": None, "weigh": "a1" * 12}


def test_behind_https_the_cookie_is_a_host_cookie(cast: Cast, app_with: AppWith) -> None:
    app = app_with({"HOLDFAST_TRUSTED_PROXY": "10.0.0.1"})
    client = app.test_client()
    at = {"base_url": "https://floor.example"}
    token = token_in(client.get("/login", **at).text)
    signed = client.post(
        "/login",
        data={"login": "lena", "password": PASSWORD, "csrf_token": token},
        headers={"Referer": "https://floor.example/login"},
        **at,
    )
    assert signed.status_code == 302
    token = token_in(client.get("/devices", **at).text)
    form = {"name": "T", "location": cast.lead.location_id, "idle_minutes": 2, "csrf_token": token}
    answer = client.post("/devices", data=form, headers={"Referer": "https://floor.example/devices"}, **at)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-holdfast-device="))
    assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.fixture
def to_sign(app: Flask, workspace: Path, session: Session, cast: Cast) -> tuple[str, str]:
    """Where to sign what the member of the team has done, and its record."""
    (workspace / "sops/ship.md").write_text(SHIP)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "ship", subject="1042", assignee=cast.staff)
    entry = recording.record(
        session, by(cast.staff), NOW, run, record_id=new_id(), step_key="address", kind="done"
    )
    session.commit()
    return f"/runs/{run.id}/signoffs", str(entry.id)


def test_a_second_person_signs_by_pin_where_the_tablet_stands(
    tablet: Visitor, visit: Visit, cast: Cast, session: Session, to_sign: tuple[str, str]
) -> None:
    place, record = to_sign
    unlock(tablet, cast.staff)
    assert "Their password or PIN" in tablet.get(place.removesuffix("/signoffs")).text
    form = {"record": record, "verdict": "signed", "login": "lena", "password": PIN}
    assert visit(cast.staff).post(place, form).status_code == 403  # a PIN is nothing on another device
    for wrong in ({"password": "7295"}, {"login": "oskar"}, {"login": "olga"}, {"login": "nobody"}):
        assert tablet.post(place, form | wrong).status_code == 403, wrong
    assert tablet.post(place, form | {"login": "sam"}).status_code == 403  # who did it
    session.rollback()
    assert session.scalars(select(SignOff)).all() == []
    assert tablet.post(place, form).status_code == 303
    session.rollback()
    assert session.scalars(select(SignOff)).one().person_id == cast.lead.id
    assert signed_in(tablet)
    assert "Sam" in tablet.get("/").text  # the tablet is still his


def test_signing_tries_are_counted_with_the_others(
    tablet: Visitor, cast: Cast, session: Session, to_sign: tuple[str, str]
) -> None:
    place, record = to_sign
    unlock(tablet, cast.staff)
    form = {"record": record, "verdict": "signed", "login": "lena", "password": "7295"}
    assert [tablet.post(place, form).status_code for _ in range(6)] == [403] * 5 + [429]
    assert tablet.post(place, form | {"password": PIN}).status_code == 429
    assert tablet.post(place, form | {"password": PASSWORD}).status_code == 303


def test_eight_digits_may_be_a_password_too(
    tablet: Visitor, cast: Cast, session: Session, to_sign: tuple[str, str]
) -> None:
    place, record = to_sign
    cast.lead.password_hash = accounts.new_password("93720184", "lena")
    session.commit()
    unlock(tablet, cast.staff)
    form = {"record": record, "verdict": "signed", "login": "lena", "password": "93720184"}
    assert tablet.post(place, form).status_code == 303
