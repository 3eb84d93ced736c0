"""A tablet at the packing table: people switch by name and PIN, sign there, and leave it to lock itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import House, saved, session_cookie, sign_in, start
from tests.support.accessibility import objections
from tests.support.installation import SHIP
from tests.support.patience import until
from tests.support.serving import serving
from tests.support.settled import settled
from tests.support.tablet import PIN, TABLET, give_pins, unlock
from tests.support.width import too_wide
from tracker.db import new_id

pytestmark = pytest.mark.browser
CHANNELS = """
  globalThis.channels = [];
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) {
      super(name);
      globalThis.channels.push(name);
    }
  };
"""


@pytest.fixture(scope="module", autouse=True)
def shipping(house: House) -> None:
    """An SOP with a step to be signed is in force; the lead and the member of her team have PINs."""
    (house.workspace / "sops/ship.md").write_text(SHIP)
    house.publish()
    give_pins(house)


@pytest.fixture
def tablet(chromium: Browser, house: House, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tablet that the lead has just registered; it shows the names."""
    more: dict[str, Any] = getattr(request, "param", {})
    with chromium.new_context(**{**TABLET, **more}, base_url=house.url) as context:
        page = context.new_page()
        sign_in(page, "lena")
        page.locator(".hf-me summary").click()
        page.get_by_role("link", name="Shared tablets").click()
        page.get_by_label("Name of this tablet").fill(f"Table {new_id()}"[:40])
        page.get_by_role("button", name="Make this a shared tablet").click()
        expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
        yield page


@pytest.mark.parametrize("tablet", [{}, {"viewport": {"width": 390, "height": 664}}], indirect=True)
def test_the_header_says_who_is_signed_in(tablet: Page) -> None:
    unlock(tablet, "Sam", PIN)
    name = tablet.locator(".hf-me summary").get_by_text("Sam")
    expect(name).to_be_visible()
    box = name.bounding_box()
    assert box and box["width"] > 20  # not for screen readers alone
    assert not too_wide(tablet)


def test_two_people_and_a_signature_on_one_tablet(tablet: Page) -> None:
    unlock(tablet, "Sam", "7295")
    expect(tablet.get_by_role("alert")).to_contain_text("That is not it")
    tablet.get_by_label("PIN").fill(PIN)  # by keyboard
    tablet.get_by_label("PIN").press("Enter")
    expect(tablet).to_have_title("Today · Holdfast")
    address = start(tablet, "ship", "on one tablet")
    for place in (0, 1):
        tablet.locator(f"#step-{place}").get_by_role("button", name="Done").click()
        saved(tablet)
    tablet.get_by_role("button", name="Lock").click()
    expect(tablet.locator(".hf-name").first).to_contain_text("Sam")  # who used it last
    unlock(tablet, "Lena")
    expect(tablet).to_have_title("Today · Holdfast")  # not Sam's run
    tablet.goto(address)
    step = tablet.locator("#step-1")
    step.get_by_label("Your password or PIN").fill(PIN)
    step.get_by_role("button", name="Sign: it is right").click()
    expect(tablet.locator("#step-1")).to_contain_text("signed by Lena")
    tablet.goto(f"{address}/history")
    expect(tablet.get_by_role("main")).to_contain_text("Sam")


def test_nobody_goes_on_in_a_tab_of_somebody_else(tablet: Page, house: House) -> None:
    """What is done there would be kept in the name of who is not there any more."""
    unlock(tablet, "Sam", PIN)
    expect(tablet).to_have_title("Today · Holdfast")
    tablet.context.add_cookies([session_cookie(house, "lena")])  # she has unlocked it
    tablet.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(tablet.locator(".hf-me summary", has_text="Sam")).to_have_count(0)


def test_a_name_is_found_while_it_is_typed(tablet: Page) -> None:
    expect(tablet.get_by_role("link", name="Ada", exact=True)).to_be_visible()
    tablet.get_by_label("Part of your name").press_sequentially("le")
    expect(tablet.locator(".hf-name")).to_have_count(1)
    unlock(tablet, "Lena")
    expect(tablet).to_have_title("Today · Holdfast")


def test_left_alone_it_warns_and_locks_and_keeps_what_was_typed(tablet: Page) -> None:
    unlock(tablet, "Sam")
    expect(tablet).to_have_title("Today · Holdfast")
    tablet.clock.install()
    address = start(tablet, "pack", "left alone")
    tablet.get_by_label("Scan or type it").fill("TOTE-77")
    warning = tablet.get_by_text("This tablet locks in 15 seconds")
    tablet.clock.run_for(100_000)
    expect(warning).to_be_hidden()
    tablet.clock.run_for(8_000)
    expect(warning).to_be_visible()
    tablet.mouse.move(300, 300)  # a touch
    expect(warning).to_be_hidden()
    tablet.clock.run_for(119_000)
    expect(warning).to_be_visible()
    tablet.clock.run_for(2_000)
    expect(tablet.get_by_role("heading", name="Who are you?")).to_be_visible()
    tablet.go_back()
    expect(tablet.get_by_role("heading", name="Who are you?")).to_be_visible()
    unlock(tablet, "Sam")
    expect(tablet).to_have_url(f"{address}#step-0")  # where it was typed
    expect(tablet.get_by_label("Scan or type it")).to_have_value("TOTE-77")


NOTED_AGO = """async () => {
  const now = await caches.open((await caches.keys()).find((name) => name.endsWith(" now")));
  return Date.now() - (await (await now.match("/attended")).json()).at;
}"""


def test_who_comes_back_to_it_is_there_for_the_worker_too(tablet: Page) -> None:
    """It locks a tablet that was left alone at the next page: not that of somebody who works on it again."""
    unlock(tablet, "Sam")
    expect(tablet).to_have_title("Today · Holdfast")
    tablet.clock.install()
    start(tablet, "pack", "back again")
    tablet.clock.run_for(110_000)
    tablet.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    tablet.mouse.move(300, 300)
    tablet.clock.run_for(2_000)
    until(lambda: tablet.evaluate(NOTED_AGO) < 3_000, tablet)


def test_tablets_of_two_installations_on_one_host_leave_each_other_alone(tablet: Page) -> None:
    """Whose page it is, is said within one of them: else they would load each other anew without end."""
    tablet.add_init_script(CHANNELS)
    unlock(tablet, "Sam")
    expect(tablet).to_have_title("Today · Holdfast")
    names = tablet.evaluate("globalThis.channels")
    assert len(names) > 1 and all(name.startswith("holdfast/") for name in names)


@pytest.mark.parametrize("tablet", [{}, {"service_workers": "block"}], indirect=True)
def test_the_way_back_shows_the_next_person_nothing_of_the_last(tablet: Page) -> None:
    """With a worker, and without one, where a browser that kept pages would show them again unasked."""
    unlock(tablet, "Sam")
    own = f"own-{new_id().hex[-6:]}"
    address = start(tablet, "pack", own)
    tablet.get_by_role("button", name="Lock").click()
    asked = tablet.get_by_role("heading", name="Who are you?")
    expect(asked).to_be_visible()
    for way in (tablet.go_back, tablet.go_back, tablet.go_forward, lambda: tablet.goto(address)):
        way()
        expect(asked).to_be_visible()
        expect(tablet.locator("html[data-name=Sam]")).to_have_count(0)
        expect(tablet.get_by_text(own)).to_have_count(0)
    unlock(tablet, "Lena")
    expect(tablet.locator("html[data-name=Lena]")).to_have_count(1)
    for _ in range(4):
        tablet.go_back()
        expect(tablet.locator("html[data-name=Sam]")).to_have_count(0)


def test_work_in_one_tab_keeps_the_other_open(tablet: Page) -> None:
    unlock(tablet, "Sam")
    expect(tablet).to_have_title("Today · Holdfast")
    tablet.context.clock.install()
    address = start(tablet, "pack", "two tabs")
    other = tablet.context.new_page()
    other.goto("/search")
    for _ in range(4):
        tablet.context.clock.run_for(60_000)
        other.mouse.move(200, 200)
        other.mouse.move(300, 300)
        tablet.context.clock.run_for(2_000)
    expect(tablet).to_have_url(address)
    expect(tablet.get_by_text("This tablet locks in 15 seconds")).to_be_hidden()
    tablet.context.clock.run_for(121_000)
    expect(other.get_by_role("heading", name="Who are you?")).to_be_visible()


def test_two_tabs_of_a_locked_tablet_are_unlocked_in_either(tablet: Page) -> None:
    """Each has asked for its page, and has the session's cookie of whichever answer came last."""
    unlock(tablet, "Sam")
    expect(tablet).to_have_title("Today · Holdfast")
    other = tablet.context.new_page()
    other.goto("/search")
    tablet.get_by_role("button", name="Lock").click()
    expect(tablet.get_by_role("heading", name="Who are you?")).to_be_visible()
    tabs = (tablet, other)
    for tab in tabs:
        tab.goto("/")
        tab.get_by_role("link", name="Lena", exact=True).click()
        expect(tab.get_by_label("PIN")).to_be_visible()
        tab.context.clear_cookies(name="holdfast")  # as an answer does that was on its way
    for tab in tabs:
        tab.get_by_label("PIN").fill(PIN)
        tab.get_by_role("button", name="Unlock").click()
        expect(tab.locator("html[data-name=Lena]")).to_have_count(1)
        expect(tab).to_have_title("Today · Holdfast")


def test_what_was_typed_is_not_for_the_next_person(tablet: Page) -> None:
    unlock(tablet, "Sam")
    expect(tablet).to_have_title("Today · Holdfast")
    tablet.clock.install()
    address = start(tablet, "pack", "not for others")
    tablet.get_by_label("Scan or type it").fill("TOTE-78")
    tablet.clock.run_for(121_000)
    unlock(tablet, "Lena")
    expect(tablet).to_have_title("Today · Holdfast")
    assert "TOTE-78" not in tablet.evaluate("JSON.stringify(sessionStorage)")
    tablet.goto(address)
    expect(tablet.get_by_text("TOTE-78")).to_have_count(0)


@pytest.mark.parametrize("tablet", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts(tablet: Page) -> None:
    tablet.get_by_label("Part of your name").fill("sam")
    tablet.get_by_role("button", name="Find").click()
    expect(tablet.locator(".hf-name")).to_have_count(1)
    tablet.get_by_role("link", name="Sam", exact=True).click()
    tablet.get_by_label("PIN").fill(PIN)
    tablet.get_by_role("button", name="Unlock").click()
    expect(tablet).to_have_title("Today · Holdfast")
    tablet.get_by_role("button", name="Lock").click()
    expect(tablet.get_by_role("heading", name="Who are you?")).to_be_visible()


@pytest.mark.parametrize(
    "tablet", [{"color_scheme": scheme, "bypass_csp": True} for scheme in ("light", "dark")], indirect=True
)
def test_axe_has_no_objection(tablet: Page) -> None:
    dark = tablet.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    found = objections(tablet, colours=dark)
    tablet.get_by_role("link", name="Sam", exact=True).click()
    expect(tablet.locator(".hf-keys")).to_be_visible()
    found += objections(tablet, colours=dark)
    tablet.get_by_label("PIN").fill("7295")
    tablet.get_by_role("button", name="Unlock").click()
    expect(tablet.get_by_role("alert")).to_be_visible()
    found += objections(tablet, colours=dark)
    tablet.get_by_role("link", name="Somebody else").click()
    unlock(tablet, "Sam")
    expect(tablet).to_have_title("Today · Holdfast")
    tablet.evaluate("document.getElementById('idle').hidden = false")
    found += objections(tablet, colours=dark)
    assert not found, "\n".join(found)


def test_over_https_of_its_own(chromium: Browser, workspace: Path) -> None:
    """A page of our own certificate is a secure context: cameras work, and cookies are this host's."""
    with serving(settled(workspace), HOLDFAST_TLS="1", HOLDFAST_PROCESSES="1") as house:
        more = {"base_url": house.url, "ignore_https_errors": True, "bypass_csp": True}
        with chromium.new_context(**TABLET, **more) as context:
            page = context.new_page()
            page.goto(house.url.replace("https:", "http:") + "/trust")
            for device in ("Android", "iPhone and iPad", "Windows", "Mac"):
                page.get_by_text(device, exact=True).click()
            assert objections(page) == []
            with page.expect_download() as download:
                page.get_by_role("link", name="Download the certificate").click()
            assert download.value.suggested_filename == "holdfast.crt"
            page.goto(house.url.replace("https:", "http:") + "/board")
            assert page.url.startswith("https://") and "/login" in page.url
            sign_in(page, "lena")
            page.goto("/devices")
            page.get_by_label("Name of this tablet").fill("Over HTTPS")
            page.get_by_role("button", name="Make this a shared tablet").click()
            expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
            assert page.evaluate("isSecureContext")
            assert "__Host-holdfast-device" in {cookie["name"] for cookie in context.cookies()}
