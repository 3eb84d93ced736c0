"""What people write does nothing in an admin's browser: on no page a request, a script or a change.

`make attacks` tries few payloads at a time, so that none can hide another, and prints a table.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Request, expect

from tests.attacks.corpus import EVERY, HANDLERS, HTMX, SCRIPTS
from tests.attacks.world import World, plain, served
from tests.browser.conftest import READY, sign_in
from tests.conftest import DESKTOP

pytestmark = pytest.mark.browser

AT_ONCE = int(os.environ.get("HOLDFAST_ATTACKS") or 140)
"""Payloads in one document."""

WAIT: Literal["load", "networkidle"] = "networkidle" if "HOLDFAST_ATTACKS" in os.environ else "load"
SAYS_MORE = ("/library", "/sops/a0/diff")  # another thing of each text: what lint has, which words differ
ICON = ("svg aria-hidden focusable viewBox xmlns", "path d")  # of what it says more, drawn as ours are

WATCH = (Path(__file__).parent / "watch.js").read_text()


def chunks() -> Sequence[Sequence[str]]:
    return [EVERY[n : n + AT_ONCE] for n in range(0, len(EVERY), AT_ONCE)]


class Reader:
    """An admin at a browser who opens pages of a world and sees what they do."""

    def __init__(self, context: BrowserContext, world: World) -> None:
        self.world = world
        self.asked: list[str] = []
        self.odd: list[str] = []
        sign_in(context.new_page(), "ada")
        context.add_init_script(WATCH)
        self.page = context.new_page()
        self.page.on("dialog", lambda dialog: (self.odd.append("dialog"), dialog.dismiss()))
        self.page.on("popup", lambda _: self.odd.append("another window"))
        self.page.on("pageerror", lambda error: self.odd.append(f"error: {error}"))
        self.page.on("request", lambda request: self._asked(request))

    def open(self, path: str) -> tuple[Counter[str], list[str], set[str]]:
        """What stands outside of documents, what is wrong, and what was asked for."""
        self.asked, self.odd = [], []
        self.page.goto(self.world.url + path, wait_until=WAIT)
        self.page.evaluate("window.attackIdle()")
        self.page.evaluate("window.attackTouch()")
        self.page.evaluate("window.attackIdle()")
        seen = self.page.evaluate("window.attackLook()")
        if self.page.url.partition("#")[0] != self.world.url + path:
            self.odd.append(f"went to {self.page.url}")
        return Counter(seen["outside"]), seen["found"] + self.odd, set(self.asked) - {f"GET {path}"}

    def _asked(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("data", "blob") or url.path.endswith(("/x.png", "/y.png")) or "/live" in url.path:
            return  # the pictures of documents, and what pages ask for themselves now and then
        ours = f"{url.scheme}://{url.netloc}" == self.world.url
        self.asked.append(f"{request.method} {url.path if ours else request.url}")


@pytest.fixture(scope="module")
def readers(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, Reader]]:
    """One of what attackers wrote, one of the same with plain words in its place."""
    with ExitStack() as stack:
        found = []
        for name, write in (("attacked", str), ("plain", plain)):
            place = tmp_path_factory.mktemp(name) / "workspace"
            world = stack.enter_context(served(place, chunks(), write))
            # What a phone keeps is asked for by a worker when it likes, which no page can be blamed for.
            context = stack.enter_context(
                chromium.new_context(**DESKTOP, base_url=world.url, service_workers="block")
            )
            found.append(Reader(context, world))
        yield found[0], found[1]


KINDS = [
    "run page", "run fragment", "SOP page", "file names", "other site pages", "history", "start", "phone",
    "print", "search",
    "board, Today", "health, steps", "revisions, differences", "moving", "names", "giving out",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_does_what_it_does_without_payloads(readers: tuple[Reader, Reader], kind: str) -> None:
    attacked, harmless = readers
    effects = []
    for path, same in zip(attacked.world.pages[kind], harmless.world.pages[kind], strict=True):
        outside, wrong, asked = attacked.open(path)
        usual, _, usually = harmless.open(same)
        effects += [f"{path}: {what}" for what in wrong]
        effects += [f"{path}: asks for {what}" for what in sorted(asked - usually)]
        more, less = outside - usual, usual - outside
        if path.startswith("/search"):  # shows so many hits only, and which come first differs
            more, less = Counter(what for what in more if what not in usual), Counter()
        if path in SAYS_MORE:
            told = {what for what in more if what not in usual and " " in what.strip()}
            more, less = Counter(told.difference(ICON)), Counter()
        effects += [f"{path}: more of {what}" for what in more] + [f"{path}: less of {what}" for what in less]
    print(f"{kind:24} {len(EVERY)} payloads, {len(attacked.world.pages[kind])} pages, {len(effects)} effects")
    assert not effects, "\n".join(effects[:40])


@pytest.mark.parametrize("payload", [SCRIPTS[0], HANDLERS[0], HTMX[1]])
def test_what_is_typed_does_nothing(readers: tuple[Reader, Reader], payload: str) -> None:
    """Through the forms and by way of htmx, which puts the answer into the page that is open."""
    reader = readers[0]
    page, known = reader.page, len(reader.asked)
    page.goto(f"{reader.world.url}/start/opening")
    page.get_by_role("main").get_by_role("button", name=re.compile("Start")).click()
    page.locator(READY).wait_for(state="attached")
    step = page.locator("#step-0")
    step.get_by_text("Failed", exact=True).click()
    step.locator("details[open] .hf-note summary").click()
    step.locator("details[open] [name=note]").fill(payload)
    step.get_by_label("Or in your words").last.fill(payload[:400])
    step.get_by_role("button", name="Save").last.click()
    expect(step).to_contain_text(payload[:60])
    page.evaluate("window.attackIdle()")
    seen = page.evaluate("window.attackLook()")
    assert seen["found"] == [] and not [
        one for one in reader.asked[known:] if "attack" in one or "people" in one
    ]


@pytest.mark.parametrize("words", ["again", "instead", "attack"])
def test_what_the_search_of_the_site_finds_does_nothing(readers: tuple[Reader, Reader], words: str) -> None:
    reader = readers[0]
    page = reader.page
    page.goto(f"{reader.world.url}/docs/attack/a0/", wait_until="networkidle")
    known = len(reader.asked)
    page.locator(".md-search__input").press_sequentially(words)
    expect(page.locator(".md-search-result__item").first).to_be_attached()
    page.evaluate("window.attackIdle()")
    seen = page.evaluate("window.attackLook()")
    assert seen["found"] == [] and not [one for one in reader.asked[known:] if "search" not in one]
    inside = page.locator(".md-search-result__list")
    assert (
        inside.locator("script, img, iframe, form, style, link, [style], [onerror], [onload], [id]").count()
        == 0
    )
    names = inside.evaluate_all(
        "all => all.flatMap((e) => [...e.querySelectorAll('*')].flatMap((one) => one.getAttributeNames()))"
    )
    assert set(names) <= {"class", "href", "tabindex", "data-md-score", "open"}
