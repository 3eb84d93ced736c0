"""The security log: who did what to accounts and sessions, when, from where; and nobody takes it back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, Cast, Visitor, token_in
from tracker.cli import main
from tracker.db import writing
from tracker.domain import security_log
from tracker.domain.entrance import tries
from tracker.domain.people import pins
from tracker.models import Device, Person, SecurityEntry
from tracker.web.people.security_log import WORDS

Visit = Callable[[Person | None], Visitor]
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"}


def told(session: Session, *kinds: str) -> list[SecurityEntry]:
    session.rollback()
    query = select(SecurityEntry).where(SecurityEntry.kind.in_(kinds)).order_by(SecurityEntry.id)
    return list(session.scalars(query))


def form_of(person: Person, **more: Any) -> dict[str, Any]:
    roles = ", ".join(role.name for role in person.roles)
    return {"name": person.name, "access": person.access, "location": person.location_id or "",
            "team": person.team_id or "", "roles": roles} | more  # fmt: skip


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) CriOS/140.0 Safari/604.1", "Chrome on iPad"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/19.0 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130.0", "Samsung Internet on Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64 16000.0.0) Chrome/140.0 Safari/537.36", "Chrome on ChromeOS"),
        ("curl/8.9", "curl"), ("", ""), ("<script>alert(1)</script>", ""), ("x" * 9000, ""),
    ],
)  # fmt: skip
def test_a_browser_in_words_that_people_know(agent: str, words: str) -> None:
    assert security_log.browser_words(agent) == words


def test_what_an_admin_does_to_an_account(visit: Visit, session: Session, cast: Cast) -> None:
    ada, sam = visit(cast.admin), cast.staff
    path, location = f"/people/{sam.id}", sam.location_id
    ada.change(path, path, form_of(sam, access="lead", everywhere="1"), headers=PHONE)
    ada.change(
        path, path, form_of(sam, access="lead", everywhere="1", name="Samuel")
    )  # the name is no access
    ada.change(path, path, form_of(sam, access="lead", everywhere="1", password="nine green crates"))
    ada.change(path, path, form_of(sam, access="lead", everywhere="1", disabled="1"))
    ada.change(path, path, form_of(sam, access="lead", everywhere="1"))
    changed, password, disabled, enabled = told(
        session, security_log.ACCESS_CHANGED, security_log.PASSWORD_CHANGED, security_log.ACCOUNT_DISABLED,
        security_log.ACCOUNT_ENABLED,
    )  # fmt: skip
    assert changed.data == {
        "before": {"access": "staff", "everywhere": False}, "after": {"access": "lead", "everywhere": True},
    }  # fmt: skip
    assert (changed.browser, changed.address, location) == ("Safari on iPhone", "127.0.0.1", sam.location_id)
    assert [one.kind for one in (password, disabled, enabled)] == [
        "password.changed", "account.disabled", "account.enabled",
    ]  # fmt: skip
    for entry in (changed, password, disabled, enabled):
        assert (entry.person_id, entry.actor_id) == (sam.id, cast.admin.id)
        assert "crates" not in json.dumps(entry.data)


def test_what_happens_at_a_shared_tablet(visit: Visit, session: Session, cast: Cast) -> None:
    pins.set_own(session, by(cast.staff), NOW, pins.new_pin("7294"))
    session.commit()
    tablet = visit(cast.lead)
    form = {"name": "Table 2", "location": cast.lead.location_id, "idle_minutes": "2"}
    assert tablet.post("/devices", form).status_code == 303
    tablet._token = token_in(tablet.get("/login").text)
    tablet.post(f"/lock/{cast.staff.id}", {"pin": "0000"})
    tablet.post(f"/lock/{cast.staff.id}", {"pin": "7294"})
    device = session.scalars(select(Device)).one()
    tablet._token = ""
    tablet.post("/lock")
    visit(cast.lead).post(f"/devices/{device.id}/retirement")
    kinds = ("pin.set", "device.registered", "sign-out", "sign-in.failed", "sign-in", "session.ended",
             "device.retired")  # fmt: skip
    found = told(session, *kinds)
    assert [entry.kind for entry in found] == list(kinds)
    failed, entered, ended = found[3:6]
    assert failed.device_id == entered.device_id == device.id and entered.data["via"] == "pin"
    assert (ended.person_id, ended.data["why"]) == (cast.staff.id, "turn")


def test_every_download_is_logged(visit: Visit, session: Session, cast: Cast) -> None:
    visit(cast.lead).get("/board.csv")
    for path in ("/overview.csv", "/weak-points.csv", "/sops/pack/health.csv"):
        assert visit(cast.owner).get(path).status_code == 200
    found = told(session, security_log.EXPORTED)
    assert [entry.data["file"] for entry in found] == [
        "board.csv", "overview.csv", "weak-points.csv", "pack.csv",
    ]  # fmt: skip
    assert found[0].person_id == cast.lead.id


def test_what_is_refused_is_logged_once_a_minute(visit: Visit, session: Session, cast: Cast) -> None:
    sam = visit(cast.staff)
    for _ in range(5):
        assert sam.get("/people").status_code == 403
    assert sam.get("/board").status_code == 403
    found = told(session, security_log.REFUSED)
    assert [(entry.person_id, entry.data["path"]) for entry in found] == [
        (cast.staff.id, "/people"), (cast.staff.id, "/board"),
    ]  # fmt: skip


def test_a_form_without_its_token_is_logged_also_of_nobody_and_never_as_a_flood(
    app: Flask, visit: Visit, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_log, "FLOOD", 10)
    visit(cast.admin).client.post("/people", data={"login": "eve"})
    (entry,) = told(session, security_log.FORM_REFUSED)
    assert (entry.person_id, entry.data["path"]) == (cast.admin.id, "/people")
    nobody = Visitor(app, None)
    for n in range(30):
        nobody.client.post(f"/lock/{n}", data={})
    assert len(told(session, security_log.FORM_REFUSED)) == 11


def test_the_command_line_is_a_place_too(app: Flask, session: Session) -> None:
    place = str(app.config["HOLDFAST"].workspace)
    command = ["user", "add", "eve", "--access", "owner", "--password", PASSWORD, "--workspace", place]
    assert CliRunner().invoke(main, command).exit_code == 0
    (entry,) = [each for each in told(session, security_log.ACCOUNT_ADDED) if each.data["access"] == "owner"
                and each.actor_id is None]  # fmt: skip
    assert entry.address == "command line" and entry.person is not None and entry.person.login == "eve"


def test_admins_read_it_filtered_and_take_it_along(visit: Visit, session: Session, cast: Cast) -> None:
    nobody = visit(None)
    token = token_in(nobody.get("/login").text)
    for login in ("sam", "=cmd|' /C calc'!A0", "<b>eve</b>"):
        nobody.post("/login", {"login": login, "password": "wrong", "csrf_token": token})
    ada = visit(cast.admin)
    page = ada.get("/security").text
    assert "3 sign-ins failed today" in page and "nobody is waiting" in page
    assert "<b>eve" not in page and "&lt;b&gt;eve" in page
    assert "command line" in ada.get("/security?days=365&kind=account.added").text
    of_sam = ada.get(f"/security?kind=sign-in.failed&person={cast.staff.id}").text
    assert of_sam.count("<tr>") == 2 and "eve" not in of_sam
    answer = ada.get("/security.csv?kind=sign-in.failed")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["login"] for row in rows] == ["<b>eve</b>", "'=cmd|' /C calc'!A0", ""]
    assert rows[2]["person"] == "sam" and rows[2]["address"] == "127.0.0.1"
    assert "security-log.csv" in ada.get("/security").text  # which is a line, too
    for wrong in ("kind=x", "days=3", "days=%C2%B2", "person=x", "page=0"):
        assert ada.get(f"/security?{wrong}").status_code == 422
    for person in (cast.owner, cast.lead, cast.staff):
        assert visit(person).get("/security").status_code == 403


def test_what_an_account_may_is_said_in_words(visit: Visit, session: Session, cast: Cast) -> None:
    ada, sam = visit(cast.admin), cast.staff
    ada.post(
        "/people",
        {"name": "Tess", "login": "tess", "access": "staff", "location": str(cast.lead.location_id)},
    )
    ada.change(f"/people/{sam.id}", f"/people/{sam.id}", form_of(sam, access="lead", everywhere="1"))
    page = ada.get("/security").text
    assert "reaches everything: no → yes" in page and "access: staff, location: " in page
    assert "False" not in page and "everywhere" not in page


def test_it_has_pages(visit: Visit, session: Session, cast: Cast) -> None:
    with writing() as writer:
        for n in range(120):
            security_log.write(writer, NOW, security_log.EXPORTED, file=f"f{n}.csv")
    ada = visit(cast.admin)
    first, third = (ada.get(f"/security?days=365&kind=export&page={n}").text for n in (1, 3))
    assert "1–50 of 120" in first and "f119.csv" in first
    assert "101–120 of 120" in third and "f0.csv" in third


def test_how_many_wait_is_said_first(visit: Visit, session: Session, cast: Cast) -> None:
    nobody = visit(None)
    token = token_in(nobody.get("/login").text)
    for _ in range(5):
        nobody.post("/login", {"login": "sam", "password": "wrong", "csrf_token": token})
    page = visit(cast.admin).get("/security").text
    assert "5 sign-ins failed today; 1 account waits after wrong tries." in " ".join(page.split())


def test_an_account_that_waits_for_several_reasons_is_one(visit: Visit, session: Session, cast: Cast) -> None:
    now = datetime.now(UTC)
    counts = [tries.of_factor(cast.staff), tries.of_browser(cast.staff, "a"), tries.of_tablet(7, cast.staff)]
    for _ in range(5):
        tries.take(session, now, counts)
    session.commit()
    assert "1 account waits after wrong tries." in " ".join(visit(cast.admin).get("/security").text.split())


def test_no_route_deletes_and_every_kind_has_its_words(app: Flask) -> None:
    assert set(WORDS) == set(security_log.KINDS)
    routes = [rule for rule in app.url_map.iter_rules() if "/security" in rule.rule]
    assert routes and all(rule.methods == {"GET", "HEAD", "OPTIONS"} for rule in routes)
    with pytest.raises(KeyError):
        security_log.write(None, NOW, "made.up")  # type: ignore[arg-type]


OLD = {"csp-report": {"document-uri": "http://localhost/runs/7?token=secret", "blocked-uri": "https://evil.example/x.js?y",
                      "effective-directive": "script-src-elem"}}  # fmt: skip
NEW = [{"type": "csp-violation", "body": {"documentURL": "http://localhost/library", "blockedURL": "inline",
                                         "effectiveDirective": "style-src"}}]  # fmt: skip


def send(app: Flask, given: Any, kind: str = "application/csp-report") -> int:
    data = given if isinstance(given, bytes) else json.dumps(given).encode()
    return Visitor(app, None).client.post("/csp-reports", data=data, content_type=kind).status_code


def test_violations_of_the_policy_are_collected_once_a_day(app: Flask, session: Session, cast: Cast) -> None:
    for _ in range(5):
        assert send(app, OLD) == 204
        assert send(app, NEW, "application/reports+json") == 204
    first, second = told(session, security_log.POLICY_VIOLATED)
    assert first.data == {
        "directive": "script-src-elem", "blocked": "https://evil.example/x.js", "page": "/runs/7",
    }  # fmt: skip
    assert second.data == {"directive": "style-src", "blocked": "inline", "page": "/library"}


def test_no_link_to_a_new_password_gets_into_the_log(app: Flask, session: Session, cast: Cast) -> None:
    token = "w7l2_a-secret"
    Visitor(app, None).client.post(f"/link/{token}", data={"password": "lamp cobalt river"})
    page = f"http://localhost/link/{token}"
    send(app, {"csp-report": {"document-uri": page, "blocked-uri": page, "effective-directive": "img-src"}})
    found = told(session, security_log.FORM_REFUSED, security_log.POLICY_VIOLATED)
    assert len(found) == 2 and not any(token in json.dumps(entry.data) for entry in found)
    assert found[0].data["path"] == found[1].data["page"] == "/link/…"


@pytest.mark.parametrize(
    "junk",
    [b"", b"x", b"\xff", b"[" * 10_000, b"null", b"7", {"csp-report": 7}, {"csp-report": {}}, [1, [2]],
     {"body": []},
     {"csp-report": {"document-uri": "https://elsewhere.example/", "blocked-uri": "x"}},
     {"csp-report": {"document-uri": ["http://localhost/"]}}, {"csp-report": {"document-uri": "http://[x"}}],
)  # fmt: skip
def test_junk_is_no_report(app: Flask, session: Session, junk: Any) -> None:
    assert send(app, junk) == 204
    assert told(session, security_log.POLICY_VIOLATED) == []


def test_reports_are_small_and_few(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert send(app, b"x" * 17_000) == 413
    monkeypatch.setattr("tracker.web.people.security_log.REPORTS_A_DAY", 20)

    def one(n: int) -> dict[str, Any]:
        page = f"http://localhost/{n}" + "x" * 600
        return {"csp-report": {"document-uri": page, "blocked-uri": "y\0\n" * 90}}

    for n in range(10):
        send(app, [one(n * 100 + k) for k in range(9)])
    found = told(session, security_log.POLICY_VIOLATED)
    assert len(found) == 20 and all(len(entry.data["page"]) <= 120 for entry in found)
    assert not any("\0" in entry.data["blocked"] for entry in found)


def test_every_page_says_where_violations_are_told(visit: Visit, session: Session, cast: Cast) -> None:
    for path in ("/", "/security", "/static/logo.svg", "/nothing"):
        answer = visit(cast.admin).get(path)
        assert "report-uri /csp-reports; report-to csp" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Reporting-Endpoints"] == 'csp="/csp-reports"'
