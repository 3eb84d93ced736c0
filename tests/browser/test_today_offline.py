"""Today without network: it has what was done on this phone, and what needs the network says so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Come, House, opening, start
from tests.support.actors import by
from tests.support.installation import NOW
from tests.support.phones import STEPS, Phone, kept
from tests.support.workers import all_kept
from tracker.db import db, writing
from tracker.domain.runs import lifecycle
from tracker.models import Person

pytestmark = pytest.mark.browser


def test_progress_counts_what_was_done_here_meanwhile(come: Come, house: House) -> None:
    run = opening(house)
    sam = come("sam")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto(f"/runs/{run}")
    for done in (1, 2):
        sam.locator(".hf-current").get_by_role("button", name="Done").click()
        expect(sam.locator("#so-far")).to_contain_text(f"{done} of 3")
    sam.goto("/")
    mine = sam.locator(f"[data-run='{run}']")
    expect(mine.locator("[data-progress]")).to_contain_text("2/3")
    expect(mine.locator("[data-queue]")).to_contain_text("2 not sent yet")
    expect(mine).to_contain_text("next is step 3: Start the till")
    sam.context.set_offline(False)
    Phone(sam).rests()
    assert [step for step, _ in kept(house, run)] == STEPS[:2]


def test_a_run_that_was_started_here_stands_first_and_leads_to_its_page(come: Come, house: House) -> None:
    sam = come("sam")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto("/start/pack")
    sam.locator("#subject").fill("first-here")
    sam.get_by_role("button", name="Start Pack an order").click()
    sam.locator(".hf-current [name=value]").fill("TOTE-1")
    sam.locator(".hf-current").get_by_role("button", name="Done").click()
    expect(sam.locator("#so-far")).to_contain_text("1 of")
    sam.goto("/")
    mine = sam.locator("#today-mine .hf-run-card").first
    heading = sam.locator("#today-line")
    expect(heading).to_contain_text("Started on this phone, not sent yet: 1.")
    expect(mine).to_contain_text("first-here")
    expect(mine).to_contain_text("Pack an order")
    expect(mine).to_contain_text("started on this phone")
    expect(mine.locator("[data-progress]")).to_contain_text("1/5")
    expect(mine.locator("[data-queue]")).to_contain_text("2 not sent yet")
    mine.get_by_role("link").click()
    sam.wait_for_url("**/runs/ref/*")
    expect(sam.locator("#so-far")).to_contain_text("1 of")
    sam.context.set_offline(False)
    sam.wait_for_url(re.compile(r"/runs/\d+"))
    sam.goto("/")
    expect(sam.get_by_text("first-here")).to_have_count(1)
    expect(sam.get_by_text("started on this phone")).to_have_count(0)
    expect(heading).not_to_contain_text("tarted on this phone")


def test_what_is_being_typed_goes_with_a_run_that_gets_its_number(come: Come) -> None:
    sam = come("sam")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.goto("/start/pack")
    sam.locator("#subject").fill("typing")
    sam.get_by_role("button", name="Start Pack an order").click()
    sam.wait_for_url("**/runs/ref/*")
    sam.locator("html[data-phone=ready]").wait_for()
    sam.locator(".hf-current [name=value]").fill("TOTE-1")
    sam.context.set_offline(False)
    sam.wait_for_url(re.compile(r"/runs/\d+"))
    expect(sam.locator(".hf-current [name=value]")).to_have_value("TOTE-1")
    sam.locator(".hf-current").get_by_role("button", name="Done").click()
    expect(sam.locator("#so-far")).to_contain_text("1 of")


def test_what_needs_the_network_is_grey_and_says_why(come: Come, house: House) -> None:
    with house.app.app_context():
        with writing() as session:
            lena = session.query(Person).filter_by(login="lena").one()
            lifecycle.start(session, by(lena), NOW, "pack", subject="for-anybody", role="picker")
        db.session.remove()
    sam = come("sam")
    all_kept(sam)
    claims = sam.get_by_role("button", name=re.compile("I do it.*for-anybody"))
    expect(claims).to_be_enabled()
    sam.context.set_offline(True)
    sam.goto("/")
    expect(claims).to_be_disabled()
    expect(claims).to_have_accessible_description(re.compile("needs the network"))
    expect(sam.get_by_role("button", name="Next one")).to_be_disabled()
    sam.context.set_offline(False)
    expect(claims).to_be_enabled()
    expect(sam.locator("#needs-network")).to_have_count(0)


def test_the_first_line_says_that_nothing_waits_only_where_that_is_so(come: Come) -> None:
    lena = come("lena")
    all_kept(lena)
    expect(lena.locator("#today-line")).to_have_text(re.compile("Nothing is waiting for you"))
    expect(lena.locator("#saved")).to_be_empty()  # nothing was done here yet
    lena.context.set_offline(True)
    lena.goto("/start/pack")
    lena.locator("#subject").fill("one-of-hers")
    lena.get_by_role("button", name="Start Pack an order").click()
    lena.wait_for_url("**/runs/ref/*")
    lena.goto("/")
    expect(lena.locator("#today-line")).to_contain_text("Started on this phone, not sent yet: 1.")
    expect(lena.get_by_text("Nothing is waiting for you")).to_be_hidden()
    lena.context.set_offline(False)
    expect(lena.locator("#saved")).to_contain_text("all saved")
    lena.goto("/")
    expect(lena.locator("#today-line")).to_contain_text("1 run is yours")
    expect(lena.locator("#today-line")).not_to_contain_text("tarted on this phone")


def test_a_page_without_a_worker_hears_of_another_version(house: House, enter: Come) -> None:
    sam = enter("sam")
    start(sam, "pack", "no-worker")
    sam.goto("/")
    old = house.app.config["INTERFACE"]
    try:
        house.app.config["INTERFACE"] = "00000000000d"
        expect(sam.locator("#other-version")).to_be_visible()
    finally:
        house.app.config["INTERFACE"] = old
