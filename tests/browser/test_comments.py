"""Two people talk on a run: the other reads it without a reload, and what could not be sent stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Enter, start

pytestmark = pytest.mark.browser


def test_a_comment_with_a_mention_reaches_the_other_page(enter: Enter) -> None:
    sam = enter("sam", device=PHONE)
    address = start(sam, "pack", "talk")
    lena = enter("lena")
    lena.goto(address)
    sam.get_by_text("Say something about this run").click()
    field = sam.get_by_label("Your comment")
    field.press_sequentially("The box is wet, @le")
    sam.locator("#mentions").get_by_role("button", name="Lena").click()
    expect(field).to_have_value("The box is wet, @lena ")
    sam.get_by_role("button", name="Say it").click()
    expect(sam.locator("#comments-list")).to_contain_text("The box is wet, @Lena")
    expect(field).to_have_value("")
    expect(lena.locator("#comments-count")).to_contain_text("1 comment", timeout=15_000)
    expect(lena.locator("#news")).to_contain_text("Sam said: The box is wet")
    lena.get_by_text("1 comment").click()
    expect(lena.locator("#comments-list .hf-mention-me")).to_have_text("@Lena")


def test_what_could_not_be_sent_stays_and_says_so(enter: Enter) -> None:
    page = enter("sam", device=PHONE, watched=False)  # a request without a network is an error to its console
    start(page, "pack", "offline talk")
    _open(page)
    page.get_by_label("Your comment").fill("Nobody hears me")
    page.context.set_offline(True)
    page.get_by_role("button", name="Say it").click()
    expect(page.get_by_text("your comment is not sent")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value("Nobody hears me")
    page.context.set_offline(False)
    page.get_by_role("button", name="Say it").click()
    expect(page.locator("#comments-list")).to_contain_text("Nobody hears me")
    expect(page.get_by_text("your comment is not sent")).to_be_hidden()


def _open(page: Page) -> None:
    page.get_by_text("Say something about this run").click()
