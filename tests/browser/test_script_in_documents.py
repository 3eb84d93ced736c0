"""Script in a document or typed into a form runs nowhere: not on the site, not in the tracker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import installation
from tests.browser.conftest import sign_in
from tests.conftest import DESKTOP
from tests.serving import House, serving
from tracker.db import db

pytestmark = pytest.mark.browser

RUN = "window.ran=1"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}></svg>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    f"<details open ontoggle={RUN}>more</details>",
    f"[link](javascript:{RUN})",
    f"<a href='javascript:{RUN}'>press</a>",
    f'"><script>{RUN}</script>',
    f"<math><mtext><style><img src=x onerror={RUN}></style></mtext></math>",
    f"<a href='jAvA&#x09;sCript:{RUN}'>odd</a>",
    f"<form action='javascript:{RUN}'><button formaction='javascript:{RUN}'>go</button></form>",
    f"<meta http-equiv='refresh' content='0;url=javascript:{RUN}'>",
    f"<a href='data:text/html,<script>{RUN}</script>'>data</a>",
]
NAME = f"evil<img src=x onerror={RUN}>.md"


def document() -> str:
    steps = "\n".join(
        f'{n}. Open box {n} {payload} {{#step-{n} input=choice options="a{n}, {PAYLOADS[1]}"}}\n\n'
        f'    !!! recovery "Wrong {payload.replace(chr(34), "")}"\n        Do this: {payload}\n'
        for n, payload in enumerate(PAYLOADS, 1)
    )
    one = PAYLOADS[1]
    return (
        f"---\nid: evil\ntitle: 'Evil {one}'\narea: 'Area {one}'\nowner: 'own {one}'\nsubject: 'kind {one}'\n"
        f"tags: ['tag {one}']\ndescription: 'About {one}'\n---\n# Evil {one}\n\nText {one}\n\n{steps}\n"
    )


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    place: Path = tmp_path_factory.mktemp("evil") / "workspace"
    with installation.build(place).app_context():
        db.engine.dispose()
    (place / "sops/index.md").write_text("# Our way of working\n")
    (place / "sops/evil.md").write_text(document())
    named = document().replace("id: evil", "id: evil-by-name")
    (place / "sops" / NAME).write_text(named)
    (place / "sops/refused.md").write_text(f"# Refused\n\n1. A key {{#a<script>{RUN}</script>}}\n2. Go on\n")
    with serving(place) as house:
        house.wait_for("The site is up to date")
        yield house


@pytest.fixture(scope="module")
def ada(chromium: Browser, evil: House) -> Iterator[BrowserContext]:
    with chromium.new_context(**DESKTOP, base_url=evil.url) as context:
        sign_in(context.new_page(), "ada")
        yield context


def stays_still(page: Page, path: str) -> None:
    """Nothing runs when the page is opened, nor when everything that can be pressed in it is hovered."""
    page.on("dialog", lambda dialog: pytest.fail(f"{path}: {dialog.message}"))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.ran") is None, path
    assert page.locator("a[href^='javascript:' i]").count() == 0, path
    assert page.locator("main [onerror], main [onload], main [ontoggle], main iframe").count() == 0, path


def test_the_documents_are_there(ada: BrowserContext) -> None:
    page = ada.new_page()
    page.goto("/docs/evil/")
    expect(page.locator("h1")).to_contain_text("Evil <img")
    page.goto("/library")
    expect(page.get_by_role("main")).to_contain_text("is not a key")
    page.close()


@pytest.mark.parametrize("path", ["/docs/", "/docs/evil/", f"/docs/{quote(NAME[:-3])}/", "/docs/tags/"])
def test_on_the_site(ada: BrowserContext, path: str) -> None:
    page = ada.new_page()
    stays_still(page, path)
    page.close()


@pytest.mark.parametrize(
    "path",
    ["/", "/search?q=evil", "/search?q=" + quote(PAYLOADS[1]), "/start/evil", "/board", "/assign?sop=evil",
     "/overview", "/weak-points?band=too-early", "/sops/evil", "/library", "/people",
     "/start/" + quote(PAYLOADS[1])],
)  # fmt: skip
def test_in_the_tracker(ada: BrowserContext, path: str) -> None:
    page = ada.new_page()
    stays_still(page, path)
    page.close()


def test_in_a_run_and_its_history(ada: BrowserContext) -> None:
    page = ada.new_page()
    page.goto("/start/evil")
    page.locator("#subject").fill(PAYLOADS[1])
    page.locator("main form button").first.click()
    expect(page.locator(".hf-current")).to_be_visible()
    address = page.url
    stays_still(page, address)
    page.locator("#step-0").get_by_text("Failed", exact=True).click()
    page.locator("#step-0").get_by_label("Or in your words").last.fill(PAYLOADS[1])
    page.locator("#step-0").get_by_role("button", name="Save").last.click()
    expect(page.locator("#step-0")).to_contain_text("Do this:")
    assert page.evaluate("window.ran") is None
    for path in (address, f"{address}/history", "/board"):
        stays_still(page, path)
    page.close()
