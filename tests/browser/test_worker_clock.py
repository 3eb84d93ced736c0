"""A clock that is three days off, of the page and of its worker: nothing is lost, and its age stays true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import Come, House, opening
from tests.support.phones import STEPS, Phone, kept
from tests.support.workers import all_kept
from tracker.db import db
from tracker.models import Record

pytestmark = pytest.mark.browser
ONCE = list(zip(STEPS, (1, 2, 3), strict=True))
OFF = timedelta(days=3)

CLOCK = """
  const Real = Date;
  globalThis.off = Number(globalThis.localStorage?.getItem("off") ?? 0);
  globalThis.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [Real.now() + globalThis.off])); }
    static now() { return Real.now() + globalThis.off; }
  };
"""
SET = "ms => { globalThis.off = ms; globalThis.localStorage?.setItem('off', ms); }"


def set_clock(page: Page, off: timedelta) -> None:
    """Let the clock of the phone, of its pages and its worker, go so far before ours."""
    ms = off / timedelta(milliseconds=1)
    page.evaluate(SET, ms)
    for worker in page.context.service_workers:
        worker.evaluate(SET, ms)


@pytest.fixture
def phone(come: Come) -> Page:
    """A phone of Sam's whose clock can be set."""
    page = come("sam")
    page.context.add_init_script(CLOCK)
    page.reload()
    (worker,) = page.context.service_workers
    worker.evaluate(f"() => {{{CLOCK}}}")
    return page


def ticked(page: Page, run: int, so_far: int) -> None:
    """Open the run, on which so much is done, and tick the next step."""
    page.goto(f"/runs/{run}")
    expect(page.locator("html")).to_have_attribute("data-phone", "ready")
    expect(page.locator("#so-far")).to_contain_text(f"{so_far} of 3")
    page.locator(".hf-current").get_by_role("button", name="Done").click()
    expect(page.locator("#so-far")).to_contain_text(f"{so_far + 1} of 3")
    expect(page.locator("[data-keeping]")).to_have_count(0)


def waited(house: House, run: int) -> list[timedelta]:
    """How long before it came each record was made, by the server's reckoning."""
    with house.app.app_context():
        query = select(Record).where(Record.run_id == run).order_by(Record.device_seq)
        rows = [row.received_at - (row.made_at or row.received_at) for row in db.session.scalars(query)]
        db.session.remove()
    return rows


@pytest.mark.parametrize("off", [-OFF, OFF], ids=["behind", "ahead"])
def test_a_clock_that_is_wrong_all_the_time(phone: Page, house: House, off: timedelta) -> None:
    run = opening(house, ago=timedelta(hours=2))
    set_clock(phone, off)
    all_kept(phone)
    phone.context.set_offline(True)
    ticked(phone, run, 0)
    set_clock(phone, off + timedelta(minutes=45))
    ticked(phone, run, 1)
    Phone(phone).says("2 waiting since")
    phone.context.set_offline(False)
    Phone(phone).rests()
    assert kept(house, run) == ONCE[:2]
    first, second = waited(house, run)
    assert timedelta(minutes=45) <= first < timedelta(minutes=50) and second < timedelta(minutes=5)


@pytest.mark.parametrize("off", [-OFF, OFF], ids=["back", "forth"])
def test_a_clock_that_is_set_in_the_middle(phone: Page, house: House, off: timedelta) -> None:
    """Pages that were kept before are there after it; what was done stays in its order, once."""
    run = opening(house, ago=timedelta(hours=2))
    all_kept(phone)
    phone.context.set_offline(True)
    ticked(phone, run, 0)
    set_clock(phone, off)
    ticked(phone, run, 1)
    phone.reload()
    expect(phone.locator("#so-far")).to_contain_text("2 of 3")
    Phone(phone).says("2 waiting since")
    phone.context.set_offline(False)
    Phone(phone).rests()
    assert kept(house, run) == ONCE[:2]
    assert all(age < timedelta(minutes=5) for age in waited(house, run))
    set_clock(phone, timedelta(0))
    ticked(phone, run, 2)
    Phone(phone).rests()
    assert kept(house, run) == ONCE
    Phone(phone).call("flush")
    assert Phone(phone).call("status")["refused"] == 0
