"""What people enter may be one long word: no page becomes wider than the window by it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Enter, House, start
from tests.support.actors import by
from tests.support.installation import cast_of
from tests.support.width import too_wide
from tracker.db import db, writing
from tracker.domain.runs import lifecycle
from tracker.models import Location, Person, Team

pytestmark = pytest.mark.browser

SUBJECT = "W" * 60
WINDOWS = [
    {"viewport": {"width": width, "height": height}}
    for width, height in ((320, 568), (390, 664), (1280, 800))
]


@pytest.fixture(scope="module")
def run(house: House) -> int:
    """A run about one long word, where people, teams and places are called by one too."""
    with house.app.app_context():
        with writing() as session:
            cast = cast_of(session)
            for kind in (Person, Location, Team):
                for row in session.query(kind):
                    row.name += "W" * 40
            number = lifecycle.start(
                session, by(cast.lead), datetime.now(UTC), "pack", subject=SUBJECT, assignee=cast.staff
            ).id
        db.session.remove()
    return number


@pytest.mark.parametrize("device", WINDOWS, ids=lambda device: str(device["viewport"]["width"]))
def test_no_long_word_makes_a_page_wider_than_its_window(enter: Enter, run: int, device: dict) -> None:  # type: ignore[type-arg]
    paths = {
        "sam": ["/", f"/runs/{run}", f"/runs/{run}/history", f"/start/pack?subject={SUBJECT}"],
        "lena": ["/board", "/team", f"/runs/{run}", f"/find?q={SUBJECT[:30]}", "/signoffs"],
        "ada": ["/people", "/people/2", "/overview"],
    }
    wide = []
    for login, asked in paths.items():
        page = enter(login, device=device)
        for path in asked:
            page.goto(path)
            if too_wide(page):
                wide.append((login, path))
    assert wide == []


def test_a_long_subject_fits_one_step_at_a_time(enter: Enter, run: int) -> None:
    page = enter("sam", device=PHONE, steps="one")
    page.goto(f"/runs/{run}")
    assert not too_wide(page)


def test_a_text_answer_grows_over_lines_and_keeps_them(enter: Enter, house: House) -> None:
    (house.workspace / "sops/damage.md").write_text(
        "---\nid: damage\nowner: olga\n---\n\n1. Describe the damage {input=text}\n2. Tell the carrier\n"
    )
    house.publish()
    page = enter("sam")
    start(page, "damage", "grows")
    field = page.locator("#step-0 [name=value]")
    before = field.evaluate("e => e.clientHeight")
    field.press_sequentially("lid torn")
    field.press("Enter")
    field.press_sequentially("left side wet")
    field.press("Enter")
    field.press_sequentially("label gone")
    assert field.evaluate("e => e.clientHeight") > 2 * before / 1.5
    assert field.evaluate("e => e.scrollHeight <= e.clientHeight")
    page.locator("#step-0").get_by_role("button", name="Done").click()
    page.locator("#step-0 > details > summary").click()
    answer = page.locator("#step-0 .hf-typed")
    expect(answer).to_contain_text("left side wet")
    assert answer.inner_text() == "lid torn\nleft side wet\nlabel gone"
