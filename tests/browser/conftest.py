"""A served installation for each module of tests, and people who come to it with a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect
from sqlalchemy import select

from tests.conftest import DESKTOP, PHONE
from tests.support import installation
from tests.support.actors import by
from tests.support.houses import House, answering
from tests.support.installation import Visitor
from tests.support.phones import Phone
from tests.support.proxy import Line, bad_line
from tests.support.workers import answers
from tracker.authoring.build import build_site
from tracker.db import db, writing
from tracker.domain.runs import lifecycle
from tracker.models import Person

Enter = Callable[..., Page]
Come = Callable[..., Page]
Take = Callable[..., Phone]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three SOPs in force, the cast of `tests.support.installation` and their site, made once."""
    place = tmp_path_factory.mktemp("built") / "workspace"
    with installation.build(place).app_context():
        db.engine.dispose()
    (place / "sops/index.md").write_text("# Our way of working\n")
    build_site(place)
    return place


@pytest.fixture(scope="module")
def house(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy of it, at an address."""
    with answering(shutil.copytree(built, tmp_path_factory.mktemp("house") / "workspace")) as house:
        yield house


@pytest.fixture(scope="module")
def sessions(chromium: Browser, house: Any) -> Callable[[str], Any]:
    """The cookies of a person who has signed in, once for each module; by the form only where it must be."""

    @cache
    def signed_in(login: str) -> Any:
        if isinstance(house, House):
            return {"cookies": [session_cookie(house, login)]}
        with chromium.new_context(base_url=house.url) as context:
            sign_in(context.new_page(), login)
            return context.storage_state()

    return signed_in


@pytest.fixture
def enter(chromium: Browser, house: Any, sessions: Callable[[str], Any]) -> Iterator[Enter]:
    """Come in as somebody, on a phone unless said otherwise. At the end no console may hold an error."""
    contexts, complaints = [], []

    def complain(text: str) -> None:
        if (
            text and "responded with a status of 4" not in text
        ):  # the browser's own note on an answer that refuses
            complaints.append(text)

    def come(
        login: str, *, device: dict[str, Any] = PHONE, watched: bool = True, steps: str = "list", **more: Any
    ) -> Page:
        more.setdefault(
            "service_workers", "block"
        )  # the network is watched or cut as the page itself asks it
        context = chromium.new_context(**device, base_url=house.url, storage_state=sessions(login), **more)
        contexts.append(context)
        if steps == "list":  # as somebody who has chosen the whole list; a phone begins with one step
            context.add_init_script(
                "localStorage.getItem('holdfast.steps') ?? localStorage.setItem('holdfast.steps', 'list')"
            )
        page = context.new_page()
        if watched:
            page.on("console", lambda said: complain(said.text if said.type == "error" else ""))
            page.on("pageerror", lambda error: complain(str(error)))
        page.goto("/")
        return page

    yield come
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def come(enter: Enter) -> Come:
    """Come in with a service worker, once it answers for the page.

    Consoles are not watched: browsers call a cut network an error.
    """

    def come_in(login: str, **more: Any) -> Page:
        page = enter(login, service_workers="allow", watched=False, **more)
        answers(page)
        return page

    return come_in


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    """The way to the installation, which can be made a bad one."""
    with bad_line(house.url) as line:
        yield line


@pytest.fixture
def take(chromium: Browser, house: House, line: Line) -> Iterator[Take]:
    """Take a phone as somebody who is signed in on it, or nobody; its pages come over the line."""
    contexts = []

    def taken(login: str | None, **more: Any) -> Phone:
        context = chromium.new_context(
            **{**PHONE, "base_url": line.url, "service_workers": "block", **more}
        )  # a worker has a network of its own, which no page can cut
        contexts.append(context)
        if login:
            context.add_cookies([session_cookie(house, login)])
        page = context.new_page()
        page.goto("/")
        return Phone(page)

    yield taken
    for context in contexts:
        context.close()


def opening(house: House, login: str = "sam", sop: str = "opening", *, ago: timedelta = timedelta(0)) -> int:
    """The number of a new run that is the person's, started so long ago."""
    with house.app.app_context():
        with writing() as session:
            person = session.scalars(select(Person).where(Person.login == login)).one()
            run = lifecycle.start(
                session, by(person), datetime.now(UTC) - ago, sop, assignee=person, anyway=True
            )
            number = run.id
        db.session.remove()
    return number


def session_cookie(house: House, login: str) -> dict[str, Any]:
    with house.app.app_context():
        person = db.session.scalars(select(Person).where(Person.login == login)).one()
        cookie = Visitor(house.app, person).client.get_cookie("holdfast")
        db.session.remove()
    assert cookie is not None
    return {"name": cookie.key, "value": cookie.value, "url": house.url, "httpOnly": True}


def sign_in(page: Page, login: str, password: str = installation.PASSWORD) -> None:
    page.goto("/login")
    page.get_by_label("Login name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("Today · Holdfast")


READY = "html[data-phone=ready], html:not([data-bs-theme])"
"""A run's page that can work by itself, or one without scripts."""


def start(page: Page, sop: str, subject: str) -> str:
    """Start an SOP and return the address of the run's page."""
    page.goto(f"/start/{sop}")
    page.locator("#subject").fill(subject)
    page.locator("form[data-start] button:not([type=button])").click()  # in whatever language
    page.locator(".hf-current").wait_for()
    page.locator(READY).wait_for(state="attached")
    return page.url


def open_head(page: Page) -> None:
    """Open the rest of a run's head on a phone, where it is one line."""
    page.locator(".hf-rest > summary").click()
    page.locator(".hf-rest[open]").wait_for()


def next_sending(page: Page, answer: Callable[[Route], None]) -> None:
    """Let something else come back when what waits is sent the next time."""
    left = [answer]

    def once(route: Route) -> None:
        way = left.pop() if left and route.request.method == "POST" else Route.fallback
        way(route)

    page.route("**/queue", once)


NOTHING_WAITS = """async () => {
  const place = document.querySelector('link[href$="phone/queue.js"]');
  return place && !(await (await import(place.href)).status()).waiting;
}"""


def saved(page: Page) -> None:
    """Wait until the server has all that was done on a page, and the page has heard so."""
    for _ in range(300):
        with suppress(Error):  # the page gave way to the next one while it was asked
            if page.evaluate(NOTHING_WAITS):
                break
        page.wait_for_timeout(100)
    else:
        raise AssertionError("something still waits on this phone")
    expect(page.locator(".hf-unsent")).to_have_count(0)


__all__ = [
    "DESKTOP",
    "PHONE",
    "Come",
    "Enter",
    "House",
    "Line",
    "Take",
    "next_sending",
    "open_head",
    "opening",
    "saved",
    "sign_in",
    "start",
]
