"""The first visit to a new installation: an account, then people, then work."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, expect

from tests.browser.conftest import DESKTOP
from tests.support.serving import serving
from tracker.cli import main

pytestmark = pytest.mark.browser
PASSWORD = "seven brown boxes"
OWN = "nine green lamps"


def test_the_first_account_adds_everybody_else(chromium: Browser, tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["init", str(tmp_path / "new")])
    assert made.exit_code == 0, made.output
    with (
        serving(tmp_path / "new") as house,
        chromium.new_context(**DESKTOP, base_url=house.url, timezone_id="Europe/Lisbon") as context,
        chromium.new_context(**DESKTOP, base_url=house.url) as other,
    ):
        page = context.new_page()
        page.goto("/")
        expect(page.get_by_role("heading", name="Welcome to Holdfast")).to_be_visible()
        expect(page.get_by_label("Time zone there")).to_have_value("Europe/Lisbon")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Login name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Make the account and begin").click()
        expect(page.get_by_role("heading", name="Nothing is waiting for you.")).to_be_visible()
        expect(page.get_by_role("link", name="Pick, pack and ship")).to_be_visible()

        page.get_by_role("link", name="People", exact=True).click()
        add = page.locator("#add")
        add.get_by_label("Name", exact=True).fill("Sam")
        add.get_by_label("Login name").fill("sam")
        add.get_by_role("button", name="Add the account").click()
        expect(page.get_by_role("heading", name="Link for Sam")).to_be_visible()
        link = page.locator("code").inner_text()
        page.get_by_role("link", name="People").first.click()
        expect(page.get_by_role("heading", name="2 accounts.")).to_be_visible()

        staff = other.new_page()
        staff.goto(link)
        staff.get_by_label("New password").fill(OWN)
        staff.get_by_label("The same again").fill(OWN)
        staff.get_by_role("button", name="Take this password and go on").click()
        expect(staff.get_by_role("heading", name="Nothing is waiting for you.")).to_be_visible()
        expect(staff.get_by_role("link", name="Overview")).to_have_count(0)
