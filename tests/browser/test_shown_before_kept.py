"""A tick is shown before it is written down: nothing is said to be done that is not, nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, House, start
from tests.support.evidence import photo

pytestmark = pytest.mark.browser
SMALL = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}
SHORT = """\
---
id: ticks
title: Two ticks
owner: olga
---
1. One thing {#one}
2. Another thing {#other}
"""
NO_ROOM = """() => {
  IDBObjectStore.prototype.add = () => { throw new DOMException("no room", "QuotaExceededError"); };
}"""
REFUSED = """() => {
  IDBDatabase.prototype.transaction = () => { throw new DOMException("no", "SecurityError"); };
}"""
ENTRIES = """async () => {
  const place = document.querySelector("script[src*='phone/run.js']").src;
  const { entries } = await import(place.replace("run.js", "queue.js"));
  const { run } = JSON.parse(document.getElementById("run-definition").textContent);
  return (await entries({ run })).filter(({ kind }) => kind === "record").map(({ data }) => data.step);
}"""
SAID = """() => {
  window.said = 0;
  document.addEventListener("holdfast:acted", () => { window.said += 1; });
}"""


@pytest.fixture(scope="module", autouse=True)
def ticks(house: House) -> None:
    (house.workspace / "sops/ticks.md").write_text(SHORT)
    house.publish()


@pytest.fixture
def page(enter: Enter) -> Page:
    page = enter("sam", device=SMALL, steps="one", watched=False)
    start(page, "ticks", "")
    page.locator("html[data-phone=ready]").wait_for()
    page.evaluate(SAID)
    return page


def is_to_do(page: Page) -> None:
    """The first step is to do, and stands there; nothing is said to be done."""
    expect(page.locator("[data-step=one].hf-current.hf-shown")).to_be_visible()
    expect(page.locator("[data-step=one]")).not_to_have_class(re.compile("hf-is-done"))
    expect(page.locator("#so-far")).to_have_text("0 of 2")
    expect(page.locator("#undo-line")).to_be_empty()


@pytest.mark.parametrize(
    ("fails", "words"), [(NO_ROOM, "it has no room left"), (REFUSED, "this browser keeps nothing")]
)
def test_what_could_not_be_written_down_is_taken_back_and_said(page: Page, fails: str, words: str) -> None:
    page.context.set_offline(True)
    page.evaluate(fails)
    page.locator("[data-step=one] .hf-do summary").tap()
    page.locator("[data-step=one] .hf-do [name=note]").fill("in blue paper")
    page.locator("[data-step=one] .hf-do .hf-big").tap()
    expect(page.locator("#message")).to_contain_text("Not saved.")
    expect(page.locator("#saved")).to_contain_text(f"Not kept on this phone: {words}")
    is_to_do(page)
    expect(page.locator("[data-step=one] .hf-do [name=note]")).to_have_value("in blue paper")
    assert page.evaluate("window.said") == 0


def test_a_tab_that_dies_before_it_is_written_down_has_said_nothing(page: Page, tmp_path: Path) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo())
    address = page.url
    page.locator("[data-step=one] .hf-do input[type=file]").first.set_input_files(picture)
    page.locator("[data-step=one] .hf-piece").wait_for()
    page.evaluate("() => { File.prototype.arrayBuffer = () => new Promise(() => {}); }")  # it takes its time
    page.locator("[data-step=one] .hf-do .hf-big").tap()
    expect(page.locator("[data-step=other].hf-shown")).to_be_visible()  # shown at once
    unsent = page.locator("[data-step=one] .hf-unsent")  # which says that it is kept
    assert unsent.evaluate("(mark) => getComputedStyle(mark).visibility") == "hidden"
    expect(page.locator("#undo-line")).to_be_empty()
    assert page.evaluate("window.said") == 0
    assert page.evaluate(ENTRIES) == []
    again = page.context.new_page()
    page.close()
    again.goto(address)
    is_to_do(again)


def test_what_is_said_to_be_done_is_there_after_the_tab_has_died(page: Page) -> None:
    page.context.set_offline(True)
    address, dies = page.url, []

    def at_once(name: Any) -> None:
        dies.append(name)

    page.expose_function("dies", at_once)
    page.evaluate("() => document.addEventListener('holdfast:acted', () => window.dies('acted'))")
    other = page.context.new_page()
    page.locator("[data-step=one] .hf-do .hf-big").tap()
    while not dies:
        page.wait_for_timeout(1)
    with page.expect_event("close"):
        page.context.new_cdp_session(page).send("Page.close")
    other.context.set_offline(False)
    other.goto(address)
    expect(other.locator("[data-step=one]")).to_have_class(re.compile("hf-is-done"))
    assert other.evaluate(ENTRIES) == ["one"]
