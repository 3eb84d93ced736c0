"""Staff on a phone: find the SOP, start it, work through it, whatever happens on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Enter, House, next_sending, open_head, saved, start

pytestmark = pytest.mark.browser
ORDER = ["scan", "weigh", "box", "flyer", "hand"]


def done(page: Page, key: str, value: str = "") -> None:
    place = page.locator(f"#step-{ORDER.index(key)}")
    if value:
        place.get_by_role("textbox").first.fill(value)
    place.get_by_role("button", name=re.compile("Done|done now")).click()


def entries(page: Page) -> list[str]:
    """What the history of the run says of its steps."""
    open_head(page)
    page.get_by_role("link", name="History").click()
    expect(page).to_have_title(re.compile("History"))
    page.wait_for_load_state()  # a title is there before the rest of its page
    return page.locator(".hf-history li").all_inner_texts()


def test_from_the_site_to_a_closed_run(enter: Enter, house: House) -> None:
    page = enter("sam")
    page.get_by_role("link", name="SOPs").click()
    expect(page).to_have_url(re.compile("/docs/"))
    page.get_by_role("link", name="Pack an order").first.click()
    page.get_by_role("link", name="Start this SOP").locator("visible=true").first.click()
    page.get_by_label("Which order?").fill("1042")
    page.get_by_role("button", name="Start Pack an order").click()
    expect(page.locator("#progress")).to_contain_text("0 of 5 done")
    done(page, "scan", "TOTE-7")
    expect(page.locator("#step-1")).to_have_attribute("aria-current", "step")
    saved(page)
    done(page, "weigh", "450")
    page.locator("#step-2").get_by_text("M", exact=True).click()  # one tap is the answer
    done(page, "flyer")
    done(page, "hand")
    expect(page.locator("#so-far")).to_have_text("5 of 5")
    expect(page.locator("#undo-line")).to_contain_text("Run closed")  # by its last tick
    expect(page.get_by_text("Closed by Sam")).to_be_visible()
    expect(page.get_by_role("button", name="Done")).to_have_count(0)


def test_the_next_step_stands_where_the_last_one_stood(enter: Enter) -> None:
    page = enter("sam")
    start(page, "pack", "place")
    before = page.locator("#step-0").bounding_box()
    done(page, "scan", "T")
    expect(page.locator("#step-1.hf-current")).to_be_visible()
    after = page.locator("#step-1").bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 2
    box = page.locator("#step-1").get_by_role("button", name="Done").bounding_box()
    assert box and box["height"] >= 56 and box["width"] > 300 and box["y"] + box["height"] < 844


def test_a_critical_step_that_failed_locks_what_follows_until_it_is_put_right(enter: Enter) -> None:
    page = enter("sam")
    start(page, "pack", "critical")
    page.locator("#step-0").get_by_text("Failed").click()
    page.get_by_role("button", name="Does not match").click()
    expect(page.locator("#step-0")).to_contain_text("failed Does not match")
    expect(page.locator("#care")).to_contain_text("Olga")
    expect(page.locator("#end")).to_contain_text("can be closed once “Scan the tote” is done")
    page.locator("#step-1 summary").first.click()
    expect(page.locator("#step-1")).to_contain_text("First do “Scan the tote”")
    expect(page.locator("#step-1").get_by_role("button")).to_have_count(0)
    done(page, "scan", "TOTE-8")
    expect(page.locator("#step-0")).to_contain_text("put right")
    expect(page.locator("#progress")).to_contain_text("1 of 5 done, 1 of them after a failure")
    expect(page.locator("#step-1.hf-current")).to_be_visible()


def test_a_value_outside_its_limits_is_kept_as_failed_and_shows_what_to_do(enter: Enter) -> None:
    page = enter("sam")
    start(page, "pack", "limits")
    done(page, "scan", "T")
    done(page, "weigh", "10")
    expect(page.locator("#message")).to_contain_text("Saved as failed.")
    expect(page.locator("#message > *")).to_have_class(re.compile("visually-hidden"))  # its step says it
    expect(page.locator("#step-1")).to_contain_text("Open the parcel and count again.")
    page.locator("#step-1").get_by_role("button", name="Undo").click()
    expect(page.locator("#step-1.hf-current")).to_be_visible()
    expect(page.locator("#progress")).not_to_contain_text("failed")
    page.locator("#step-1").get_by_role("textbox").first.fill("heavy")
    page.locator("#step-1").get_by_role("button", name="Done").click()
    expect(page.locator("#message")).to_contain_text("Enter a number")


def test_a_skip_has_a_reason_and_closing_names_what_nobody_touched(enter: Enter) -> None:
    page = enter("sam")
    address = start(page, "pack", "skips")
    done(page, "scan", "T")
    page.locator("#step-1").get_by_text("Skip").click()
    page.locator("#step-1").get_by_label("Or in your words").first.fill("Scale is broken")
    page.locator("#step-1").get_by_role("button", name="Save").first.click()
    expect(page.locator("#step-1")).to_have_class(re.compile("hf-is-skipped"))
    page.get_by_role("button", name="Close this run").click()
    asking = page.get_by_role("dialog")
    expect(asking).to_contain_text("Nobody has touched 2 steps")
    expect(asking).to_contain_text("Hand it over")
    asking.get_by_role("button", name="Go back to the steps").click()
    expect(page).to_have_url(address)
    page.get_by_role("button", name="Close this run").click()
    page.get_by_role("button", name="Close it with the steps omitted").click()
    expect(page.get_by_text("Closed by Sam")).to_be_visible()
    expect(page.locator("#step-4")).to_contain_text("omitted")
    assert any("Scale is broken" in entry for entry in entries(page))


def test_a_double_tap_makes_one_record(enter: Enter) -> None:
    page = enter("sam")
    start(page, "pack", "double")
    page.locator("#step-0").get_by_role("textbox").first.fill("T")
    page.locator("#step-0").get_by_role("button", name="Done").dblclick()
    expect(page.locator("#step-0")).to_have_class(re.compile("hf-is-done"))
    assert sum("Scan the tote" in entry for entry in entries(page)) == 1


def test_without_a_network_it_says_what_waits_and_sends_it_once(enter: Enter) -> None:
    page = enter("sam", watched=False)  # the browser itself logs a lost network as an error
    start(page, "pack", "offline")
    page.context.set_offline(True)
    done(page, "scan", "T")
    expect(page.locator("#saved")).to_contain_text("1 waiting since")
    expect(page.locator("#so-far")).to_have_text("1 of 5")
    page.context.set_offline(False)
    saved(page)
    expect(page.locator("#saved")).to_contain_text("all saved")
    expect(page.locator("#step-1.hf-current")).to_be_visible()
    assert sum("Scan the tote" in entry for entry in entries(page)) == 1


def test_a_lost_answer_makes_one_record(enter: Enter) -> None:
    page = enter("sam", watched=False)
    start(page, "pack", "lost answer")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    next_sending(page, lose)
    done(page, "scan", "T")
    expect(page.locator("#saved")).to_contain_text("1 waiting since")
    saved(page)
    expect(page.locator("#step-1.hf-current")).to_be_visible()
    expect(page.locator("#step-4")).not_to_have_class(re.compile("hf-blocked"))
    assert sum("Scan the tote" in entry for entry in entries(page)) == 1


def test_an_answer_from_something_else_than_the_server_is_not_taken_for_saved(enter: Enter) -> None:
    page = enter("sam", watched=False)
    start(page, "pack", "proxy")
    next_sending(page, lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    done(page, "scan", "T")
    expect(page.locator("#saved")).to_contain_text("1 waiting since")
    saved(page)
    assert sum("Scan the tote" in entry for entry in entries(page)) == 1


def test_the_keyboard_alone_is_enough(enter: Enter) -> None:
    page = enter("sam")
    start(page, "count", "shelf 4")
    page.locator("#step-0").get_by_role("button", name="Done").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-1")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
