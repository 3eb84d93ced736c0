"""axe-core finds nothing to object to on any page, in light and in dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, House, start
from tests.support.accessibility import objections
from tests.support.pages import MAIN, PAGES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("device", "scheme", "locale"),
    [
        (DESKTOP, "light", "en-GB"),
        (PHONE, "dark", "en-GB"),
        (PHONE, "light", "de-DE"),
        (DESKTOP, "dark", "fr-FR"),
        (PHONE, "dark", "pl-PL"),
        (PHONE, "light", "es-ES"),
    ],
)
def test_every_page(enter: Enter, house: House, device: dict[str, Any], scheme: str, locale: str) -> None:
    page = enter(
        "ada", device=device, color_scheme=scheme, locale=locale, bypass_csp=True, reduced_motion="reduce"
    )
    found = []
    for path in PAGES if locale == "en-GB" else MAIN:
        page.goto(path)
        found += objections(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_step_at_a_time(enter: Enter, scheme: str) -> None:
    page = enter("sam", steps="one", color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    start(page, "count", f"one step {scheme}")
    found = objections(page, colours=scheme == "dark")
    for _ in range(5):
        page.locator("[data-turn='1']").click()
        found += objections(page, colours=scheme == "dark")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("device", "scheme"), [(PHONE, "light"), (DESKTOP, "dark"), (PHONE, "dark")])
def test_a_run_in_all_its_states(enter: Enter, device: dict[str, Any], scheme: str) -> None:
    again = device is PHONE and scheme == "dark"
    page = enter("ada", device=device, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    address = start(page, "pack", f"{scheme} {device['viewport']['width']}")
    found = objections(page, colours=again)
    page.locator("#step-0").get_by_text("Failed").click()
    found += objections(page, colours=again)
    page.get_by_role("button", name="Damaged").click()
    expect(page.locator("#step-0")).to_contain_text("failed Damaged")
    found += objections(page, colours=again)
    page.locator("#step-0").get_by_role("textbox").first.fill("T")
    page.locator("#step-0").get_by_role("button", name="Put right").click()
    page.locator("#step-1").get_by_role("textbox").first.fill("10")
    page.locator("#step-1").get_by_role("button", name="Done").click()
    expect(page.locator("#message")).to_contain_text("Saved as failed")
    found += objections(page, colours=again)
    page.get_by_role("button", name="Close this run").click()
    found += objections(page, colours=again)
    page.get_by_role("button", name="Close it with the steps omitted").click()
    expect(page.get_by_text("Closed by Ada")).to_be_visible()
    found += objections(page, colours=again)
    page.goto(f"{address}/history")
    found += objections(page, colours=again)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("device", "scheme"), [(PHONE, "light"), (DESKTOP, "dark"), (DESKTOP, "light")])
def test_a_board_with_runs_late_blocked_and_chosen(enter: Enter, device: dict[str, Any], scheme: str) -> None:
    again = device is DESKTOP and scheme == "light"
    page = enter("ada", device=device, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    start(page, "pack", f"board {scheme} {device['viewport']['width']}")
    page.locator("#step-0").get_by_text("Failed").click()
    page.get_by_role("button", name="Damaged").click()
    expect(page.locator("#step-0")).to_contain_text("failed Damaged")
    page.goto("/board?state=blocked")
    page.locator(".hf-load summary").click()
    page.locator("input[name=run]").first.check()
    found = objections(page, colours=again)
    page.locator("#bulk summary").first.click()
    found += objections(page, colours=again)
    page.locator("[data-row]").first.click()
    expect(page.locator("#board-panel h2")).to_be_focused()
    found += objections(page, colours=again)
    page.goto("/board/closed?state=failed")
    found += objections(page, colours=again)
    page.goto("/board?sop=opening&page=9")
    found += objections(page, colours=again)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signing_in(phone: Page, house: House, scheme: Any) -> None:
    phone.emulate_media(color_scheme=scheme)
    phone.goto(f"{house.url}/login")
    assert phone.evaluate("document.documentElement.dataset.bsTheme") == scheme
