"""Somebody whose phone speaks Polish works through an SOP that is there in Polish."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Enter, House, start
from tests.support.installation import PACK_PL

pytestmark = pytest.mark.browser


def test_the_steps_are_in_the_language_of_the_phone(enter: Enter, house: House) -> None:
    (house.workspace / "sops/fulfillment/pack.pl.md").write_text(PACK_PL)
    house.publish()
    page = enter("sam", locale="pl-PL")
    start(page, "pack", "1042")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Spakuj zamówienie")

    def step(n: int) -> Locator:
        return page.locator(f"#step-{n}")

    expect(step(0)).to_contain_text("Zeskanuj pojemnik")
    step(0).get_by_role("textbox").first.fill("T-1")
    step(0).get_by_role("button", name="Zrobione").click()
    expect(step(0)).to_contain_text("Zeskanuj pojemnik")
    expect(step(1)).to_have_attribute("aria-current", "step")
    step(1).get_by_role("textbox").first.fill("5")  # below its limit
    step(1).get_by_role("button", name="Zrobione").click()
    expect(step(1)).to_contain_text("Otwórz paczkę i policz ponownie")
    english = enter("sam", locale="en-GB")
    english.goto(page.url)
    expect(english.locator("#step-1")).to_contain_text("Open the parcel and count again")
