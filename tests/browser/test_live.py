"""Two people are on one run: each sees what the other does, and nothing they are at is taken from them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Enter, saved, start
from tests.support.patience import until

pytestmark = pytest.mark.browser


def both(enter: Enter, subject: str) -> tuple[Page, Page]:
    """Sam and Lena, each on a phone of their own, at the same run of Sam's."""
    sam = enter("sam")
    address = start(sam, "pack", subject)
    lena = enter("lena")
    lena.goto(address)
    return sam, lena


def done(page: Page, place: int, value: str = "") -> None:
    step = page.locator(f"#step-{place}")
    if value:
        step.get_by_role("textbox").first.fill(value)
    step.get_by_role("button", name="Done").click()
    saved(page)


def test_what_one_does_the_other_sees(enter: Enter) -> None:
    sam, lena = both(enter, "seen")
    done(lena, 0, "TOTE-1")
    expect(sam.locator("#step-0")).to_have_class(re.compile("hf-is-done"))
    expect(sam.locator("#step-1.hf-current")).to_be_visible()
    expect(sam.locator("#progress")).to_contain_text("1 of 5 done")
    expect(sam.locator("#news")).to_contain_text("Lena did step 1")
    expect(lena.locator("#news")).to_be_empty()


def test_what_one_types_stays_until_it_is_sent(enter: Enter) -> None:
    sam, lena = both(enter, "typing")
    field = sam.locator("#step-0").get_by_role("textbox").first
    field.fill("TOTE-")
    done(lena, 0, "TOTE-2")
    expect(sam.locator("#news")).to_contain_text("Lena did step 1")
    expect(field).to_have_value("TOTE-")
    expect(field).to_be_focused()
    expect(sam.get_by_text("What you have open has changed meanwhile.")).to_be_visible()
    sam.get_by_role("button", name="Show it").click()
    expect(sam.locator("#step-0")).to_have_class(re.compile("hf-is-done"))
    expect(sam.get_by_text("What you have open has changed meanwhile.")).to_be_hidden()


def test_an_open_form_stays_open(enter: Enter) -> None:
    sam, lena = both(enter, "open form")
    sam.locator("#step-0").get_by_text("Skip", exact=True).click()
    done(lena, 0, "TOTE-3")
    expect(sam.locator("#news")).to_contain_text("Lena did step 1")
    expect(sam.locator("#step-0").get_by_role("button", name="No time")).to_be_visible()
    sam.locator("#step-0").get_by_text("Skip", exact=True).click()
    expect(sam.locator("#step-0")).to_have_class(re.compile("hf-is-done"))


def test_a_cancelled_run_says_so_in_place(enter: Enter) -> None:
    sam, lena = both(enter, "cancelled")
    field = sam.locator("#step-0").get_by_role("textbox").first
    field.fill("half a sente")
    lena.get_by_text("Hand over, pause or cancel").click()
    lena.get_by_label("Cancel the run, because").fill("sold out")
    lena.get_by_role("button", name="Cancel this run").click()
    expect(sam.locator("#notice")).to_contain_text("Lena cancelled the run: sold out.")
    expect(field).to_have_value("half a sente")
    sam.get_by_role("link", name="Reload the page").click()
    expect(sam.get_by_text("Cancelled: sold out")).to_be_visible()


def test_a_run_that_goes_to_somebody_else_says_so(enter: Enter) -> None:
    sam, lena = both(enter, "taken over")
    lena.get_by_text("Hand over, pause or cancel").click()
    lena.get_by_role("button", name="Take it over myself").click()
    expect(sam.locator("#notice")).to_contain_text("Lena has this run since")


def test_no_answer_is_shown_and_ends_by_itself(enter: Enter) -> None:
    sam = enter("sam", watched=False)  # the browser itself logs a lost network as an error
    start(sam, "pack", "lost")
    sam.context.set_offline(True)
    expect(sam.get_by_text("Not live: no answer since")).to_be_visible()
    sam.context.set_offline(False)
    expect(sam.get_by_text("Not live: no answer since")).to_be_hidden()


def test_an_old_answer_does_not_take_back_what_one_has_done(enter: Enter) -> None:
    sam, lena = both(enter, "crossing")
    late: list[Route] = []
    sam.route("**/live", lambda route: late.append(route), times=1)
    until(lambda: late, sam)
    done(lena, 0, "TOTE-4")
    done(sam, 0, "TOTE-5")
    expect(sam.locator("#step-1.hf-current")).to_be_visible()
    late[0].continue_()
    expect(sam.locator("#step-0")).to_contain_text("Lena")
    expect(sam.locator("#step-1.hf-current")).to_be_visible()


def test_signed_out_elsewhere_is_said_in_place(enter: Enter) -> None:
    sam = enter("sam", watched=False)
    start(sam, "pack", "signed out")
    sam.locator("#step-0").get_by_role("textbox").first.fill("TO")
    sam.context.clear_cookies()
    expect(sam.locator("[data-live-out]")).to_contain_text("You are signed out.")
    expect(sam.locator("[data-live-out]")).to_be_visible()
    expect(sam.locator("#step-0").get_by_role("textbox").first).to_have_value("TO")


def test_whoever_comes_back_to_a_lost_run_is_told_at_once_and_what_they_did_is_kept(enter: Enter) -> None:
    sam = enter("sam", watched=False)
    address = start(sam, "opening", "")
    sam.context.set_offline(True)
    for place in (0, 1):
        sam.locator(f"#step-{place}").get_by_role("button", name="Done").click()
        expect(sam.locator(f"#step-{place}")).to_have_class(re.compile("hf-is-done"))
    lena = enter("lena")
    lena.goto(address)
    lena.get_by_text("Hand over, pause or cancel").click()
    lena.get_by_role("button", name="Take it over myself").click()
    expect(lena.get_by_text("Hand over, pause or cancel")).to_be_visible()
    sam.context.set_offline(False)
    notice = sam.locator("#notice")
    expect(notice).to_contain_text("Lena has this run since")
    expect(notice).to_contain_text("What you did in it is kept.")
    expect(notice.get_by_role("link", name="Go to Today")).to_be_visible()
    saved(sam)
    expect(sam.locator(".hf-steps form button:enabled")).to_have_count(0)
    expect(sam.locator(".hf-steps summary.btn:visible")).to_have_count(0)
