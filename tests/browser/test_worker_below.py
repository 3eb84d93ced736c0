"""Below a path of a host that others share, the worker's part of it is that path, with all that is kept."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PHONE
from tests.support.installation import PASSWORD
from tests.support.phones import Phone
from tests.support.proxy import Proxy, proxied
from tests.support.serving import serving
from tests.support.workers import all_kept, answers, cached

pytestmark = pytest.mark.browser
MANIFEST = "fetch(document.querySelector('[rel=manifest]').href).then((one) => one.json())"


@pytest.fixture(params=[False, True], ids=["HOLDFAST_PREFIX", "X-Forwarded-Prefix"])
def below(built: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Proxy]:
    """The installation below /holdfast of a host."""
    workspace = shutil.copytree(built, tmp_path / "workspace")
    settings = {"HOLDFAST_TRUSTED_PROXY": "127.0.0.1"} if request.param else {"HOLDFAST_PREFIX": "/holdfast"}
    with (
        serving(workspace, **settings, HOLDFAST_PROCESSES="1") as house,
        proxied(re.sub(r"/holdfast/?$", "", house.url), "/holdfast", strips=request.param) as proxy,
    ):
        yield proxy


def offline(page: Page) -> None:
    expect(page.locator("#kept-line p:visible")).to_contain_text("Offline, as of")


def test_a_phone_works_without_network_below_a_path(below: Proxy, chromium: Browser) -> None:
    with chromium.new_context(**PHONE, base_url=below.url) as context:
        page = context.new_page()
        page.goto("/holdfast/login")
        page.get_by_label("Login name").fill("sam")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_title("Today · Holdfast")
        answers(page)
        all_kept(page, "/holdfast/")
        scope = page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)")
        assert scope == f"{below.url}/holdfast/"
        manifest = page.evaluate(MANIFEST)
        assert {manifest["start_url"], manifest["scope"], manifest["id"]} == {"/holdfast/"}
        assert all(address.startswith(scope) for address in cached(page))
        context.set_offline(True)
        for address in ("", "start/pack", "docs/fulfillment/pack/", "phone"):
            page.goto(f"/holdfast/{address}")
            offline(page)
        page.goto("/holdfast/start/pack")
        page.locator("#subject").fill("below-1")
        page.get_by_role("button", name="Start Pack an order").click()
        page.wait_for_url("**/holdfast/runs/ref/*")
        expect(page.locator("html")).to_have_attribute("data-phone", "ready")
        page.locator(".hf-shown [name=value]").fill("TOTE-1")
        page.locator(".hf-shown").get_by_role("button", name="Done").click()
        expect(page.locator("#so-far")).to_contain_text("1 of 5")
        context.set_offline(False)
        page.wait_for_url(re.compile(r"/holdfast/runs/\d+"))
        Phone(page).rests()
        expect(page.locator("#so-far")).to_contain_text("1 of 5")
        assert below.strays == []
