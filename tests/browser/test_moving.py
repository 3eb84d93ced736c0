"""A lead moves an open run in a browser while somebody works on it; the site tells the SOP's history."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Enter, House, start

pytestmark = pytest.mark.browser


def test_a_run_is_moved_under_somebodys_hands(enter: Enter, house: House) -> None:
    sam = enter("sam")
    address = start(sam, "count", "shelf 7")
    sam.locator(".hf-current").get_by_role("button", name="Done").click()
    expect(sam.locator("#step-0.hf-is-done")).to_be_visible()

    file = house.workspace / "sops/inventory/count.md"
    text = file.read_text().replace("    2. Hang up the sign {#sign}\n", "    2. Put on gloves {#gloves}\n")
    file.write_text(text.replace("Close the gate", "Close the inner gate"))
    house.publish()

    lena = enter("lena", device=DESKTOP)
    lena.goto(address)
    lena.get_by_role("link", name="See what is new and move it").click()
    expect(lena.get_by_role("heading", name="1 step is gone")).to_be_visible()
    expect(lena.get_by_text("Hang up the sign")).to_be_visible()
    lena.get_by_role("button", name="Move this run to revision 2").click()
    expect(lena.locator(".hf-steps").get_by_text("Put on gloves")).to_be_visible()
    expect(lena.get_by_text("A newer revision is in force")).to_have_count(0)

    current = sam.locator(".hf-current")
    expect(current).to_contain_text("Close the gate")
    current.get_by_role("button", name="Done").click()  # on the page from before the move
    expect(current).to_contain_text("Put on gloves")
    expect(sam.locator(".hf-is-done")).to_have_count(2)

    house.build()
    sam.goto("/docs/inventory/count/")
    history = sam.get_by_role("region", name="History")
    expect(history).to_contain_text("“Hang up the sign” is gone.")
    history.get_by_text("Text of revision 1").click()
    expect(history.locator("pre")).to_contain_text("2. Hang up the sign {#sign}")


def test_all_runs_are_moved_from_the_board(enter: Enter, house: House) -> None:
    lena = enter("lena", device=DESKTOP)
    for place in ("front", "back"):
        start(lena, "pack", place)
    file = house.workspace / "sops/fulfillment/pack.md"
    file.write_text(file.read_text().replace("Hand it over", "Hand it over, kindly"))
    house.publish()
    lena.goto("/board")
    lena.get_by_role("link", name="See what is new and move them").click()
    expect(lena.get_by_role("heading", name=re.compile("2 open runs of “Pack an order”"))).to_be_visible()
    lena.get_by_role("button", name="Move 2 runs to revision 2").click()
    expect(lena.get_by_role("heading", name=re.compile("Every open run"))).to_be_visible()
