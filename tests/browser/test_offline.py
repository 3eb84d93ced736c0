"""Without network: what has been seen or is needed is there, says how old it is, and is its person's alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, House, start

pytestmark = pytest.mark.browser
Come = Callable[..., Page]

READY = """async () => {
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) await new Promise(r => { navigator.serviceWorker.oncontrollerchange = r; });
}"""


@pytest.fixture
def come(enter: Enter) -> Come:
    """Come in with a worker, and wait until it answers for the page."""

    def come_in(login: str, **more: Any) -> Page:
        page = enter(login, service_workers="allow", watched=False, **more)
        page.evaluate(READY)
        return page

    return come_in


def all_kept(page: Page) -> None:
    """Load the page anew and wait until all is kept that belongs on the phone."""
    page.add_init_script("document.addEventListener('holdfast:kept', () => { globalThis.allKept = true; })")
    page.goto("/")
    page.wait_for_function("globalThis.allKept")


def test_what_was_seen_once_is_there_without_network(come: Come) -> None:
    sam = come("sam")
    run = start(sam, "pack", "seen-once")
    sam.goto("/docs/fulfillment/pack/")
    sam.goto("/")
    sam.context.set_offline(True)
    for address, words in (("/", "Today"), (run, "seen-once"), ("/docs/fulfillment/pack/", "Pack an order")):
        sam.goto(address)
        expect(sam).to_have_title(__import__("re").compile(words))
        expect(sam.locator("#kept")).to_contain_text("Offline, as of")


def test_what_is_needed_is_there_without_being_seen(come: Come, house: House) -> None:
    sam = come("sam")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto("/start/pack")
    expect(sam.locator("#subject")).to_be_visible()
    sam.goto("/docs/fulfillment/pack/")
    expect(sam.locator("#kept")).to_contain_text("Offline, as of")
