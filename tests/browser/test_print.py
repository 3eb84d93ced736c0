"""On paper: every word of a step, dark ink on white, what it is about and when; nothing to press."""

from __future__ import annotations

import re
import zlib
from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Enter, House, start

INK = """() => [...document.querySelectorAll("main, main *, article, article *")]
  .filter(e => e.checkVisibility() && e.clientWidth)
  .filter(e => getComputedStyle(e).backgroundColor === "rgba(0, 0, 0, 0)") // else white on dark
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .map(e => { const c = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    for (c.fillStyle of ["#fff", getComputedStyle(e).color]) c.fillRect(0, 0, 1, 1);
    return [e.outerHTML.slice(0, 160), Math.max(...c.getImageData(0, 0, 1, 1).data.slice(0, 3))]; })
  .filter(([, light]) => light > 165).map(([name]) => name)"""
"""What is written in an ink that is too light for white paper."""


def inks(page: Page) -> Counter[tuple[float, ...]]:
    """The colours that a page fills with when Chromium prints it: red, green and blue from 0 to 1."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", page.pdf(print_background=True), re.S)
    drawn = []
    for stream in streams:
        try:
            drawn.append(zlib.decompress(stream))
        except zlib.error:  # a font, or an image
            continue
    fills = re.findall(rb"(?<![\d.])([\d.]+) ([\d.]+) ([\d.]+) rg\b", b"\n".join(drawn))
    return Counter(tuple(round(float(part), 2) for part in fill) for fill in fills)


def on_paper(page: Page) -> Page:
    page.emulate_media(media="print", color_scheme="dark")
    return page


def test_a_run_is_printed_whole_and_light_also_from_a_dark_screen(enter: Enter) -> None:
    page = enter("sam", color_scheme="dark")
    start(page, "pack", "paper")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    on_paper(page)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    for line in page.locator(".hf-line").all():
        assert line.evaluate("e => e.scrollWidth <= e.clientWidth"), line.inner_text()
    for name in ("Done", "Skip", "Close this run"):
        expect(page.get_by_text(name, exact=True).first).to_be_hidden()
    assert page.evaluate(INK) == []
    page.emulate_media(media="screen", color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_site_is_printed_light_from_its_dark_scheme(enter: Enter, house: House) -> None:
    page = enter("sam", color_scheme="dark")
    page.goto("/docs/fulfillment/pack/")
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 29)"
    on_paper(page)
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(18, 24, 29)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(23, 33, 43)"
    assert page.evaluate(INK) == []
    page.emulate_media(media="screen", color_scheme="dark")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("path", ["/docs/fulfillment/pack/", "/", "run", "history"])
def test_chromium_prints_dark_ink(enter: Enter, path: str, scripts: bool) -> None:
    page = enter("sam", color_scheme="dark", java_script_enabled=scripts)
    if path in ("run", "history"):
        run = start(page, "pack", f"ink {path} {scripts}")
        page.goto(run if path == "run" else f"{run}/history")
    else:
        page.goto(path)
    found = inks(page)
    assert (0.09, 0.13, 0.17) in found, found  # our ink
    assert not {(0.07, 0.09, 0.11), (0.9, 0.92, 0.94)} & found.keys(), found  # paper and ink of the dark


def test_paper_says_what_it_is_about_and_when(enter: Enter) -> None:
    page = on_paper(enter("sam", device=PHONE, color_scheme="dark", steps="one"))
    page.emulate_media(media="screen")
    address = start(page, "pack", "TOTE-99")
    page.locator(".hf-foot").wait_for()
    on_paper(page)
    for step in page.locator(".hf-step").all():
        expect(step).to_be_visible()
    for place in (address, f"{address}/history"):
        page.goto(place)
        words = page.locator("main").inner_text()
        for word in ("TOTE-99", "revision 1", "Pack"):
            assert word in words, (place, word)
    times = page.locator("time[data-paper]")
    assert times.count() > 0
    for time in times.all():
        assert "today" not in time.inner_text()
        shown = time.evaluate("e => getComputedStyle(e, '::after').content")
        assert re.fullmatch(r'"\d+ \w{3} \d{4} \d\d:\d\d.*"', shown), shown
    page.emulate_media(media="screen")
    assert "today" in page.locator("main").inner_text()
    assert times.first.evaluate("e => getComputedStyle(e, '::after').content") == "none"
