"""A hand scanner types fast and presses Enter: no field needs to be tapped first."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, House, start

pytestmark = pytest.mark.browser

LABEL = """\
---
id: label
title: Check a label
owner: olga
subject: order
---
1. Read the shelf
2. Scan the label {#label input=scan match=subject}
3. Seal it
"""


@pytest.fixture(scope="module", autouse=True)
def labels(house: House) -> None:
    (house.workspace / "sops/label.md").write_text(LABEL)
    house.publish()


def scan(page: Page, code: str) -> None:
    """The keys of a scanner, as fast as one: all at once, with nothing in between."""
    page.evaluate(
        """code => {
            for (const key of [...code, "Enter"]) {
                const on = document.activeElement ?? document.body;
                on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            }
        }""",
        code,
    )


@pytest.mark.parametrize("steps", ["one", "list"])
def test_a_scan_goes_to_its_step_and_is_sent(enter: Enter, steps: str) -> None:
    page = enter("sam", steps=steps)
    start(page, "label", f"A-{steps}")
    page.locator("#step-0").get_by_role("button", name="Done").click()
    expect(page.locator("#step-1.hf-current")).to_be_visible()
    scan(page, "A-other")
    expect(page.locator("#message")).to_contain_text("This is “A-other”, but the run is about")
    scan(page, f"A-{steps}")
    expect(page.locator("#step-1.hf-is-done")).to_be_attached()
    expect(page.locator("#step-2.hf-current")).to_be_visible()


def test_what_a_person_types_is_no_scan(enter: Enter) -> None:
    page = enter("sam")
    start(page, "label", "slow")
    page.locator("#step-0").get_by_role("button", name="Done").click()
    expect(page.locator("#step-1.hf-current")).to_be_visible()
    page.keyboard.type("slow", delay=90)
    expect(page.locator("#step-1").get_by_role("textbox").first).to_have_value("")


def test_on_today_a_scan_finds_the_order(enter: Enter) -> None:
    page = enter("sam")
    address = start(page, "label", "T-77")
    page.goto("/")
    scan(page, "T-77")
    expect(page).to_have_url(address)
