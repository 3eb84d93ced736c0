"""The step has the screen of a phone: one line of head, its input above the buttons, nothing over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, House, open_head, start
from tests.support.accessibility import objections
from tests.support.inputs import INPUTS, KINDS

pytestmark = pytest.mark.browser
MEASURE = (Path(__file__).parent / "measure.js").read_text()
SIZES = [(390, 664), (375, 667)]
LARGE = "document.documentElement.style.fontSize = '32px'"
KEYBOARD = 300  # px
LINE = 47  # px


def phone(width: int, height: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": height}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module", autouse=True)
def inputs(house: House) -> None:
    """An SOP with every kind of input is in force."""
    (house.workspace / "sops/inputs.md").write_text(INPUTS)
    house.publish()


def measured(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each step that the run asks something for, as the phone shows it."""
    for place, kind in enumerate(KINDS):
        expect(page.locator(f"#step-{place}.hf-shown")).to_be_visible()
        yield kind, page.evaluate(MEASURE)
        page.locator("[data-turn='1']").evaluate("button => button.click()")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_step_and_whole_input_stand_above_the_buttons_on_one_screen(
    enter: Enter, width: int, height: int
) -> None:
    page = enter("sam", device=phone(width, height), steps="one", reduced_motion="reduce")
    start(page, "inputs", f"33107 {width}")
    for kind, seen in measured(page):
        assert seen["bar"] == 0 and seen["head"]["top"] == 0 and seen["head"]["height"] <= LINE, (kind, seen)
        assert seen["height"] <= seen["window"] and seen["wide"] <= 0, (kind, seen)  # nothing to scroll
        line = seen["words"]["bottom"]
        for answer in seen["answers"]:
            assert answer["top"] >= line - 1, (kind, seen)
            line = answer["bottom"]
        assert seen["answers"] and seen["acts"], kind
        assert all(act["top"] >= line for act in seen["acts"]), (kind, seen)
        assert seen["foot"]["top"] >= max(act["bottom"] for act in seen["acts"]), (kind, seen)
        assert seen["covered"] == [] and seen["small"] == [], (kind, seen)
        assert seen["clocks"] == (kind == "look"), (kind, seen)


BROKEN = """() => {
  const texts = [...document.querySelectorAll(".hf-shown .hf-actions .btn, .hf-undo-line *")]
    .filter((place) => place.checkVisibility())
    .flatMap((place) => [...place.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE));
  const lines = (node, { 0: word, index }) => {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    return new Set([...range.getClientRects()].map(({ top }) => top)).size;
  };
  const broken = (node) => [...node.data.matchAll(/\\S+/g)].filter((word) => lines(node, word) > 1);
  return texts.flatMap(broken).map(String);
}"""
"""The words of what can be pressed about a step that stand on two lines."""


@pytest.mark.parametrize("language", ["de", "es", "fr", "pl"])
def test_no_word_on_a_button_is_broken_in_two(enter: Enter, language: str) -> None:
    page = enter("sam", device=phone(375, 667), steps="one", reduced_motion="reduce", locale=language)
    start(page, "inputs", f"33109 {language}")
    page.locator(".hf-shown .hf-big:visible").first.click()
    page.locator(".hf-undo-line [data-undo]").wait_for()
    assert page.evaluate(BROKEN) == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_with_text_twice_as_large_the_head_is_one_line_and_nothing_lies_over_an_answer(
    enter: Enter, width: int, height: int
) -> None:
    page = enter("sam", device=phone(width, height), steps="one", reduced_motion="reduce")
    start(page, "inputs", f"33108 {width}")
    page.evaluate(LARGE)
    for kind, seen in measured(page):
        assert seen["bar"] == 0 and seen["head"]["height"] <= LINE and seen["wide"] <= 0, (kind, seen)
        assert seen["covered"] == [] and seen["small"] == [], (kind, seen)
        assert [name for name in seen["over"] if "hf-big" not in name] == [], (kind, seen)
        assert kind == "look" or seen["over"] == [], (kind, seen)
        line = seen["words"]["bottom"]
        for place in [*seen["answers"], *seen["acts"]]:
            assert place["top"] >= line - 1 or kind == "look" or place in seen["acts"][1:], (kind, seen)
            line = place["bottom"]


@pytest.mark.parametrize("scale", [1, 2])
def test_over_a_keyboard_the_field_is_seen_and_so_is_done(enter: Enter, scale: int) -> None:
    """On Android the window is smaller; on an iPhone the keyboard lies over the page."""
    page = enter("sam", device=phone(390, 664), steps="one", reduced_motion="reduce")
    start(page, "inputs", f"keyboard {scale}")
    if scale == 2:
        page.evaluate(LARGE)
    for place in (1, 2, 7, 8, 9):
        page.evaluate("place => { location.hash = `#step-${place}`; }", place)
        page.reload()
        if scale == 2:
            page.evaluate(LARGE)
        field = page.locator(f"#step-{place} .hf-do [name=value]")
        field.focus()
        page.set_viewport_size({"width": 390, "height": 664 - KEYBOARD})
        page.wait_for_function(f"innerHeight === {664 - KEYBOARD}")
        seen = page.evaluate(MEASURE)
        assert seen["covered"] == [] and seen["wide"] <= 0, (place, seen)
        field.scroll_into_view_if_needed()
        box = field.bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 664 - KEYBOARD, (place, box)
        page.set_viewport_size({"width": 390, "height": 664})
        if scale == 1 and place != 8:
            page.evaluate(
                """covered => {
                  const get = () => innerHeight - covered;
                  Object.defineProperty(visualViewport, "height", { get, configurable: true });
                  visualViewport.dispatchEvent(new Event("resize"));
                }""",
                KEYBOARD,
            )
            button = page.locator(f"#step-{place} .hf-do > .hf-big").bounding_box()
            assert button and button["y"] + button["height"] <= 664 - KEYBOARD, (place, button)


@pytest.mark.parametrize(("scheme", "scripts"), [("light", True), ("dark", True), ("light", False)])
def test_all_about_the_run_is_one_tap_on_its_head_away(enter: Enter, scheme: str, scripts: bool) -> None:
    page = enter(
        "sam", device=phone(390, 664), steps="one", color_scheme=scheme, java_script_enabled=scripts,
        bypass_csp=True, reduced_motion="reduce",
    )  # fmt: skip
    start(page, "inputs", f"head {scheme} {scripts}")
    assert not scripts or objections(page) == []
    expect(page.locator(".hf-run-head h1")).to_contain_text(f"order head {scheme} {scripts}")
    expect(page.locator("#so-far")).to_have_text("0 of 11")
    hidden = page.get_by_role("link", name="History")
    expect(hidden).to_be_hidden()
    if scheme == "dark":  # by the keyboard
        page.locator(".hf-rest > summary").focus()
        page.keyboard.press("Enter")
    else:
        open_head(page)
    for link in ("Read the SOP", "History", "QR code"):
        expect(page.get_by_role("link", name=link)).to_be_visible()
    expect(page.locator("#facts")).to_contain_text("Sam")
    expect(page.get_by_text("2 min left")).to_be_visible()
    expect(page.get_by_text("Another name?")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_visible()
    if scripts:
        expect(page.get_by_role("button", name="Whole list")).to_be_visible()
        assert objections(page) == []
