"""A session is a row: its cookie, wherever it was copied to, is worth nothing once the row has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from tests.conftest import AppWith
from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, Cast, Visitor, token_in
from tracker.db import db, new_id
from tracker.domain import security_log
from tracker.domain.entrance import sessions, tokens
from tracker.domain.runs import lifecycle
from tracker.models import LoginSession, Person, SecurityEntry
from tracker.worker.sweeping import tidy

Visit = Callable[[Person | None], Visitor]
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


def entered(app: Flask, login: str = "sam", **headers: str) -> Visitor:
    """A browser of its own in which the person has signed in by the form."""
    visitor = Visitor(app, None)
    token = token_in(visitor.get("/login").text)
    form = {"login": login, "password": PASSWORD, "csrf_token": token}
    assert visitor.post("/login", form, headers=headers).status_code == 302
    visitor._token = token_in(visitor.get("/login", follow_redirects=True).text)
    return visitor


def copied(app: Flask, visitor: Visitor) -> Visitor:
    """Another browser with the cookie of the session."""
    other, cookie = Visitor(app, None), visitor.client.get_cookie("holdfast")
    assert cookie is not None
    other.client.set_cookie("holdfast", cookie.value)
    return other


def signed_in(visitor: Visitor) -> bool:
    return bool(visitor.get("/").status_code == 200)


def rows(session: Session, login: str = "sam") -> list[LoginSession]:
    """The sessions that were begun by signing in, oldest first."""
    session.rollback()
    query = select(LoginSession).join(LoginSession.person).where(Person.login == login)
    query = query.where(LoginSession.browser != "").order_by(LoginSession.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def told(session: Session, kind: str) -> list[SecurityEntry]:
    session.rollback()
    return list(session.scalars(select(SecurityEntry).where(SecurityEntry.kind == kind)))


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, session: Session, cast: Cast) -> None:
    sam = entered(app)
    thief = copied(app, sam)
    assert signed_in(sam) and signed_in(thief)
    sam.post("/logout")
    assert not signed_in(sam) and not signed_in(thief)
    (entry,) = told(session, security_log.SIGNED_OUT)
    assert (entry.person_id, entry.actor_id, entry.address) == (cast.staff.id, cast.staff.id, "127.0.0.1")


def test_each_sign_in_has_a_token_of_its_own_that_is_not_kept(app: Flask, session: Session) -> None:
    visitors = [entered(app) for _ in range(2)]
    given = []
    for visitor in visitors:
        with visitor.client.session_transaction() as cookie:
            given.append(cookie["_user_id"])
    assert len(set(given)) == 2 and all(len(token) > 40 for token in given)
    assert [row.digest for row in rows(session)] == [tokens.digest(token) for token in given]
    visitors[0].post("/logout")
    assert not signed_in(visitors[0]) and signed_in(visitors[1])


def test_signing_in_again_ends_the_session_before_and_changes_the_forms_token(
    app: Flask, session: Session
) -> None:
    sam = entered(app)
    before, thief = sam._token, copied(app, sam)
    sam.client.delete_cookie("holdfast-browser")
    sam.post("/logout")
    again = token_in(sam.get("/login").text)
    sam.post("/login", {"login": "sam", "password": PASSWORD, "csrf_token": again})
    assert signed_in(sam) and not signed_in(thief)
    assert len({before, again, token_in(sam.get("/").text)}) == 3
    assert [row.ended_by for row in rows(session)] == [sessions.SIGN_OUT, None]


@pytest.mark.parametrize(
    ("column", "days", "good"),
    [("used_at", 13, True), ("used_at", 15, False), ("begun_at", 29, True), ("begun_at", 31, False)],
)
def test_it_ends_after_long_without_use_and_after_long_in_all(
    app: Flask, session: Session, column: str, days: int, good: bool
) -> None:
    sam = entered(app)
    past = datetime.now(UTC) - timedelta(days=days)
    session.execute(update(LoginSession).values({column: past}))
    session.commit()
    assert signed_in(sam) is good
    assert signed_in(sam) is good  # no visit makes it longer than it may be


def test_the_limits_are_settings(session: Session, app_with: AppWith) -> None:
    app = app_with({"HOLDFAST_SESSION_IDLE": "30m", "HOLDFAST_SESSION_LONGEST": "8h"})
    for column, minutes, good in (
        ("used_at", 29, True), ("used_at", 31, False), ("begun_at", 479, True), ("begun_at", 481, False)
    ):  # fmt: skip
        sam = entered(app)
        past = datetime.now(UTC) - timedelta(minutes=minutes)
        session.execute(update(LoginSession).values({column: past}))
        session.commit()
        assert signed_in(sam) is good, column


def test_the_row_says_who_by_what_and_from_where(app: Flask, session: Session, cast: Cast) -> None:
    entered(app, **{"User-Agent": PHONE})
    (row,) = rows(session)
    assert (row.via, row.browser, row.address) == ("password", "Chrome on Android", "127.0.0.1")
    assert row.location_id == cast.staff.location_id and row.known_browser and row.device_id is None
    (entry,) = told(session, security_log.SIGNED_IN)
    assert (entry.person_id, entry.browser, entry.data) == (
        cast.staff.id, "Chrome on Android", {"via": "password", "session": row.id},
    )  # fmt: skip


def test_a_disabled_account_and_a_new_password_end_every_session(
    app: Flask, visit: Visit, session: Session, cast: Cast
) -> None:
    sam, admin = entered(app), visit(cast.admin)
    form = {"name": "Sam", "access": "staff", "location": cast.staff.location_id, "roles": "picker"}
    path = f"/people/{cast.staff.id}"
    admin.change(path, path, form | {"password": "nine green crates"})
    assert not signed_in(sam)
    assert [row.ended_by for row in rows(session)] == [sessions.PASSWORD]
    lena = entered(app, "lena")
    path = f"/people/{cast.lead.id}"
    admin.change(
        path,
        path,
        {"name": "Lena", "access": "lead", "location": cast.lead.location_id, "disabled": "1"},
    )
    assert not signed_in(lena) and [row.ended_by for row in rows(session, "lena")] == [sessions.DISABLED]


def test_use_is_written_down_every_five_minutes_and_not_by_a_page_that_asks_by_itself(
    app: Flask, session: Session, cast: Cast
) -> None:
    run = lifecycle.start(
        session, by(cast.staff), datetime.now(UTC), "pack", subject="7", assignee=cast.staff
    )
    session.commit()
    sam = entered(app)
    for minutes, path, noted in ((4, "/", False), (6, f"/runs/{run.id}/live", False), (6, "/", True)):
        past = datetime.now(UTC) - timedelta(minutes=minutes)
        session.rollback()
        session.execute(update(LoginSession).values(used_at=past))
        session.commit()
        assert sam.get(path).status_code == 200
        assert (rows(session)[0].used_at > past) is noted, path


def test_what_is_no_token_is_nobodys(app: Flask, session: Session, cast: Cast) -> None:
    for text in (f"{cast.staff.id}:{new_id()}", "", "1", "x" * 5000, "\udcff", rows_digest(session, app)):
        visitor = Visitor(app, None)
        with visitor.client.session_transaction() as cookie:
            cookie["_user_id"] = text
        assert not signed_in(visitor), text[:40]


def rows_digest(session: Session, app: Flask) -> str:
    """What the database keeps of a session that is good."""
    entered(app)
    return rows(session)[-1].digest


def test_the_session_costs_one_query_of_a_request_and_no_write(app: Flask, session: Session) -> None:
    sam = entered(app)
    said: list[str] = []
    with app.app_context():
        engine = db.engine

    def listen(*given: object) -> None:
        if given[2] != "BEGIN":
            said.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", listen)
    sam.get("/awake")
    event.remove(engine, "before_cursor_execute", listen)
    assert len(said) == 1 and "JOIN people" in said[0]


def test_after_the_end_every_page_leads_to_the_sign_in_and_back(app: Flask, session: Session) -> None:
    sam = entered(app)
    other_tab = copied(app, sam)
    other_tab._token = sam._token
    sam.post("/logout")
    answer = other_tab.get("/start/pack?subject=7")
    assert answer.status_code == 302 and answer.location.startswith("/login?next=")
    answer = other_tab.get("/start/pack", headers={"HX-Request": "true"})
    assert "/login" in answer.headers.get("HX-Redirect", answer.headers.get("Location", ""))


def test_one_sees_where_one_is_signed_in_and_ends_one_or_all_others(app: Flask, session: Session) -> None:
    phone, laptop, third = entered(app, **{"User-Agent": PHONE}), entered(app), entered(app)
    page = laptop.get("/account").text
    assert "Chrome on Android" in page and "Berlin" in page and page.count("this one") == 1
    first, second, _ = rows(session)
    assert laptop.post(f"/account/sessions/{first.id}/end").location == "/account#sessions"
    assert not signed_in(phone) and signed_in(laptop) and signed_in(third)
    laptop.post("/account/sessions/end")
    assert signed_in(laptop) and not signed_in(third)
    laptop.post(f"/account/sessions/{second.id}/end")  # the one that asks
    assert not signed_in(laptop)
    assert {row.ended_by for row in rows(session)} == {sessions.BY_PERSON}


@pytest.mark.parametrize("path", ["/", "/account", "/people", "/search?q=1", "/start/pack", "/nothing"])
def test_signing_out_is_in_the_menu_of_every_page(visit: Visit, cast: Cast, path: str) -> None:
    page = visit(cast.admin).get(path).text
    assert 'action="/logout"' in page and "Sign out" in page


def test_a_copied_cookie_alone_ends_no_session(
    app: Flask, visit: Visit, session: Session, cast: Cast
) -> None:
    sam, old = entered(app), visit(cast.staff)  # a session that began long ago
    (row,) = rows(session)
    assert "you show once more that it is you" in old.get("/account").text
    for path in (f"/account/sessions/{row.id}/end", "/account/sessions/end"):
        assert old.post(path).location == "/account/proof"
    assert signed_in(sam)
    assert old.post("/account/proof", {"password": PASSWORD}).location == "/account#sessions"
    old.post("/account/sessions/end")
    assert signed_in(old) and not signed_in(sam)


def test_who_shows_again_who_they_are_gets_a_new_token(app: Flask, session: Session, cast: Cast) -> None:
    sam = entered(app)
    thief = copied(app, sam)
    assert signed_in(thief)
    assert sam.post("/account/proof", {"password": PASSWORD}).status_code == 303
    assert signed_in(sam) and not signed_in(thief)
    (entry,) = told(session, security_log.SHOWN_AGAIN)
    assert (entry.person_id, entry.data) == (cast.staff.id, {"session": rows(session)[0].id})
    thief, new = copied(app, sam), "lamp cobalt river"
    sam.post("/account/password", {"present": PASSWORD, "password": new, "again": new})
    assert signed_in(sam) and not signed_in(thief)
    assert [row.ended_at for row in rows(session)] == [None]  # it is the same session all the time


def test_nobody_but_an_admin_sees_or_ends_sessions_of_others(
    app: Flask, session: Session, cast: Cast
) -> None:
    sam, lena, ada = entered(app), entered(app, "lena"), entered(app, "ada")
    number = rows(session)[0].id
    assert lena.get(f"/people/{cast.staff.id}").status_code == 403
    for path in (f"/people/{cast.staff.id}/sessions/{number}/end", f"/people/{cast.staff.id}/sessions/end"):
        assert lena.post(path).status_code == 403
    assert lena.post(f"/account/sessions/{number}/end").status_code == 404
    assert ada.post(f"/account/sessions/{number}/end").status_code == 404  # not one of their own
    assert ada.post(f"/people/{cast.lead.id}/sessions/{number}/end").status_code == 404
    assert signed_in(sam) and f"/sessions/{number}/end" in ada.get(f"/people/{cast.staff.id}").text
    answer = ada.post(f"/people/{cast.staff.id}/sessions/{number}/end")
    assert answer.location == f"/people/{cast.staff.id}#sessions"
    assert not signed_in(sam) and signed_in(lena)
    ada.post(f"/people/{cast.lead.id}/sessions/end")
    assert not signed_in(lena)
    told_of = [(entry.person_id, entry.actor_id, entry.data["why"]) for entry in
               told(session, security_log.SESSION_ENDED) if entry.data["of"]]  # fmt: skip
    assert told_of == [(person.id, cast.admin.id, "admin") for person in (cast.staff, cast.lead)]


def test_once_a_day_what_is_over_is_ended_and_what_is_old_is_forgotten(
    app: Flask, session: Session, cast: Cast
) -> None:
    entered(app)
    now, limits = datetime.now(UTC), sessions.Limits(timedelta(days=14), timedelta(days=30))
    session.rollback()
    sessions.sweep(session, now + timedelta(days=15), limits)
    session.commit()
    assert [row.ended_by for row in rows(session)] == [sessions.IDLE]
    assert told(session, security_log.SESSION_ENDED)[-1].data["why"] == "idle"
    sessions.sweep(session, now + timedelta(days=46), limits)
    session.commit()
    assert rows(session) == []
    assert len(told(session, security_log.SIGNED_IN)) == 1  # the log keeps it


def test_a_server_tidies_up(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SWEPT", 3)
    for n in range(8):
        session.add(LoginSession(person_id=1, digest=f"{n}", via="password", begun_at=NOW, used_at=NOW))
    session.commit()
    tidy(app)
    session.rollback()
    ended = session.scalars(select(LoginSession.ended_by).where(LoginSession.begun_at == NOW)).all()
    assert ended == [sessions.IDLE] * 8


def test_a_phone_that_was_signed_out_elsewhere_says_so(app: Flask, session: Session) -> None:
    lost, here = entered(app, **{"User-Agent": PHONE}), entered(app)
    number = next(row.id for row in rows(session) if "Android" in row.browser)
    assert "Chrome on Android" in here.get("/account").text
    here.post(f"/account/sessions/{number}/end")
    answer = lost.get("/", follow_redirects=True)
    assert "You were signed out here from another device." in answer.text
    assert "What you did on this device is still on it." in answer.text
    assert "signed out" not in Visitor(app, None).get("/login").shown


def test_who_has_signed_out_themselves_is_not_told_so(app: Flask) -> None:
    sam = entered(app)
    sam.post("/logout")
    assert "signed out" not in sam.get("/login").shown
