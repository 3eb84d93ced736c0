"""What somebody did on a device is theirs: held while they are away, never sent or seen by another."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.conftest import House, Line, Take, opening, session_cookie, sign_in
from tests.support.installation import NOW
from tests.support.phones import STEPS, kept
from tracker.db import db, writing
from tracker.models import LateRecord, Person

pytestmark = pytest.mark.browser


def cut(line: Line) -> None:
    """Pages come, and nothing of the queue gets through."""
    line.fault = lambda method, path: "cut" if path.startswith("/queue") else None


def mend(line: Line) -> None:
    line.fault = lambda method, path: None


def test_signing_out_with_a_queue_and_another_person(take: Take, house: House, line: Line) -> None:
    run, other = opening(house), opening(house, "lena")
    phone = take("sam")
    page = phone.page
    cut(line)
    for step in STEPS:
        phone.tick(run, step)
    page.locator(".hf-me summary").click()
    page.get_by_role("button", name="Sign out").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("3 not sent yet; what you did stays on this phone for you")
    asked.get_by_role("button", name="Stay signed in").click()
    page.get_by_role("button", name="Sign out").click()
    asked.get_by_role("button", name="Sign out all the same").click()
    expect(page).to_have_title(re.compile("Sign in"))
    phone.says("3 of Sam’s wait on this device until Sam signs in")
    mend(line)
    sign_in(page, "lena")
    phone.says("3 of Sam’s wait on this device until Sam signs in")
    phone.tick(other, STEPS[0])
    phone.rests()
    page.goto("/phone")
    expect(page.locator("#others")).to_contain_text("3 of Sam’s")
    expect(page.locator("#waiting")).to_contain_text("Nothing is waiting")
    assert kept(house, run) == []
    assert phone.call("entries", {"run": run}) == []
    page.context.clear_cookies()
    sign_in(page, "sam")
    phone.rests()
    assert kept(house, run) == list(zip(STEPS, (1, 2, 3), strict=True))
    assert kept(house, other) == [(STEPS[0], 4)]


def test_signing_out_sends_first(take: Take, house: House, line: Line) -> None:
    run = opening(house)
    phone = take("sam")
    cut(line)
    phone.tick(run, STEPS[0])
    phone.says("1 waiting since")
    mend(line)
    phone.page.locator(".hf-me summary").click()
    phone.page.get_by_role("button", name="Sign out").click()
    expect(phone.page).to_have_title(re.compile("Sign in"))
    assert kept(house, run) == [(STEPS[0], 1)]


def test_a_session_that_ended_meanwhile(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")
    context = phone.page.context
    context.clear_cookies()
    phone.tick(run, STEPS[0])
    phone.says("1 waiting since")
    phone.says("until you sign in again: you are signed out.")
    with context.expect_page() as opened:
        phone.page.get_by_role("link", name="Sign in again").click()
    tab = opened.value
    sign_in(tab, "sam")
    phone.rests()
    assert kept(house, run) == [(STEPS[0], 1)]


def test_a_page_of_somebody_who_is_not_signed_in_any_more(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")
    context = phone.page.context
    context.clear_cookies()
    context.add_cookies([session_cookie(house, "lena")])
    phone.tick(run, STEPS[0])
    phone.says("until you sign in again: somebody else is signed in here now.")
    assert kept(house, run) == []
    phone.page.goto("/")
    phone.says("1 of Sam’s wait on this device until Sam signs in")


def test_a_lead_hands_in_what_somebody_made_who_is_disabled(take: Take, house: House, line: Line) -> None:
    run = opening(house, "sam")
    phone = take("sam")
    page = phone.page
    cut(line)
    phone.tick(run, STEPS[0])
    page.context.clear_cookies()
    mend(line)
    sign_in(page, "lena")
    page.goto("/phone")
    others = page.locator("#others")
    others.locator("summary").click()
    others.get_by_role("button").click()
    expect(others).to_contain_text("account is not disabled")
    try:
        disable(house, "sam", True)
        others.get_by_role("button").click()
        expect(others).to_be_hidden()
    finally:
        disable(house, "sam", False)
    with house.app.app_context():
        late = db.session.scalars(select(LateRecord).where(LateRecord.run_id == run)).one()
        assert (late.person.login, late.state) == ("sam", "waiting")
        db.session.remove()


def disable(house: House, login: str, disabled: bool) -> None:
    with house.app.app_context():
        with writing() as session:
            person = session.scalars(select(Person).where(Person.login == login)).one()
            person.disabled_at = NOW if disabled else None
        db.session.remove()
