"""What holds for every page: a quiet console, nothing wider than the window, the site's light or dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, House
from tests.support.pages import PAGES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("device", [PHONE, DESKTOP])
def test_no_page_complains_or_is_wider_than_the_window(
    enter: Enter, house: House, device: dict[str, Any]
) -> None:
    page = enter("ada", device=device)  # with the policy in force; `enter` fails on what the console says
    wide = []
    for path in PAGES:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
        assert page.locator("main style, main [style]").count() == 0 or path.startswith("/docs/")
    assert wide == []


def test_the_tracker_follows_the_sites_light_or_dark(enter: Enter, house: House) -> None:
    page = enter("sam", color_scheme="light")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.goto("/docs/")
    page.get_by_title("Switch to light").locator("visible=true").click()
    page.get_by_title("Switch to dark").locator("visible=true").click()
    page.goto("/")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.goto("/docs/")
    page.get_by_title("Follow the device").locator("visible=true").click()
    page.goto("/")
    expect(root).to_have_attribute("data-bs-theme", "light")
