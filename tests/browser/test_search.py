"""One search for the work, one for the text; each leads to what the other finds for the same words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter, House, start

pytestmark = pytest.mark.browser


def test_the_sites_search_leads_to_the_trackers_hits_and_back(enter: Enter, site: House) -> None:
    page = enter("sam")
    run = start(page, "pack", "4711")
    page.goto("/docs/")
    page.keyboard.press("/")
    page.locator(".md-search__input").fill("4711")
    page.get_by_role("link", name="Steps, runs and orders with these words").click()
    expect(page).to_have_url(re.compile(r"/search\?q=4711$"))
    expect(page.locator(f"a[href='{run.removeprefix(site.url)}']")).to_be_visible()
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("tote & co")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="in the text of all SOPs").click()
    expect(page.locator(".md-search__input")).to_have_value("tote & co")
