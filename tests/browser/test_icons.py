"""The icons that phones load once are drawn, also where the page and its fragments come without network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Come, Enter, start
from tracker.web import sprite

pytestmark = pytest.mark.browser

DRAWN = """() => {
  const shown = (use) => use.closest("svg").checkVisibility();
  const all = [...document.querySelectorAll(".hf-icon use")].filter(shown);
  return all.length > 3 && all.every((use) => use.getBBox().width > 0 && use.getBBox().width <= 24);
}"""


def drawn(page: Page) -> None:
    page.wait_for_function(DRAWN)


def test_shared_icons_are_drawn_in_pages_and_in_what_comes_later(enter: Enter) -> None:
    sam = enter("sam")
    start(sam, "opening", "icons")
    drawn(sam)
    colour = "e => [getComputedStyle(e).fill, getComputedStyle(e.parentElement).color]"
    fill, ink = sam.locator(".hf-do .hf-big .hf-icon").first.evaluate(colour)
    assert fill == ink
    sam.get_by_role("button", name="Done").first.click()
    expect(sam.locator("#undo-line")).to_contain_text("Undo")
    drawn(sam)


def test_shared_icons_are_drawn_without_network(come: Come) -> None:
    sam = come("sam")
    run = start(sam, "opening", "icons-offline")
    sam.goto("/")
    sam.context.set_offline(True)
    sam.goto(run)
    expect(sam.locator("#kept-line")).to_contain_text("Offline, as of")
    drawn(sam)


def test_every_shared_icon_has_a_symbol() -> None:
    text = sprite.text()
    assert text.count("<symbol") == len(sprite.SHARED) == text.count('viewBox="0 0 24 24"')
    assert all(f'id="{name}"' in text for name in sprite.SHARED)
