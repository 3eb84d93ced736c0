"""A finger leaves nothing behind: where nothing hovers, what was tapped looks as it did before."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, House, start

pytestmark = pytest.mark.browser
SMALL = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}
KINDS = [
    "",
    "btn-primary",
    "btn-outline-primary",
    "btn-outline-secondary",
    "btn-outline-danger",
    "btn-danger",
]

_LOOK = """(button) => {
    const looks = () => ["color", "backgroundColor", "borderColor", "boxShadow", "outlineStyle"]
        .map((name) => getComputedStyle(button)[name]);
    return Promise.allSettled(button.getAnimations().map((one) => one.finished)).then(looks);
}"""
_RULES = """() => {
    const found = [];
    const walk = (rules, media) => {
        for (const rule of rules) {
            const within = rule.media ? [...media, rule.media.mediaText] : media;
            const hovers = rule.selectorText?.includes(":hover");
            if (hovers && !within.some((text) => text.includes("hover:"))) found.push(rule.selectorText);
            if (rule.cssRules) walk(rule.cssRules, within);
        }
    };
    const ours = [...document.styleSheets].filter(({ href }) => /\\/(holdfast|desk)\\.css$/.test(href));
    for (const { cssRules } of ours) walk(cssRules, []);
    return [ours.length, ...found];
}"""


def buttons(page: Page) -> None:
    """Put a button of each kind on the page, in its middle."""
    page.evaluate(
        """(kinds) => document.querySelector("main").replaceChildren(...kinds.map((kind) => {
            const button = document.createElement("button");
            Object.assign(button, { type: "button", className: `btn ${kind}`, textContent: kind || "plain" });
            return button;
        }))""",
        KINDS,
    )


def looks(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name or "plain", exact=True).evaluate(_LOOK)


def test_a_button_of_any_kind_looks_after_a_tap_as_before(enter: Enter, house: House) -> None:
    used = {
        kind
        for file in Path("templates").rglob("*.html")
        for kind in re.findall(r"\bbtn-(?!lg|sm)[a-z]+(?:-[a-z]+)?\b", file.read_text())
    }
    assert used <= {*KINDS, "btn-check", "btn-list", "btn-close"}
    page = enter("sam", device=SMALL)
    page.goto("/")
    buttons(page)
    for kind in KINDS:
        before = looks(page, kind)
        page.get_by_role("button", name=kind or "plain", exact=True).tap()
        assert page.evaluate("document.activeElement.className") == f"btn {kind}"
        expect(page.locator(".btn:active")).to_have_count(0)
        assert looks(page, kind) == before, kind


def test_a_mouse_still_sees_what_it_points_at(enter: Enter, house: House) -> None:
    page = enter("sam", device={"viewport": {"width": 1280, "height": 800}})
    page.goto("/")
    buttons(page)
    for kind in KINDS[1:5]:
        before = looks(page, kind)
        page.get_by_role("button", name=kind, exact=True).hover()
        assert looks(page, kind) != before, kind


def test_the_next_step_is_not_dark_under_the_finger_and_keeps_the_focus_of_keys(
    enter: Enter, house: House
) -> None:
    page = enter("sam", device=SMALL, steps="one")
    start(page, "opening", "")
    page.locator("html[data-phone=ready]").wait_for()
    done = page.locator("#step-0 .hf-do .hf-big")
    rest = done.evaluate(_LOOK)
    done.tap()
    following = page.locator("#step-1.hf-shown .hf-do .hf-big")
    expect(following).to_be_visible()
    expect(page.locator("html")).not_to_have_attribute("data-quiet", "")
    assert following.evaluate(_LOOK) == rest
    assert page.evaluate("document.querySelectorAll('main :focus-visible').length") == 0
    following.press("Enter")
    expect(page.locator("#step-2.hf-shown")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('#step-2 :focus-visible')")


def test_what_hovers_says_so_where_something_can_hover_only(enter: Enter, house: House) -> None:
    page = enter("sam", device=SMALL)
    page.goto("/")
    assert page.evaluate(_RULES) == [2]
