"""A shift, played through by its people; the board tells its story at every moment, without a reload."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.browser.conftest import DESKTOP, Enter, House, open_head, saved, sign_in
from tests.support.actors import by
from tests.support.installation import NOW, people_at
from tests.support.tablet import PIN, TABLET, unlock
from tracker.db import db, writing
from tracker.domain.people import pins
from tracker.models import Person

pytestmark = pytest.mark.browser

DISPATCH = """\
---
id: dispatch
title: Get an order out
owner: olga
subject: order
roles: [picker]
due: 4h
---
1. Scan the order {#scan .critical input=scan match=subject}
2. Weigh the parcel {#weigh .critical input=number unit=g min=20 max=30000}

    !!! recovery "Weight is off"
        Open the parcel and count again.

3. Check the address {#address .verify}
4. Hand it to the carrier {#hand}
"""


@pytest.fixture(scope="module", autouse=True)
def staffed(house: House) -> None:
    """The SOP of the shift is in force, Mia and Jon work beside Sam, and Jon has a PIN."""
    (house.workspace / "sops/fulfillment/dispatch.md").write_text(DISPATCH)
    house.publish()
    with house.app.app_context():
        with writing() as session:
            people_at(session, "Berlin", ["mia", "jon"], roles=["picker"])
            jon = session.scalars(select(Person).where(Person.login == "jon")).one()
            pins.set_own(session, by(jon), NOW, pins.new_pin(PIN))
        db.session.remove()


def picture(page: Page, name: str) -> None:
    """Keep what is on the screen where somebody wants to look at it (HOLDFAST_PICTURES=DIR)."""
    if folder := os.environ.get("HOLDFAST_PICTURES"):
        page.screenshot(path=Path(folder) / f"shift-{name}.png")


def take(page: Page, order: str) -> str:
    """On Today, type the order, take the run, and scan it."""
    page.goto("/")
    page.locator("#find [name=q]").fill(order)
    page.locator("#find [name=q]").press("Enter")
    page.get_by_role("button", name="I do it").click()
    expect(page.locator(".hf-facts")).not_to_contain_text("open to")
    return page.url


def done(page: Page, step: int, value: str = "") -> None:
    place = page.locator(f"#step-{step}")
    if value:
        place.get_by_role("textbox").first.fill(value)
    place.get_by_role("button", name="Done", exact=True).click()


def test_a_shift(enter: Enter, chromium: Browser, house: House, tmp_path: Path) -> None:
    lena, board = enter("lena", device=DESKTOP), enter("lena", device=DESKTOP)
    sam, mia, jon = (enter(name, steps="one") for name in ("sam", "mia", "jon"))
    line = board.locator("#board-line")

    # The lead loads the day's 40 orders for the team.
    orders = tmp_path / "orders.csv"
    orders.write_text("order\n" + "\n".join(str(number) for number in range(1001, 1041)))
    lena.goto("/assign/list")
    lena.locator("#sop").select_option("dispatch")
    lena.get_by_label("Who does them").select_option(label="picker")
    lena.get_by_label("or choose a CSV file").set_input_files(orders)
    lena.get_by_role("button", name="Look at the list").click()
    picture(lena, "1-preview")
    lena.get_by_role("button", name="Open 40 runs").click()
    expect(lena.locator("h1")).to_contain_text("40 runs of “Get an order out” were opened")
    board.goto("/board?sop=dispatch")
    expect(line).to_contain_text("40 runs are open; 40 are nobody’s; none is late or blocked")
    picture(board, "2-board")

    # Three people find theirs; a scan of another order is refused.
    for page, order in ((sam, "1001"), (mia, "1002"), (jon, "1003")):
        picture(page, f"3-today-{order}")
        take(page, order)
    expect(line).to_contain_text("37 are nobody’s")
    done(sam, 0, "1002")
    expect(sam.locator("#message")).to_contain_text("1002")
    expect(sam.locator("#step-0")).not_to_contain_text("Undo")
    picture(sam, "4-refused")
    for page, order in ((sam, "1001"), (mia, "1002"), (jon, "1003")):
        done(page, 0, order)
        expect(page.locator("#step-1.hf-shown")).to_be_visible()

    # A step fails, the run is blocked, and the lead lets it go on.
    mia.locator("#step-1").get_by_text("Failed", exact=True).click()
    mia.locator("#step-1").get_by_role("button", name="Damaged").click()
    expect(line).to_contain_text("1 is blocked")
    picture(mia, "5-failed")
    picture(board, "6-blocked")
    lena.goto("/board?state=blocked&sop=dispatch")
    lena.get_by_role("link", name="Open its page order 1002").click()
    lena.get_by_text("Let the run go on without it").click()
    lena.get_by_label("Why may it go on without it?").fill("The scale is broken, weighed by hand")
    lena.get_by_role("button", name="Let it go on").click()
    expect(line).not_to_contain_text("blocked;")
    expect(line).to_contain_text("none is late or blocked")
    expect(mia.locator("#step-1")).to_contain_text("A lead lets the run go on")

    # One hands over; until the other accepts, nothing changes.
    open_head(jon)
    jon.get_by_role("button", name="Whole list").click()
    jon.get_by_text("Hand over or pause").click()
    jon.get_by_label("Hand it over to").select_option(label="Sam")
    jon.get_by_role("button", name="Ask them to take it").click()
    expect(board.get_by_role("row", name="1003")).to_contain_text("Jon")
    theirs = jon.url
    second = enter("sam", steps="one")
    picture(second, "7-offered")
    second.get_by_role("button", name=re.compile("Accept")).click()
    expect(board.get_by_role("row", name="1003")).to_contain_text("Sam")
    jon.goto(theirs)
    picture(jon, "8-handed-over")

    # Sam does what is left of his; a second person signs on a shared tablet.
    done(sam, 1, "800")
    done(sam, 2)
    saved(sam)
    expect(line).to_contain_text("1 waits for a signature")
    with chromium.new_context(**TABLET, base_url=house.url) as context:
        tablet = context.new_page()
        sign_in(tablet, "lena")
        tablet.goto("/devices")
        tablet.get_by_label("Name of this tablet").fill("Packing table")
        tablet.get_by_role("button", name="Make this a shared tablet").click()
        unlock(tablet, "Jon")
        tablet.get_by_role("link", name="Check the address").first.click()
        picture(tablet, "9-signing")
        tablet.locator("#step-2").get_by_label("Your password or PIN").fill(PIN)
        tablet.locator("#step-2").get_by_role("button", name="Sign: it is right").click()
        expect(tablet.locator("#step-2")).to_contain_text("signed by Jon")
    expect(line).not_to_contain_text("signature")

    # The run is closed, and its whole story stands in its history.
    done(sam, 3)
    saved(sam)
    sam.get_by_role("button", name="Close this run").click()
    expect(sam.get_by_text("Closed by Sam")).to_be_visible()
    expect(line).to_contain_text("39 runs are open")
    picture(board, "10-later")
    lena.goto(f"{theirs}/history")
    for said in ("asked Sam", "took"):
        expect(lena.get_by_role("main")).to_contain_text(said)
    picture(lena, "11-history")
