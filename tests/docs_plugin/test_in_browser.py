"""The built site works in a browser under a strict policy, and asks no other host for anything."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.docs_plugin.conftest import PICK, Build
from tests.support.width import too_wide

pytestmark = pytest.mark.browser
TABLE = "\n| Size | Limit |\n| --- | ---: |\n| S | 2 kg |\n"


@pytest.fixture
def address(build: Build) -> Iterator[str]:
    """The site, served with nothing allowed inline but the scripts that the build has hashed."""
    site = build({"fulfillment/pick.md": PICK + TABLE})
    handler = functools.partial(_Strict, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Strict(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        scripts = " ".join(json.loads(Path(self.directory, "csp.json").read_text())["script-src"])
        policy = f"default-src 'self'; script-src 'self' {scripts}; img-src 'self' data:"
        self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_search_and_the_switch_work_under_the_policy(desktop: Page, address: str) -> None:
    said: list[str] = []
    asked: set[str] = set()
    desktop.on("console", lambda message: said.append(message.text))
    desktop.on("request", lambda request: asked.add(request.url))
    desktop.goto(f"{address}/fulfillment/pick/")
    desktop.get_by_role("textbox", name="Search").press_sequentially("tote")
    expect(desktop.locator(".md-search-result__item").first).to_contain_text("Pick an order")
    assert not any("/search/site" in address for address in asked)  # there is no tracker to ask
    desktop.keyboard.press("Escape")
    for _ in range(2):  # device → light → dark
        desktop.locator("label[for^=__palette]:visible").click()
    expect(desktop.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    desktop.goto(address)
    expect(desktop.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert said == []
    assert all(url.startswith((address, "data:", "blob:")) for url in asked)
    assert not any("/live/" in url for url in asked)  # no tracker serves it, so none is asked


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_one_start_is_seen_and_nothing_is_cut_off(
    size: str, request: pytest.FixtureRequest, address: str
) -> None:
    page: Page = request.getfixturevalue(size)
    page.goto(f"{address}/fulfillment/pick/")
    start = page.get_by_role("link", name="Start this SOP")
    expect(start).to_be_in_viewport()
    expect(start).to_have_attribute("href", "../../../start/pick")
    assert not too_wide(page)


def test_an_older_address_leads_to_its_step(desktop: Page, address: str) -> None:
    desktop.goto(f"{address}/fulfillment/pick/#weigh")
    desktop.wait_for_url("**/#sop:weigh")
    expect(desktop.locator(":target")).to_contain_text("Weigh")
