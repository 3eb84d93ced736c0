"""A lead loads 200 orders; the floor has them when the page says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Enter
from tests.support.accessibility import objections

pytestmark = pytest.mark.browser


def test_two_hundred_orders_from_a_file(enter: Enter, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    lines = [f"O-{number};;" for number in range(200)] + ["O-7;;", "O-300;nobody;", "O-301;sam;14:61"]
    file.write_text("\ufeffOrder;Assignee;Due\n" + "\n".join(lines), encoding="utf-8")
    lead, staff = enter("lena", device=DESKTOP, bypass_csp=True), enter("sam")
    lead.goto("/board")
    lead.get_by_role("link", name="Assign a run").click()
    lead.get_by_role("link", name="Many at once, from a list").click()
    lead.locator("#sop").select_option("pack")
    lead.get_by_label("Who does them").select_option(label="Packing")
    lead.get_by_label("or choose a CSV file").set_input_files(file)
    lead.get_by_role("button", name="Look at the list").click()
    expect(lead.locator("h1")).to_contain_text(
        "200 runs of “Pack an order” will be opened; 3 lines have errors."
    )
    expect(lead.get_by_role("row", name="O-300")).to_contain_text("There is no account “nobody”")
    assert objections(lead) == []
    lead.get_by_role("button", name="Open 200 runs").click()
    expect(lead.locator("h1")).to_contain_text("200 runs of “Pack an order” were opened", timeout=30_000)
    assert objections(lead) == []
    with lead.expect_download() as download:
        lead.get_by_role("link", name="Download what is not opened").click()
    assert "There is no account" in Path(download.value.path()).read_text()
    staff.goto("/")
    expect(staff.get_by_role("heading", level=1)).to_contain_text("200 runs are open to you")
    expect(staff.get_by_role("link", name="O-7", exact=False).first).to_be_visible()


def test_a_pasted_list_on_a_phone(enter: Enter) -> None:
    lead = enter("lena")
    lead.goto("/assign/list")
    lead.locator("#sop").select_option("pack")
    lead.get_by_label("Paste the list").fill("P-1\nP-2")
    lead.get_by_role("button", name="Look at the list").click()
    lead.get_by_role("button", name="Open 2 runs").click()
    expect(lead.locator("h1")).to_contain_text("2 runs of “Pack an order” were opened.", timeout=30_000)
    lead.go_back()
    lead.go_forward()
    lead.get_by_role("button", name="Look at this list once more").click()
    expect(lead.locator("h1")).to_contain_text(
        "0 runs of “Pack an order” will be opened; 2 have an open run already."
    )
