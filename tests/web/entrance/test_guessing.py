"""Guessing is slowed for the guesser: nobody else is shut out, whatever the process or the spelling."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.conftest import AppWith
from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, Cast, Visitor, people_at, token_in
from tests.support.patience import PATIENCE
from tracker.domain import security_log
from tracker.domain.entrance import sessions, tries
from tracker.domain.people import accounts, directory
from tracker.errors import ConflictError, ThrottledError
from tracker.models import LoginSession, Person, SecurityEntry, Tries

Visit = Callable[[Person | None], Visitor]


class Browser(Visitor):
    """A browser at an address, that has its own cookies."""

    def __init__(self, app: Flask, address: str = "203.0.113.7") -> None:
        super().__init__(app, None)
        self._from = {"REMOTE_ADDR": address}

    def sign_in(self, login: str, password: str) -> int:
        if not self._token:
            self._token = token_in(self.get("/login").text)
        answer = self.post("/login", {"login": login, "password": password}, environ_base=self._from)
        if answer.status_code == 302:
            self._token = ""
        return answer.status_code


def known(app: Flask, login: str = "sam", address: str = "203.0.113.7") -> Browser:
    """A browser from which the person has signed in and out."""
    browser = Browser(app, address)
    assert browser.sign_in(login, PASSWORD) == 302
    browser.post("/logout")
    browser._token = ""
    return browser


def later(session: Session, minutes: float) -> None:
    """So much time goes by for what is counted."""
    session.rollback()
    session.execute(update(Tries).values(tried_at=Tries.tried_at))
    for row in session.scalars(select(Tries)):
        row.tried_at -= timedelta(minutes=minutes)
    session.commit()


def told(session: Session, kind: str) -> list[SecurityEntry]:
    session.rollback()
    return list(session.scalars(select(SecurityEntry).where(SecurityEntry.kind == kind)))


def test_five_are_free_then_each_waits_longer(app: Flask, session: Session, cast: Cast) -> None:
    stranger = Browser(app)
    assert [stranger.sign_in("sam", f"wrong {n}") for n in range(7)] == [401] * 5 + [429] * 2
    for minutes in (1, 2, 4, 8, 15, 15):
        later(session, minutes - 0.1)
        assert stranger.sign_in("sam", PASSWORD) == 429
        later(session, 0.2)
        assert stranger.sign_in("sam", "wrong") == 401
    later(session, 12 * 60)
    assert stranger.sign_in("sam", PASSWORD) == 302


def test_it_says_how_long_and_what_helps(app: Flask, session: Session) -> None:
    stranger = Browser(app)
    for n in range(5):
        stranger.sign_in("sam", f"wrong {n}")
    page = stranger.post("/login", {"login": "sam", "password": PASSWORD}, environ_base=stranger._from)
    assert page.status_code == 429 and "Wait 1 min; on a device you have used before" in page.text
    assert 'name="password"' in page.text  # they are still where they can sign in


def test_strangers_never_shut_out_a_browser_that_is_known(app: Flask, session: Session) -> None:
    own, stranger = known(app), Browser(app)
    for n in range(12):
        stranger.sign_in("sam", f"wrong {n}")
    assert stranger.sign_in("sam", PASSWORD) == 429
    assert own.sign_in("sam", PASSWORD) == 302
    assert stranger.sign_in("sam", PASSWORD) == 429  # which frees no guesses for the others


def test_a_known_browser_has_pauses_of_its_own_and_is_known_for_its_person_only(
    app: Flask, session: Session
) -> None:
    own = known(app)
    assert [own.sign_in("sam", "wrong") for _ in range(6)] == [401] * 5 + [429]
    assert Browser(app).sign_in("sam", PASSWORD) == 302  # others go on
    for n in range(6):
        own.sign_in("lena", f"wrong {n}")
    assert own.sign_in("lena", PASSWORD) == 429
    own.client.set_cookie("holdfast-browser", "made up")
    assert own.sign_in("lena", PASSWORD) == 429


def test_a_right_one_begins_anew(app: Flask, session: Session) -> None:
    own = known(app)
    for _ in range(3):
        assert [own.sign_in("sam", "wrong") for _ in range(4)] == [401] * 4
        assert own.sign_in("sam", PASSWORD) == 302
        own.post("/logout")
        own._token = ""


@pytest.mark.parametrize("spelling", ["SAM", " sam ", "ＳＡＭ", "ｓａｍ", "ſam", "SaM", "𝐬𝐚𝐦", "ⓢam"])
def test_spellings_that_are_one_account_count_as_one(app: Flask, session: Session, spelling: str) -> None:
    stranger = Browser(app)
    assert [stranger.sign_in(login, "wrong") for login in ("sam", spelling) * 3] == [401] * 5 + [429]
    assert Browser(app).sign_in(spelling, PASSWORD) == 429


def test_no_two_accounts_fold_to_one(session: Session, cast: Cast) -> None:
    def add(login: str) -> Person:
        return accounts.add(session, by(cast.admin), NOW, login=login, name="", password=None)

    add("straße")
    for login in ("STRASSE", "strasse", "ｓtraße", "ſtrasse"):
        with pytest.raises(ConflictError):
            add(login)
    assert directory.with_login(session, "STRASSE") is directory.with_login(session, "straße") is not None


def test_accounts_from_before_that_fold_to_one_are_known_by_their_own_spelling(
    session: Session, cast: Cast
) -> None:
    both = [Person(login=login, name=login, created_at=NOW) for login in ("straße", "strasse")]
    session.add_all(both)
    session.flush()
    assert [directory.with_login(session, login) for login in ("Straße", "STRASSE")] == both


def test_a_login_that_does_not_exist_looks_the_same(app: Flask, session: Session) -> None:
    pages = []
    for login in ("sam", "nobody"):
        stranger = Browser(app)
        said = []
        for n in range(8):
            stranger._token = token_in(stranger.get("/login").text)
            form = {"login": login, "password": f"wrong {n}"}
            answer = stranger.post("/login", form, environ_base=stranger._from)
            said.append(
                (
                    answer.status_code,
                    re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(login, ""),
                )
            )
        pages.append(said)
    assert pages[0] == pages[1]


def test_eighty_wrong_tries_from_a_warehouse_shut_nobody_else_out(
    app: Flask, session: Session, cast: Cast
) -> None:
    people_at(session, "Berlin", ["new"])
    session.commit()
    known(app, "lena")  # somebody works there
    stranger = Browser(app)
    for n in range(200):
        stranger.sign_in(f"made-up-{n}", "wrong")
    assert stranger.sign_in("one-more", "wrong") == 429
    for login in ("sam", "lena", "new", "ada"):  # in a browser that is new, too
        assert Browser(app).sign_in(login, PASSWORD) == 302, login
    assert Browser(app, "203.0.113.8").sign_in("oskar", PASSWORD) == 302


def test_an_address_may_try_more_logins_where_more_people_are_known(session: Session, cast: Cast) -> None:
    def limit(address: str) -> int:
        return tries.of_strangers(session, NOW, None, "nobody", address)[1].free

    assert limit("203.0.113.7") == tries.LOGINS_OF_ADDRESS
    for person in (cast.staff, cast.lead, cast.admin, cast.staff):
        security_log.come_from(session, security_log.Origin("203.0.113.7"))
        sessions.begin(session, by(person), NOW)
    assert limit("203.0.113.7") == tries.LOGINS_OF_ADDRESS + 3 * tries.MORE_PER_PERSON
    assert tries.is_known_at(session, NOW, cast.lead, "203.0.113.7")
    assert not tries.is_known_at(session, NOW, cast.outsider, "203.0.113.7")
    assert limit("203.0.113.8") == tries.LOGINS_OF_ADDRESS


def test_fifty_guesses_at_once_in_two_processes_are_fifty(
    app: Flask, session: Session, app_with: AppWith
) -> None:
    apps = [app, app_with({})]
    browsers = [Browser(apps[n % 2], f"203.0.113.{n}") for n in range(50)]
    for browser in browsers:
        browser._token = token_in(browser.get("/login").text)
    gate, answers = threading.Barrier(50), []

    def guess(browser: Browser) -> None:
        gate.wait(PATIENCE)
        answers.append(browser.sign_in("sam", "wrong"))

    threads = [threading.Thread(target=guess, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(answers) == [401] * 5 + [429] * 45


def test_a_restart_forgets_nothing(app: Flask, session: Session, app_with: AppWith) -> None:
    for n in range(5):
        Browser(app).sign_in("sam", f"wrong {n}")
    assert Browser(app_with({})).sign_in("sam", PASSWORD) == 429


def test_the_password_asked_for_again_is_counted_too(app: Flask, session: Session) -> None:
    sam = Browser(app)
    sam.sign_in("sam", PASSWORD)
    form = {"pin": "4071", "again": "4071", "password": "wrong"}
    sam._token = token_in(sam.get("/").text)
    answers = [sam.post("/pin", form).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert len(told(session, security_log.FAILED)) == 5


def test_a_flood_is_logged_once_a_pause_and_stays_bounded(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Browser(app)
    for n in range(30):
        stranger.sign_in("sam", f"wrong {n}")
    assert len(told(session, security_log.FAILED)) == 5 and len(told(session, security_log.THROTTLED)) == 1
    monkeypatch.setattr(security_log, "FLOOD", 20)
    monkeypatch.setattr(tries, "MOST_ROWS", 10)
    for n in range(60):
        stranger.sign_in(f"made-up-{n}", "x")
    assert len(told(session, security_log.FAILED)) == 21  # and one that says there are more
    tries.sweep(session, datetime.now(UTC))
    rows = session.scalar(select(func.count()).select_from(Tries).where(Tries.key.startswith("name:")))
    assert rows is not None and rows <= 11
    assert session.get(Tries, f"person:{session.scalar(select(Person.id).where(Person.login == 'sam'))}")


def test_who_failed_is_logged_with_what_was_typed_where_nobody_is_known(
    app: Flask, session: Session, cast: Cast
) -> None:
    Browser(app).sign_in("sam", "secret-that-is-wrong")
    Browser(app).sign_in("x" * 500, "wrong")
    first, second = told(session, security_log.FAILED)
    assert (first.person_id, first.login, first.address) == (cast.staff.id, None, "203.0.113.7")
    assert (second.person_id, second.login) == (None, "x" * 80)
    assert "secret" not in str(first.data)


def test_a_window_begins_anew(session: Session) -> None:
    counts = [tries.Count("address:x", 2, of_window=True)]
    for _ in range(2):
        tries.take(session, NOW, [tries.Count(f"name:{_}"), *counts])
    with pytest.raises(ThrottledError):
        tries.take(session, NOW + timedelta(minutes=9), [tries.Count("name:3"), *counts])
    tries.take(session, NOW + timedelta(minutes=11), [tries.Count("name:3"), *counts])


def test_nobody_is_known_by_who_worked_there_long_ago(app: Flask, session: Session, cast: Cast) -> None:
    known(app)
    session.rollback()
    now = datetime.now(UTC)
    assert tries.is_known_at(session, now, cast.staff, "203.0.113.7")
    session.execute(update(LoginSession).values(begun_at=now - timedelta(days=31)))
    assert not tries.is_known_at(session, now, cast.staff, "203.0.113.7")
