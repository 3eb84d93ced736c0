"""The pages of an SOP and of a step with half a year of runs: on a phone, by keyboard, on paper, by axe."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, House
from tests.support.accessibility import objections
from tracker.cli import main
from tracker.db import db
from tracker.domain.weakpoints import refresh
from tracker.worker import counting

pytestmark = pytest.mark.browser

WEAK = "/sops/pack/steps/weigh"
PATHS = (
    "/sops/pack", "/sops/pack?step=&kind=skipped", WEAK, f"{WEAK}?kind=failed&reason=Scale+shows+zero",
    "/overview", "/weak-points", "/dependency/pack",
)  # fmt: skip
COLUMNS = "run sop revision subject location step outcome reason value actor device_at"


@pytest.fixture(scope="module")
def half_a_year(house: House, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Weigh fails more in the last eight weeks, under another revision; its figures are judged."""
    file = tmp_path_factory.mktemp("history") / "history.csv"
    write_history(file)
    command = ["import", str(file), "--create", "--workspace", str(house.workspace)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    with house.app.app_context():
        for job in (counting.fold, refresh.refresh):
            job(db.session(), datetime.now(UTC))
        db.session.remove()


def write_history(file: Path) -> None:
    chance, start = random.Random(7), datetime.now(UTC) - timedelta(weeks=26)
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(COLUMNS.split())
        for n in range(26 * 12):
            at, late = start + timedelta(weeks=n // 12, hours=n % 12), n // 12 >= 18
            for key in ("scan", "weigh", "box", "hand"):
                lost = chance.random() < (0.3 if late and key == "weigh" else 0.04)
                kind = "failed" if key == "weigh" else "skipped"
                reason = chance.choice(["Scale shows zero", "Scale shows zero", "Battery empty"])
                at += timedelta(seconds=30)
                what = [kind, reason] if lost else ["done", ""]
                run = [f"h{n}", "pack", "new" if late else "old", f"{n}", ("Here", "There")[n % 2], key]
                rows.writerow([*run, *what, "", "sam", at.isoformat()])


@pytest.mark.parametrize(("device", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_has_nothing_to_object(
    enter: Enter, half_a_year: None, device: dict[str, Any], scheme: str
) -> None:
    page = enter("ada", device=device, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    found = []
    for path in PATHS:
        page.goto(path)
        for more in page.get_by_text("Show the figures").all():
            more.click()
        found += objections(page)
    assert not found, "\n".join(found)


def test_shares_stay_on_a_phone(enter: Enter, half_a_year: None) -> None:
    """Whatever share a wide window shows in a table, a narrow one shows too."""
    shares = """() => [...document.querySelectorAll("main td small")]
        .filter(e => e.textContent.trim().endsWith("%") && !e.matches(".hf-plausibly") && e.checkVisibility())
        .map(e => e.textContent.trim())"""
    wide, narrow = enter("olga", device=DESKTOP), enter("olga")
    for path in ("/overview", WEAK, "/sops/pack?period=all"):
        for page in (wide, narrow):
            page.goto(path)
        assert narrow.evaluate(shares) == wide.evaluate(shares), path
    assert len(narrow.evaluate(shares)) > 3


def test_on_a_phone_every_letter_can_be_read_and_nothing_is_cut_off(enter: Enter, half_a_year: None) -> None:
    page = enter("olga")
    for path in PATHS:
        page.goto(path)
        smallest = page.locator(".hf-chart text").evaluate_all(
            "all => Math.min(...all.map(text => parseFloat(getComputedStyle(text).fontSize)"
            " * text.ownerSVGElement.getBoundingClientRect().width / 480))"
        )
        assert smallest >= 12, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_from_the_first_line_to_the_runs_by_keyboard(enter: Enter, half_a_year: None) -> None:
    page = enter("olga", device=DESKTOP)
    page.goto("/sops/pack")
    expect(page.locator(".hf-lead")).to_contain_text("Weigh the parcel")
    failed = page.get_by_role("row", name="Weigh the parcel").locator("a[href*='what=failed']").first
    number = failed.inner_text()
    failed.focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(f"{number} runs")
    page.locator("main tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pack an order")


def test_another_step_is_drawn_when_it_is_chosen(enter: Enter, half_a_year: None) -> None:
    page = enter("olga")
    page.goto("/sops/pack")
    expect(page.get_by_role("img", name="Weigh the parcel: failed more often since")).to_be_visible()
    page.locator("#course select[name=step]").select_option("scan")
    page.locator("#course select[name=kind]").select_option("skipped")
    page.locator("#course").get_by_role("button", name="Show").click()
    expect(page.get_by_role("img", name="Scan the tote: skipped")).to_be_visible()


def test_on_paper_the_charts_stay_and_the_buttons_go(enter: Enter, half_a_year: None) -> None:
    page = enter("olga", device=DESKTOP)
    page.goto("/sops/pack")
    page.emulate_media(media="print")
    expect(page.locator(".hf-chart").first).to_be_visible()
    expect(page.get_by_role("button", name="Show", exact=True).first).to_be_hidden()
