"""The site has the bar that the tracker has, for whoever has signed in."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, House
from tests.support.width import too_wide


@pytest.mark.parametrize("device", [PHONE, DESKTOP])
def test_the_site_has_the_bar_of_the_tracker(enter: Enter, house: House, device: dict[str, Any]) -> None:
    page = enter("ada", device=device)
    words = [word.strip() for word in page.locator(".hf-nav a").all_text_contents()]
    assert words == ["Today", "SOPs", "Board", "Overview", "Documents", "People"]
    page.goto("/docs/fulfillment/pack/")
    expect(page.locator(".hf-bar__link")).to_have_text(words)
    expect(page.locator(".hf-bar__link--here")).to_have_text("SOPs")
    expect(page.locator(".hf-owner")).to_have_text("Olga")  # the document says olga
    assert not too_wide(page)
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page).to_have_title("Board · Holdfast")
