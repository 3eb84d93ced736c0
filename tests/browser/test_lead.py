"""Leads on a laptop: assign, see what is open, take over, let go on, cancel."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, Enter, start

pytestmark = pytest.mark.browser


def assign(page: Page, subject: str, whom: str) -> str:
    page.goto("/board")
    page.get_by_role("link", name="Assign a run").click()
    page.locator("#sop").select_option("pack")
    page.get_by_label("About what").fill(subject)
    page.get_by_label("Who does it").select_option(label=whom)
    page.get_by_role("button", name="Assign it").click()
    expect(page.locator("h1")).to_contain_text(subject)
    return page.url


def test_a_run_for_a_person_and_one_for_a_role(enter: Enter) -> None:
    lead, staff = enter("lena", device=DESKTOP), enter("sam")
    assign(lead, "A-1", "Sam")
    assign(lead, "A-2", "picker")
    lead.goto("/board")
    expect(lead.get_by_role("row", name="A-1")).to_contain_text("Sam")
    expect(lead.get_by_role("row", name="A-2")).to_contain_text("open to picker")
    staff.goto("/")
    expect(staff.get_by_role("heading", level=1)).to_contain_text("1 run is yours, 1 is open to you")
    staff.get_by_role("link", name="A-2").click()
    staff.get_by_role("button", name="I do it").click()
    expect(staff.locator(".hf-facts")).to_contain_text("Sam")
    lead.get_by_label("Who").select_option(label="nobody yet")
    expect(lead.get_by_role("heading", name="No open run is like this.")).to_be_visible()


def test_take_over_let_go_on_and_cancel(enter: Enter) -> None:
    lead, staff = enter("lena", device=DESKTOP), enter("sam")
    address = start(staff, "pack", "B-1")
    staff.locator("#step-0").get_by_text("Skip", exact=True).click()
    expect(staff.locator("#step-0")).to_contain_text("This step is critical")
    staff.get_by_role("button", name="Tool or material missing").click()
    expect(staff.locator("#step-0")).to_contain_text("The steps after this one wait")

    lead.goto(address)
    lead.get_by_text("Let the run go on without it").click()
    lead.get_by_label("Why may it go on without it?").fill("The tote has no code")
    lead.get_by_role("button", name="Let it go on").click()
    expect(lead.locator("#step-1")).to_have_attribute("aria-current", "step")
    lead.get_by_text("Hand over, pause or cancel").click()
    lead.get_by_role("button", name="Take it over myself").click()
    expect(lead.locator(".hf-facts")).to_contain_text("Lena")

    staff.goto(address)
    expect(staff.get_by_role("heading", name="Lena has this run since")).to_be_visible()

    lead.get_by_text("Hand over, pause or cancel").click()
    lead.get_by_label("Cancel the run, because").fill("The customer called it off")
    lead.get_by_role("button", name="Cancel this run").click()
    expect(lead.get_by_text("Cancelled: The customer called it off")).to_be_visible()
    lead.get_by_role("link", name="History").click()
    expect(lead.get_by_role("list")).to_contain_text("took the run over from Sam")
