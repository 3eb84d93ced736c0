"""A shared tablet with a queue: it locks without a question, and shows others a count and a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import House, Line, opening, sign_in
from tests.support.phones import STEPS, Phone, kept
from tests.support.tablet import TABLET, give_pins, register, unlock

pytestmark = pytest.mark.browser


@pytest.fixture
def tablet(chromium: Browser, house: House, line: Line) -> Iterator[Phone]:
    """A tablet that the lead has just registered; it shows the names. She and Sam have PINs."""
    give_pins(house)
    with chromium.new_context(**TABLET, base_url=line.url) as context:
        page = context.new_page()
        sign_in(page, "lena")
        register(page, "Table with a queue")
        yield Phone(page)


def come_in(page: Page, name: str) -> None:
    unlock(page, name)
    expect(page).to_have_title("Today · Holdfast")


def test_what_waits_on_a_tablet_that_is_locked(tablet: Phone, house: House, line: Line) -> None:
    run = opening(house)
    page = tablet.page
    come_in(page, "Sam")
    line.fault = lambda method, path: "cut" if path.startswith("/queue") else None
    tablet.tick(run, STEPS[0])
    tablet.tick(run, STEPS[1])
    page.get_by_role("button", name="Lock").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    tablet.says("2 of Sam’s wait on this device until Sam signs in")
    line.fault = lambda method, path: None
    come_in(page, "Lena")
    tablet.says("2 of Sam’s wait on this device until Sam signs in")
    page.goto("/phone")
    expect(page.locator("#waiting")).to_contain_text("Nothing is waiting")
    assert kept(house, run) == []
    page.get_by_role("button", name="Lock").click()
    come_in(page, "Sam")
    tablet.rests()
    expect(page.locator("#saved")).not_to_contain_text("wait on this device")
    assert kept(house, run) == [(STEPS[0], 1), (STEPS[1], 2)]
