"""Whoever signs out or locks without network has left: here at once, at the server before anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Come, House, opening, sign_in
from tests.support.phones import STEPS, Phone, kept
from tests.support.tablet import TABLET, give_pins, register, unlock
from tests.support.workers import all_kept, answers

pytestmark = pytest.mark.browser
LEFT_ALONE = """async () => {
  const names = (await caches.keys()).filter((name) => name.endsWith(" now"));
  const now = await caches.open(names[0]);
  const noted = await (await now.match("/attended")).json();
  await now.put("/attended", new Response(JSON.stringify({ ...noted, at: noted.at - 600_000 })));
}"""


def leave(page: Page) -> None:
    page.locator(".hf-me summary").click()
    page.get_by_role("button", name="Sign out").click()


def test_signing_out_without_network_is_done_at_the_server_later(come: Come, house: House) -> None:
    """With a queue: what waits stays for its person, and nobody else sees a page or an entry of theirs."""
    run = opening(house)
    sam = come("sam")
    sam.context.clear_cookies()
    sign_in(sam, "sam")  # a session of its own: it ends here
    all_kept(sam)
    sam.context.set_offline(True)
    Phone(sam).tick(run, STEPS[0])
    leave(sam)
    sam.get_by_role("button", name="Sign out all the same").click()
    expect(sam.get_by_role("heading", level=1)).to_have_text("There is no network.")
    expect(sam.get_by_text("You have left")).to_be_visible()
    for address in ("/", f"/runs/{run}", "/start/pack"):
        sam.goto(address)
        expect(sam.get_by_role("heading", level=1)).to_have_text("There is no network.")
    sam.context.set_offline(False)
    sam.goto("/")
    expect(sam).to_have_title(re.compile("Sign in"))
    assert kept(house, run) == []
    sign_in(sam, "lena")
    Phone(sam).says("1 of Sam’s wait on this device until Sam signs in")
    assert Phone(sam).call("entries", {"run": run}) == []
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto(f"/runs/{run}")
    expect(sam.get_by_role("heading", level=1)).to_have_text("This page is not kept on this phone.")
    sam.context.set_offline(False)
    sam.context.clear_cookies()
    sign_in(sam, "sam")
    Phone(sam).rests()
    assert kept(house, run) == [(STEPS[0], 1)]


@pytest.fixture
def tablet(chromium: Browser, house: House, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A shared tablet with a worker; it shows the names. The lead and Sam have PINs."""
    give_pins(house)
    with chromium.new_context(**TABLET, base_url=house.url) as context:
        page = context.new_page()
        sign_in(page, "lena")
        register(page, f"Table {hash(request.node.name)}")
        yield page


def test_a_tablet_that_is_locked_without_network_shows_nothing_of_anybody(tablet: Page, house: House) -> None:
    run = opening(house)
    unlock(tablet, "Sam")
    expect(tablet).to_have_title("Today · Holdfast")
    answers(tablet)
    all_kept(tablet)
    tablet.context.set_offline(True)
    tablet.goto(f"/runs/{run}")
    Phone(tablet).tick(run, STEPS[0])
    tablet.get_by_role("button", name="Lock").click()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("There is no network.")
    tablet.goto(f"/runs/{run}")
    expect(tablet.get_by_role("heading", level=1)).to_have_text("There is no network.")
    tablet.context.set_offline(False)
    tablet.goto("/")
    expect(tablet.get_by_role("heading", name="Who are you?")).to_be_visible()
    Phone(tablet).says("1 of Sam’s wait on this device until Sam signs in")
    unlock(tablet, "Lena")
    expect(tablet).to_have_title("Today · Holdfast")
    assert Phone(tablet).call("entries", {"run": run}) == [] and kept(house, run) == []


def test_a_tablet_whose_session_ran_out_without_network_is_readable_until_it_locks(
    tablet: Page, house: House
) -> None:
    """The server may have ended the session; nobody can ask it. Left alone it locks, page or no page."""
    run = opening(house)
    unlock(tablet, "Sam")
    expect(tablet).to_have_title("Today · Holdfast")
    answers(tablet)
    all_kept(tablet)
    context = tablet.context
    context.set_offline(True)
    context.clear_cookies(name="holdfast")
    tablet.goto(f"/runs/{run}")
    expect(tablet.locator("#kept-line p:visible")).to_contain_text("Offline, as of")
    Phone(tablet).tick(run, STEPS[0])
    tablet.reload()
    expect(tablet.locator("#so-far")).to_contain_text("1 of 3")
    tablet.evaluate(LEFT_ALONE)
    tablet.goto("about:blank")  # no page is there to lock it
    other = context.new_page()
    for address in (f"/runs/{run}", "/"):
        other.goto(address)
        expect(other.get_by_role("heading", level=1)).to_have_text("There is no network.")
    context.set_offline(False)
    other.goto("/")
    expect(other.get_by_role("heading", name="Who are you?")).to_be_visible()
    assert kept(house, run) == []
    unlock(other, "Sam")
    Phone(other).rests()
    assert kept(house, run) == [(STEPS[0], 1)]
