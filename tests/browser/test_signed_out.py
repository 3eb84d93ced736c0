"""The session ends while somebody types, and a slow line: nothing is lost, nothing is done twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import DESKTOP, Enter, House, start
from tests.support.installation import PASSWORD
from tests.support.phones import REFUSES

pytestmark = pytest.mark.browser
BY_HAND = """\
---
id: by-hand
title: Open the shop
owner: olga
close: by-hand
---
1. Switch on the light {#light}
"""
NOTE = "What took me five minutes to write."


def write_a_note(page: Page) -> None:
    step = page.locator("#step-0")
    step.get_by_label("Scan or type it").fill("TOTE-7")
    step.locator("form.hf-do summary", has_text="Add a note").click()
    step.locator("form.hf-do textarea").fill(NOTE)


def give_password(page: Page, login: str = "sam") -> None:
    page.get_by_label("Login name").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()


def test_what_waits_is_sent_after_a_sign_in_in_another_tab(enter: Enter) -> None:
    page = enter("sam", device=DESKTOP)
    start(page, "pack", "signed out")
    page.locator("html[data-phone=ready]").wait_for()
    write_a_note(page)
    page.context.clear_cookies()
    page.locator("#step-0").get_by_role("button", name="Done").click()
    saved = page.locator("#saved")
    expect(saved).to_contain_text("until you sign in again: you are signed out.")
    expect(page.locator("#step-0")).to_contain_text(NOTE)
    with page.context.expect_page() as opened:
        saved.get_by_role("link", name="Sign in again").click()
    tab = opened.value
    give_password(tab)
    expect(tab).to_have_title("Today · Holdfast")
    expect(saved).to_contain_text("all saved")
    tab.close()
    page.reload()
    expect(page.locator("#step-0")).to_contain_text(NOTE)


def test_without_scripts_the_text_comes_back_after_the_sign_in(enter: Enter) -> None:
    page = enter("sam", java_script_enabled=False)
    start(page, "pack", "signed out plainly")
    write_a_note(page)
    page.context.clear_cookies()
    page.locator("#step-0").get_by_role("button", name="Done").click()
    expect(page.get_by_text("It is kept: sign in and send it once more")).to_be_visible()
    give_password(page)
    expect(page.get_by_label("Note")).to_have_value(NOTE)
    page.get_by_role("button", name="Send it once more").click()
    expect(page.locator("#step-0")).to_contain_text(NOTE)


def test_pressed_twice_on_a_slow_line(enter: Enter, house: House) -> None:
    (house.workspace / "sops/by-hand.md").write_text(BY_HAND)
    house.publish()
    page = enter("sam", device=DESKTOP)
    page.add_init_script(REFUSES)  # then its forms are sent one by one
    start(page, "by-hand", "")
    page.locator("#step-0").get_by_role("button", name="Done").click()
    expect(page.locator("#step-0")).to_have_class(re.compile("hf-is-done"))
    answers = []

    def slowly(route: Route) -> None:
        answer = route.fetch(max_redirects=0)  # the server has done it; the line is slow
        answers.append(answer.status)
        if len(answers) == 2:
            route.fulfill(response=answer)

    page.route("**/close", slowly)
    button = page.get_by_role("button", name="Close this run")
    button.evaluate("button => { button.click(); setTimeout(() => button.click(), 500); }")
    expect(page.get_by_text("Closed by Sam")).to_be_visible()
    assert answers == [303, 303]
