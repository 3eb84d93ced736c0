"""A lead looks at the board while others work: it tells what happens, and keeps what the lead is at."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, start

pytestmark = pytest.mark.browser


def fail_first(page: Page) -> None:
    page.locator("#step-0").get_by_text("Failed", exact=True).click()
    page.get_by_role("button", name="Damaged").click()
    expect(page.locator("#step-0")).to_contain_text("failed")


def choose(lead: Page, subject: str) -> None:
    lead.get_by_role("checkbox", name=f"Choose Pack an order order {subject}").check()


def test_a_blocked_run_appears_by_itself_and_what_the_lead_is_at_stays(enter: Enter) -> None:
    sam, lead = enter("sam"), enter("lena", device=DESKTOP)
    start(sam, "pack", "L-1")
    blocked = start(sam, "pack", "L-2")
    lead.goto("/board")
    line = lead.locator("#board-line")
    expect(line).to_contain_text("none is late or blocked")
    choose(lead, "L-1")
    lead.get_by_label("Subject").fill("L-")
    expect(lead).to_have_url(re.compile(r"subject=L-$"))  # it holds at once
    fail_first(sam)
    expect(line).to_contain_text("1 is blocked")
    expect(lead.get_by_role("row", name="L-2")).to_contain_text("“Scan the tote” failed: Damaged")
    expect(lead.get_by_label("Subject")).to_have_value("L-")
    expect(lead.get_by_label("Subject")).to_be_focused()
    expect(lead.get_by_role("checkbox", name="L-1")).to_be_checked()
    expect(lead.get_by_text("Give the chosen run to")).to_be_visible()

    line.get_by_role("link", name="1 is blocked").click()
    expect(lead).to_have_url(re.compile("state=blocked"))
    expect(lead.get_by_role("row", name="order")).to_have_count(1)
    lead.get_by_role("link", name="Decide").click()
    expect(lead).to_have_url(f"{blocked}?board=subject%3DL-%26state%3Dblocked")


def test_a_chosen_box_keeps_the_focus_while_the_rows_change(enter: Enter) -> None:
    sam, lead = enter("sam"), enter("lena", device=DESKTOP)
    start(sam, "pack", "M-1")
    lead.goto("/board?subject=M-")
    box = lead.get_by_role("checkbox", name="M-1")
    box.focus()
    lead.keyboard.press("Space")
    start(sam, "pack", "M-2")
    expect(lead.get_by_role("row", name="M-2")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_be_checked()
    lead.get_by_role("checkbox", name="Choose all that are shown").check()
    expect(lead.get_by_text("Give the 2 chosen runs to")).to_be_visible()


@pytest.mark.parametrize("device", [DESKTOP, PHONE])
def test_three_runs_are_given_at_once(enter: Enter, device: dict[str, object]) -> None:
    sam, lead = enter("sam"), enter("lena", device=device)
    mark = f"N{'p' if device is PHONE else 'd'}-"
    for number in range(3):
        start(sam, "pack", f"{mark}{number}")
    lead.goto(f"/board?subject={mark}")
    expect(lead.get_by_role("button", name="Give them")).to_be_hidden()
    for number in range(3):
        choose(lead, f"{mark}{number}")
    lead.get_by_label("Give the 3 chosen runs to").select_option(label="Lena")
    lead.get_by_role("button", name="Give them").click()
    expect(lead.locator("#message")).to_contain_text("3 runs are given to Lena.")
    expect(lead).to_have_url(re.compile(f"subject={mark}"))
    for number in range(3):
        expect(lead.get_by_role("row", name=f"{mark}{number}")).to_contain_text("Lena")
    lead.locator(".hf-load summary").click()
    has = 3 if device is DESKTOP else 6  # who has room never depends on what is filtered
    expect(lead.locator(".hf-people li", has_text="Lena")).to_contain_text(f"{has} open")
    sam.goto("/")
    expect(sam.get_by_role("main")).not_to_contain_text(mark)
