"""One search for the work, one for the text; each leads to what the other finds for the same words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Enter, House, start

pytestmark = pytest.mark.browser


def test_the_sites_search_leads_to_the_trackers_hits_and_back(enter: Enter, house: House) -> None:
    page = enter("sam")
    run = start(page, "pack", "4711")
    page.goto("/docs/")
    page.keyboard.press("/")
    page.locator(".md-search__input").fill("4711")
    page.get_by_role("link", name="Steps, runs and orders with these words").click()
    expect(page).to_have_url(re.compile(r"/search\?q=4711$"))
    expect(page.locator(f"a[href='{run.removeprefix(house.url)}']").first).to_be_visible()
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("tote & co")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="in the text of all SOPs").click()
    expect(page.locator(".md-search__input")).to_have_value("tote & co")


def test_the_sites_box_shows_what_the_tracker_finds(enter: Enter) -> None:
    page = enter("sam", device=DESKTOP)
    page.goto("/docs/")
    box = page.locator(".md-search__input")
    box.click()
    box.press_sequentially("wieght of a packet")  # the theme's own search finds nothing for that
    hits = page.locator(".hf-answers a")
    expect(hits.first).to_contain_text("Pack an order")
    expect(page.locator(".md-search-result > .md-search-result__list")).to_be_hidden()
    expect(hits.first.locator("mark", has_text="Weigh").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(hits.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/docs/fulfillment/pack/"))


def test_without_an_answer_the_site_searches_by_itself(enter: Enter) -> None:
    page = enter("sam", device=DESKTOP)
    page.goto("/docs/")
    page.context.clear_cookies()  # signed out elsewhere
    page.locator(".md-search__input").click()
    with page.expect_response(re.compile("/search/site")):
        page.locator(".md-search__input").press_sequentially("flyer")
    expect(page.locator(".md-search-result__item").first).to_contain_text("Pack an order")
    expect(page.locator(".hf-answers a")).to_have_count(0)


def test_it_is_used_by_keys_alone_and_follows_what_is_typed(enter: Enter) -> None:
    page = enter("sam", device=DESKTOP)
    start(page, "pack", "7001")
    run = start(page, "pack", "70012")
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("7001")
    page.keyboard.press("Enter")
    hits = page.locator("#hits [data-hit]")
    expect(hits).to_have_count(2)
    expect(hits.first).to_contain_text("order 7001 Pack an order")
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    expect(hits.nth(0)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("2")
    expect(hits).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/search\?q=70012$"))
    expect(page).to_have_title("70012 · Holdfast")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # there is no other
    expect(hits.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(run)
