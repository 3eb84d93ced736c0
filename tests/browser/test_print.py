"""On paper: every word of a step, dark ink on white, nothing to press."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Enter, start


def test_a_run_is_printed_whole_and_light_also_from_a_dark_screen(enter: Enter) -> None:
    page = enter("sam", color_scheme="dark")
    start(page, "pack", "paper")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    for line in page.locator(".hf-line").all():
        assert line.evaluate("e => e.scrollWidth <= e.clientWidth"), line.inner_text()
    for name in ("Done", "Skip", "Close this run"):
        expect(page.get_by_text(name, exact=True).first).to_be_hidden()
    page.emulate_media(media="screen", color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
