"""Owners: what came of the steps, as a page and as CSV, and which documents need a hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Enter, House, start

pytestmark = pytest.mark.browser


def test_a_closed_run_shows_in_the_health_of_its_sop(enter: Enter, tmp_path: Path) -> None:
    page = enter("olga", device=DESKTOP)
    page.goto("/overview")
    expect(page.get_by_role("heading", name="No run is closed yet.")).to_be_visible()
    start(page, "pack", "C-1")
    page.locator("#step-0").get_by_role("textbox").first.fill("T")
    page.locator("#step-0").get_by_role("button", name="Done").click()
    expect(page.locator("#step-1.hf-current")).to_be_visible()
    page.get_by_role("button", name="Close this run").click()
    page.get_by_role("button", name="Close it with the steps omitted").click()
    expect(page.get_by_text("Closed by Olga")).to_be_visible()  # the server has it
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Pack an order").first.click()
    expect(page.get_by_role("row", name="Weigh the parcel")).to_contain_text("too early")
    expect(page.get_by_role("main")).not_to_contain_text("%")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    download.value.save_as(tmp_path / "health.csv")
    rows = list(csv.DictReader((tmp_path / "health.csv").open(encoding="utf-8-sig")))
    assert len(rows) == 5


def test_a_broken_document_is_named_with_file_and_line(enter: Enter, house: House) -> None:
    (house.workspace / "sops/broken.md").write_text("---\ntitle: [open\n---\n1. Do it\n")
    assert house.publish().errors
    page = enter("olga", device=DESKTOP)
    page.goto("/library")
    expect(page.get_by_role("heading", name="1 document could not be published.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("broken.md:")
