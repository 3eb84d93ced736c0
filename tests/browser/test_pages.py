"""What holds for every page: a quiet console, nothing wider than the window, the site's light or dark."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, House
from tests.support.closed import close, spread
from tests.support.pages import PAGES
from tests.support.width import too_wide
from tracker.db import db
from tracker.domain.weakpoints import refresh
from tracker.worker import counting

pytestmark = pytest.mark.browser


SMALL = {"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def worked(house: House) -> None:
    """Work in two areas, counted, so that reports have what they compare."""
    day = date.today() - timedelta(days=20)
    with house.app.app_context():
        session = db.session()
        weak = {"scan": {"failed": 9, "skipped": 9, "omitted": 9}}
        close(session, "pack", spread(60, weak, day, 10), "1")
        close(session, "count", spread(60, {"lock": {"failed": 9}}, day, 10), "1")
        session.rollback()
        counting.fold(session, datetime.now(UTC))
        refresh.refresh(session, datetime.now(UTC))
        db.session.remove()


@pytest.mark.parametrize("login", ["sam", "lena", "olga", "ada"])
def test_no_page_in_german_is_wider_than_a_small_phone(
    enter: Enter, house: House, worked: None, login: str
) -> None:
    page = enter(login, device=SMALL, locale="de-DE")
    wide = []
    for path in PAGES:
        page.goto(path)
        if too_wide(page):
            wide.append(path)
    assert wide == []
    page.goto("/overview")
    assert page.locator(".hf-areas").count() == (login in ("olga", "ada"))


@pytest.mark.parametrize("device", [PHONE, DESKTOP])
def test_no_page_complains_or_is_wider_than_the_window(
    enter: Enter, house: House, device: dict[str, Any]
) -> None:
    page = enter("ada", device=device)  # with the policy in force; `enter` fails on what the console says
    wide = []
    for path in PAGES:
        page.goto(path)
        if too_wide(page):
            wide.append(path)
        assert page.locator("main style, main [style]").count() == 0 or path.startswith("/docs/")
    assert wide == []


def test_the_tracker_follows_the_sites_light_or_dark(enter: Enter, house: House) -> None:
    page = enter("sam", color_scheme="light")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.goto("/docs/")
    page.get_by_title("Switch to light").locator("visible=true").click()
    page.get_by_title("Switch to dark").locator("visible=true").click()
    page.goto("/")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.goto("/docs/")
    page.get_by_title("Follow the device").locator("visible=true").click()
    page.goto("/")
    expect(root).to_have_attribute("data-bs-theme", "light")
