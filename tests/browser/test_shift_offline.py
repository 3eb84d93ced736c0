"""A shift without network: runs go on, one is started, one is closed; all arrives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.browser.conftest import House, opening, sign_in
from tests.conftest import QUIET
from tests.support.chromium import executable
from tests.support.evidence import shot
from tests.support.phones import STEPS, Phone, kept
from tests.support.workers import all_kept, answers
from tracker.db import db
from tracker.models import Run

pytestmark = pytest.mark.browser
SMALL = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}
SEAL = """\
---
title: Seal a pallet
---
1. Wrap the pallet {#wrap}

    !!! recovery "The film tears"
        Turn the roll as in the picture.

        ![The roll, turned](roll.jpg)

2. Put the label on {#label}
3. Take it to the gate {#gate}
"""


@pytest.fixture(scope="module", autouse=True)
def seal(house: House) -> None:
    """An SOP with a picture in what to do when a step fails is in force."""
    (house.workspace / "sops/roll.jpg").write_bytes(shot())
    (house.workspace / "sops/seal.md").write_text(SEAL)
    house.publish()


def look(page: Page, name: str) -> None:
    if place := os.environ.get("LOOK"):
        page.screenshot(path=f"{place}/{name}.png")


def done(page: Page) -> None:
    """Tick the step that is on the screen."""
    page.locator(".hf-shown").get_by_role("button", name="Done").click()


def test_a_shift_without_network(chromium: Browser, house: House, tmp_path: Path) -> None:
    shop, pallet = opening(house), opening(house, sop="seal")
    settings = {**SMALL, "executable_path": executable(), "args": QUIET, "base_url": house.url}
    with chromium.browser_type.launch_persistent_context(tmp_path, **settings) as context:
        page = context.new_page()
        sign_in(page, "sam")
        answers(page)
        all_kept(page)
        context.set_offline(True)
        page.goto("/")
        look(page, "1-today")
        expect(page.locator("#kept-line")).to_contain_text("Offline, as of")

        page.locator(f"[data-run='{shop}'] .hf-run-way").click()
        expect(page.locator("html")).to_have_attribute("data-phone", "ready")
        look(page, "2-run")
        done(page)
        expect(page.locator("#so-far")).to_contain_text("1 of 3")
        look(page, "3-run-ticked")
        page.reload()
        expect(page.locator("#so-far")).to_contain_text("1 of 3")
        done(page)
        expect(page.locator("#so-far")).to_contain_text("2 of 3")

        page.goto("/")
        page.locator(f"[data-run='{pallet}'] .hf-run-way").click()
        expect(page.locator("html")).to_have_attribute("data-phone", "ready")
        page.locator(".hf-shown .hf-why summary", has_text="ailed").click()
        page.locator("#failed-0").fill("the film tore")
        page.locator(".hf-shown .hf-why[open]").get_by_role("button", name="Save").click()
        picture = page.locator(".hf-recovery img")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        look(page, "4-recovery")

        page.goto("/")
        page.get_by_role("link", name="Start", exact=True).click()
        page.locator("[data-start=pack]").first.click()
        page.locator("#subject").wait_for()
        look(page, "5-start")
        page.locator("#subject").fill("shift-1")
        page.get_by_role("button", name="Start Pack an order").click()
        page.wait_for_url("**/runs/ref/*")
        expect(page.locator("html")).to_have_attribute("data-phone", "ready")
        page.locator(".hf-shown [name=value]").fill("TOTE-1")
        done(page)
        expect(page.locator("#so-far")).to_contain_text("1 of 5")
        look(page, "6-started-here")

        page.goto("/")
        expect(page.locator("#today-mine .hf-run-card").first).to_contain_text("shift-1")
        page.get_by_label("Scan or type an order").fill("Shift-1")
        page.get_by_role("button", name="Find it").click()
        page.wait_for_url("**/runs/ref/*")
        expect(page.locator("#so-far")).to_contain_text("1 of 5")
        page.goto(f"/runs/{shop}")
        expect(page.locator("html")).to_have_attribute("data-phone", "ready")
        done(page)  # the last step: the run ends by itself
        look(page, "7-ended")
        expect(page.get_by_role("button", name="Undo")).to_be_hidden()  # it can't be taken back any more
        page.goto("/")
        expect(page.locator(f"[data-run='{shop}']")).to_contain_text("closed on this phone")
        expect(page.locator("#today-mine .hf-run-card").first).to_contain_text("shift-1")
        look(page, "8-today-later")
        page.goto("/board")
        look(page, "9-not-kept")
        page.goto("/phone")
        expect(page.locator("#waiting li")).to_have_count(7)
        look(page, "10-on-this-phone")
    assert kept(house, shop) == []

    with chromium.browser_type.launch_persistent_context(tmp_path, **settings) as context:
        context.set_offline(True)
        page = context.new_page()
        page.goto("/")  # the browser was ended meanwhile
        expect(page.locator(f"[data-run='{shop}']")).to_contain_text("closed on this phone")
        expect(page.locator("#today-mine .hf-run-card").first).to_contain_text("shift-1")
        Phone(page).says("7 waiting since")
        context.set_offline(False)
        Phone(page).rests()
        Phone(page).says("all saved")
        page.goto("/")
        expect(page.locator("#today-mine, #today-going").get_by_text("shift-1")).to_be_visible()
        expect(page.locator("#today-finished")).to_contain_text("Open the shop")
        look(page, "11-network-again")
    assert [step for step, _ in kept(house, shop)] == STEPS
    assert [step for step, _ in kept(house, pallet)] == ["wrap"]
    with house.app.app_context():
        states = dict(db.session.execute(select(Run.id, Run.state).where(Run.id.in_([shop, pallet]))).all())
        new = db.session.scalars(select(Run).where(Run.subject_ref == "shift-1")).one()
        assert [record.step_key for record in new.records] == ["scan"]
        db.session.remove()
    assert states == {shop: "done", pallet: "open"}
