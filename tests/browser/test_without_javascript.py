"""The whole path of staff with JavaScript switched off: every act is a form."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter, start

pytestmark = pytest.mark.browser


def test_start_work_undo_and_close(enter: Enter) -> None:
    page = enter("sam", java_script_enabled=False)
    start(page, "pack", "plain")
    page.locator("#step-0").get_by_role("textbox").first.fill("T")
    page.locator("#step-0").get_by_role("button", name="Done").click()
    expect(page).to_have_url(re.compile("#step-1$"))
    page.locator("#step-1").get_by_role("textbox").first.fill("10")
    page.locator("#step-1").get_by_role("button", name="Done").click()
    expect(page.locator("#step-1")).to_contain_text("Open the parcel and count again.")
    page.locator("#step-1").get_by_role("button", name="Undo").click()
    page.locator("#step-1").get_by_text("Skip").click()
    page.locator("#step-1").get_by_role("button", name="No time").click()
    page.locator("#step-2").get_by_label("S", exact=True).check()
    page.locator("#step-2").get_by_role("button", name="Done").click()
    page.locator("#step-4 summary").first.click()
    page.locator("#step-4").get_by_role("button", name="Done").click()
    expect(page.locator("#progress")).to_contain_text("4 of 5 done, 1 of them not needed")  # it is closed
    expect(page.get_by_text("Closed by Sam")).to_be_visible()


def test_a_refused_value_says_why_and_leads_back(enter: Enter) -> None:
    page = enter("sam", java_script_enabled=False)
    start(page, "count", "plain shelf")
    page.locator("#step-0").get_by_role("button", name="Done").click()
    page.locator("#step-3 summary").first.click()
    page.locator("#step-3").get_by_role("textbox").first.fill("many")
    page.locator("#step-3").get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Enter a number")).to_be_visible()
    expect(page.get_by_label("Value")).to_have_value("many")
    page.get_by_role("link", name="Open the page where you wrote it").click()
    expect(page.locator("#step-3")).to_be_visible()
