"""On a phone one step at a time: large, in thumb reach, the others a swipe or a tap away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, Enter, open_head, start

pytestmark = pytest.mark.browser


def shown(page: Page) -> list[str]:
    """The steps that can be seen."""
    return [step.get_attribute("id") or "" for step in page.locator(".hf-step:visible").all()]


def done(page: Page, value: str = "") -> None:
    step = page.locator(".hf-shown")
    if value:
        step.get_by_role("textbox").first.fill(value)
    step.get_by_role("button", name="Done").click()


def swipe(page: Page, by: int, *, drawn_anew: bool = False) -> None:
    """Swipe over the step that is shown, found as the finger comes down; it may be drawn anew under it."""
    page.evaluate(
        """([by, anew]) => {
            const step = document.querySelector(".hf-shown");
            const at = (type, x) => {
                const touch = new Touch({ identifier: 1, target: step, clientX: x, clientY: 300 });
                const touches = type === "touchend" ? [] : [touch];
                step.dispatchEvent(new TouchEvent(type, { touches, changedTouches: [touch], bubbles: true }));
            };
            at("touchstart", 200);
            if (anew) step.replaceWith(step.cloneNode(true));
            at("touchend", 200 + by);
        }""",
        [by, drawn_anew],
    )


def test_the_step_to_do_is_shown_alone_with_its_buttons_in_reach(enter: Enter) -> None:
    page = enter("sam", steps="one")
    start(page, "pack", "alone")
    assert shown(page) == ["step-0"]
    button = page.locator(".hf-shown").get_by_role("button", name="Done").bounding_box()
    assert button and button["height"] >= 56 and button["width"] > 350 and button["y"] > 844 / 2
    failed = page.locator(".hf-shown").get_by_text("Failed", exact=True).bounding_box()
    assert failed and failed["y"] > button["y"] + button["height"] and failed["y"] + failed["height"] < 844
    expect(page.locator("[data-turn='1']")).to_contain_text("Weigh the parcel")


def test_the_next_one_slides_in_at_the_same_height_and_has_the_focus(enter: Enter) -> None:
    page = enter("sam", steps="one", reduced_motion="reduce")
    start(page, "pack", "slides")
    before = page.locator("#step-0").bounding_box()
    done(page, "T")
    expect(page.locator("#step-1.hf-shown")).to_be_visible()
    assert shown(page) == ["step-1"]
    after = page.locator("#step-1").bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 2
    assert page.evaluate("document.activeElement.closest('.hf-step')?.id") == "step-1"


def test_the_others_are_a_swipe_or_a_tap_away_and_the_list_is_remembered(enter: Enter) -> None:
    page = enter("sam", steps="one")
    start(page, "pack", "turning")
    done(page, "T")
    expect(page.locator("#step-1.hf-shown")).to_be_visible()
    swipe(page, -120)
    assert shown(page) == ["step-2"]
    swipe(page, 120)
    swipe(page, 120)
    assert shown(page) == ["step-0"]
    expect(page.locator("#step-0").get_by_role("button", name="Undo")).to_be_visible()
    page.locator("[data-turn='1']").click()
    expect(page.locator("#step-1")).to_be_focused()
    open_head(page)
    page.get_by_role("button", name="Whole list").click()
    assert len(shown(page)) == 5
    page.reload()
    assert len(shown(page)) == 5
    open_head(page)
    page.get_by_role("button", name="One step").click()
    assert shown(page) == ["step-1"]


def test_a_swipe_counts_also_where_its_step_is_drawn_anew_meanwhile(enter: Enter) -> None:
    page = enter("sam", steps="one")
    start(page, "pack", "anew")
    swipe(page, -120, drawn_anew=True)
    assert shown(page) == ["step-1"]
    swipe(page, 120)
    assert shown(page) == ["step-0"]


def test_a_failed_step_shows_what_to_do_in_place_of_its_buttons_until_it_is_read(enter: Enter) -> None:
    page = enter("sam", steps="one")
    start(page, "pack", "recovery")
    done(page, "T")
    expect(page.locator("#step-1.hf-shown")).to_be_visible()
    done(page, "5")
    step = page.locator("#step-1.hf-shown")
    expect(step).to_contain_text("Open the parcel and count again.")
    expect(step.get_by_role("button", name=re.compile("done now"))).to_be_hidden()
    step.get_by_role("button", name="I have read this").click()
    expect(step.get_by_role("button", name=re.compile("done now"))).to_be_visible()


def test_a_nested_step_names_the_one_it_belongs_to_and_the_end_closes_the_run(enter: Enter) -> None:
    page = enter("sam", steps="one")
    start(page, "count", "shelf 9")
    expect(page.locator("#parent")).to_be_hidden()
    page.locator("[data-turn='1']").click()
    expect(page.locator("#parent")).to_have_text("Lock the shelf")
    assert shown(page) == ["step-1"]
    for _ in range(4):
        page.locator("[data-turn='1']").click()
    assert shown(page) == []
    expect(page.get_by_text("The run can be closed once")).to_be_visible()


def test_what_another_does_turns_no_page(enter: Enter) -> None:
    sam = enter("sam", steps="one")
    address = start(sam, "pack", "two phones")
    lena = enter("lena", steps="one")
    lena.goto(address)
    done(lena, "TOTE-1")
    expect(lena.locator("#step-1.hf-shown")).to_be_visible()
    expect(sam.locator("#step-0.hf-is-done")).to_be_visible()
    assert shown(sam) == ["step-0"]
    expect(sam.locator("#step-0")).to_contain_text("Lena")
    sam.locator("[data-turn='1']").click()
    assert shown(sam) == ["step-1"]


def test_a_desktop_shows_the_whole_list(enter: Enter) -> None:
    page = enter("sam", device=DESKTOP, steps="one")
    start(page, "pack", "desktop")
    assert len(shown(page)) == 5
    expect(page.locator("[data-turn='1']")).to_be_hidden()
    expect(page.get_by_role("button", name="Whole list")).to_be_hidden()
