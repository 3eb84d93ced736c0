"""Today on a phone: what is next is one press, what others do shows at once; also without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.browser.conftest import Enter, House
from tests.support.actors import by
from tests.support.installation import people_at
from tracker.db import db, writing
from tracker.domain.runs import lifecycle
from tracker.models import Person, Run
from tracker.web.reader import now

pytestmark = pytest.mark.browser

SMALL = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}
SMALLEST = {"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True}

SIX = """\
---
id: six
title: Check the van
subject: van
roles: [picker]
---
1. Check the lights
2. Check the tyres
3. Check the doors
4. Check the fuel
5. Check the load
6. Check the papers
"""

COUNTING = """
sessionStorage.taps ??= 0;
document.addEventListener("pointerdown", ({ isTrusted }) => {
  if (isTrusted) sessionStorage.taps = Number(sessionStorage.taps) + 1;
}, true);
"""


@pytest.fixture(scope="module", autouse=True)
def van(house: House) -> None:
    """An SOP of six steps to check, and a colleague of Sam's."""
    (house.workspace / "sops/six.md").write_text(SIX)
    house.publish()
    with house.app.app_context(), writing() as session:
        people_at(session, "Berlin", ["ana"], roles=["picker"])


@pytest.fixture
def opened(house: House) -> Iterator[Any]:
    """Opens runs of the six steps to pickers; what is left open at the end is cancelled."""

    def open_(*subjects: str) -> list[int]:
        with house.app.app_context(), writing() as session:
            lena = session.scalars(select(Person).where(Person.login == "lena")).one()
            runs = [
                lifecycle.start(
                    session, by(lena), now(), "six", subject=subject, assignee=None, role="picker"
                )
                for subject in subjects
            ]
            return [run.id for run in runs]

    yield open_
    with house.app.app_context(), writing() as session:
        lena = session.scalars(select(Person).where(Person.login == "lena")).one()
        for run in session.scalars(select(Run).where(Run.state == "open")):
            lifecycle.cancel(session, by(lena), now(), run, "over")
    with house.app.app_context():
        db.session.remove()


def tick_all(page: Page) -> None:
    """Tap each of the six steps, and the button that closes the run, where it does not end by itself."""
    for number in range(6):
        step = page.locator(f"#step-{number}.hf-current")
        step.get_by_role("button", name=re.compile("^Done")).tap()
        expect(page.locator(f"#step-{number}")).to_have_class(re.compile("hf-is-done"))
    close = page.get_by_role("button", name="Close this run")
    over = page.get_by_text("Closed by Sam")
    expect(close.or_(over).first).to_be_visible()
    if close.is_visible():
        close.tap()
    expect(over).to_be_visible()


def taps(page: Page) -> int:
    return int(page.evaluate("sessionStorage.taps"))


def counted(chromium: Browser, house: House) -> Page:
    context = chromium.new_context(**SMALL, base_url=house.url)
    context.add_init_script(COUNTING)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Login name").fill("sam")
    page.get_by_label("Password").fill("seven brown boxes")
    page.get_by_role("button", name="Sign in").tap()
    expect(page).to_have_title("Today · Holdfast")
    return page


def test_from_sign_in_to_a_closed_run_of_six_steps_in_nine_taps(
    chromium: Browser, house: House, opened: Any
) -> None:
    opened("van 1")
    page = counted(chromium, house)
    page.get_by_role("button", name="Next one").tap()
    tick_all(page)
    assert taps(page) <= 9
    page.context.close()


def test_and_from_a_number_that_somebody_types(chromium: Browser, house: House, opened: Any) -> None:
    page = counted(chromium, house)
    page.locator("#find-q").fill("van 77")
    page.keyboard.press("Enter")  # the keyboard of the phone, or a hand scanner
    page.locator("main form[data-start='six'] button").tap()
    tick_all(page)
    assert taps(page) <= 9
    page.context.close()


@pytest.mark.parametrize("device", [SMALL, SMALLEST])
def test_the_first_screen_has_what_to_go_on_with_the_field_and_the_next_one(
    enter: Enter, opened: Any, device: dict[str, Any]
) -> None:
    opened("van 2", "van 3", "van 4")
    page = enter("sam", device=device)
    page.get_by_role("button", name="Next one").tap()
    page.get_by_role("button", name=re.compile("^Done")).first.tap()
    page.goto("/")
    expect(page.locator("#today-going [data-progress]")).to_have_attribute("data-done", "1")
    for what in ("#going", "#find-q", "form[data-next] button", "#today-acts a"):
        expect(page.locator(what)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= device["viewport"]["width"]


def test_two_who_press_at_once_get_different_runs(enter: Enter, opened: Any) -> None:
    opened("van 5", "van 6")
    sam, ana = enter("sam", device=SMALL), enter("ana", device=SMALL)
    for page in (sam, ana):
        page.get_by_role("button", name="Next one").evaluate("button => setTimeout(() => button.click())")
    for page in (sam, ana):
        expect(page).to_have_url(re.compile("/runs/"))
    assert sam.url != ana.url


def test_what_another_takes_goes_from_ones_list_at_once_and_shows_how_far(enter: Enter, opened: Any) -> None:
    first, _ = opened("van 7", "van 8")
    sam, ana = enter("sam", device=SMALL), enter("ana", device=SMALL)
    card = sam.locator(f"#today-open [data-run='{first}']")
    expect(card).to_be_visible()
    ana.locator(f"form[data-claim='{first}'] button").tap()
    expect(ana).to_have_url(re.compile(f"/runs/{first}"))
    expect(card).to_have_count(0)
    others = sam.locator(f"#today-others [data-run='{first}']")
    expect(others).to_contain_text("Ana")
    ana.get_by_role("button", name=re.compile("^Done")).first.tap()
    expect(others.locator("[data-progress]")).to_have_attribute("data-done", "1")


def test_what_one_types_is_not_taken_away(enter: Enter, opened: Any) -> None:
    opened("van 9", "van 10", "van 11", "van 12")
    sam = enter("sam", device=SMALL)
    sam.locator("#find-q").fill("33")
    sam.get_by_text("Narrow it down").tap()
    sam.locator("#filter-text").fill("van 1")
    (new,) = opened("van 13")
    expect(sam.locator(f"#today-open [data-run='{new}']")).to_be_visible()
    expect(sam.locator("#filter-text")).to_have_value("van 1")
    expect(sam.locator("#find-q")).to_have_value("33")
    sam.get_by_role("button", name="Show these").tap()
    expect(sam).to_have_url(re.compile("text=van"))
    expect(sam.locator("#today-open [data-run]")).to_have_count(4)


def test_whoever_loses_a_run_is_told_on_its_page(enter: Enter, opened: Any) -> None:
    (number,) = opened("van 14")
    sam, ana = enter("sam", device=SMALL, watched=False, steps="one"), enter("ana", device=SMALL)
    sam.goto(f"/runs/{number}")
    ana.locator(f"form[data-claim='{number}'] button").tap()
    expect(ana).to_have_url(re.compile(f"/runs/{number}"))
    expect(sam.locator("#notice")).to_contain_text("Ana has this run since")
    expect(sam.locator("#notice")).to_be_in_viewport()
    expect(sam.locator("#step-0").get_by_role("button", name=re.compile("^Done"))).to_be_disabled()
    sam.reload()
    expect(sam.get_by_role("heading", name="Ana has this run since")).to_be_visible()


def test_after_the_end_a_scan_starts_the_next(enter: Enter, opened: Any) -> None:
    opened("van 15")
    page = enter("sam", device=SMALL)
    page.get_by_role("button", name="Next one").tap()
    tick_all(page)
    expect(page.locator("#next-subject")).to_be_in_viewport()
    page.keyboard.type("VAN-16", delay=5)  # a hand scanner, with no field in focus
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("VAN-16")
    expect(page.locator("#step-0.hf-current")).to_be_visible()


def test_without_javascript(enter: Enter, opened: Any) -> None:
    opened("plain 1", "plain 2", "plain 3", "plain 4")
    page = enter("sam", java_script_enabled=False)
    page.get_by_text("Narrow it down").click()
    page.locator("#filter-text").fill("plain 3")
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("#today-open [data-run]")).to_have_count(1)
    page.get_by_role("button", name="Next one of these").click()
    expect(page.locator("h1")).to_contain_text("plain 3")
    page.goto("/")
    page.get_by_role("button", name="I do it van plain 1").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+#step-0"))
    page.goto("/")
    page.get_by_role("link", name="Start", exact=True).click()
    page.locator("[data-start='six']").first.click()
    page.get_by_label("Which van?").fill("plain 5")
    page.get_by_role("main").get_by_role("button", name=re.compile("^Start")).click()
    expect(page.locator("h1")).to_contain_text("plain 5")
