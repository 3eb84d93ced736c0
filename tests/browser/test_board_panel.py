"""A lead filters, reads and decides on one page: filters hold at once, what is done leads back to it."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import DESKTOP, Enter, House, start
from tests.support.actors import by
from tracker.db import db, new_id, writing
from tracker.domain.records import recording
from tracker.domain.runs import handover, lifecycle
from tracker.domain.work import views
from tracker.models import Person
from tracker.web.reader import now

pytestmark = pytest.mark.browser
SMALL = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}


def open_runs(sam: Page, *subjects: str) -> None:
    for subject in subjects:
        start(sam, "pack", subject)


def row(lead: Page, subject: str) -> object:
    return lead.get_by_role("row", name=subject).locator("[data-row]")


def test_a_run_is_read_and_given_beside_the_list_by_keyboard(enter: Enter) -> None:
    open_runs(enter("sam"), "K-1", "K-2")
    lead = enter("lena", device=DESKTOP)
    lead.goto("/board?subject=K-")
    first, second = lead.locator("[data-row]").nth(0), lead.locator("[data-row]").nth(1)
    panel = lead.locator("#board-panel")
    expect(panel).to_be_hidden()
    first.focus()
    lead.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    lead.keyboard.press("ArrowUp")
    lead.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="K-")).to_be_focused()
    expect(panel).to_contain_text("Scan the tote")
    expect(lead).to_have_url(re.compile(r"subject=K-&run=\d+$"))
    expect(second).to_be_visible()  # beside it, not instead
    lead.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(first).to_be_focused()
    expect(lead).to_have_url(re.compile(r"subject=K-$"))
    lead.go_back()
    expect(panel).to_be_visible()

    panel.get_by_label("Give it to").select_option(label="Lena")
    panel.get_by_role("button", name="Give it").click()
    expect(lead.locator("#board-told")).to_contain_text("Lena gave the run to Lena.")
    expect(lead).to_have_url(re.compile(r"subject=K-&run=\d+$"))
    expect(lead.get_by_role("row", name=re.compile("K-.*Lena"))).to_have_count(1)
    follow = panel.get_by_role("link", name="Next")
    expect(follow).to_be_focused()  # the next likely act is one press
    lead.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="K-")).to_be_focused()
    panel.get_by_text("Cancel it").click()
    panel.get_by_label("Cancel the run, because").fill("called off")
    panel.get_by_role("button", name="Cancel this run").click()
    expect(lead.locator("#board-told")).to_contain_text("Lena cancelled the run: called off.")
    expect(lead.locator("[data-row]")).to_have_count(1)


def test_filters_hold_at_once_and_the_field_keeps_the_focus(enter: Enter) -> None:
    open_runs(enter("sam"), "F-1", "F-2")
    lead = enter("lena", device=DESKTOP)
    lead.goto("/board")
    lead.locator("#board-filter").get_by_label("Subject").press_sequentially("f-2")
    expect(lead.locator("[data-row]")).to_have_count(1)
    expect(lead).to_have_url(re.compile(r"/board\?subject=f-2$"))
    expect(lead.locator("#board-filter").get_by_label("Subject")).to_be_focused()
    lead.locator("#board-filter").get_by_label("State").select_option(label="late")
    expect(lead.get_by_role("heading", name="Nothing matches.")).to_be_visible()
    expect(lead).to_have_url(re.compile(r"state=late&subject=f-2$"))
    expect(lead.get_by_role("button", name="Show", exact=True)).to_be_hidden()
    expect(lead.get_by_text("Keep this view")).to_be_visible()
    start(enter("sam"), "pack", "F-21")  # what is live follows the filters that hold by now
    lead.locator("#board-filter").get_by_label("State").select_option(label="in any state")
    expect(lead.locator("[data-row]")).to_have_count(2)


def test_on_a_phone_the_first_run_is_seen_and_filters_are_behind_one_line(enter: Enter) -> None:
    open_runs(enter("sam"), "P-1", "P-2")
    lead = enter("lena", device=SMALL)
    lead.goto("/board?state=&subject=P-")
    first = lead.locator(".hf-board tbody tr").first
    expect(first).to_be_in_viewport(ratio=1)
    expect(lead.locator("#board-filter")).to_be_hidden()
    expect(lead.locator(".hf-filters summary")).to_contain_text("“P-”")
    lead.locator(".hf-filters summary").click()
    expect(lead.locator("#board-filter").get_by_label("Subject")).to_be_visible()
    lead.locator("[data-row]").first.click()
    expect(lead.locator("#board-panel").get_by_label("Give it to")).to_be_in_viewport()
    expect(lead.locator("#board-rows")).to_be_hidden()
    lead.get_by_role("link", name="Close").click()
    expect(first).to_be_visible()


@pytest.fixture
def all_sorts(house: House) -> None:
    """Runs in each state that the first line counts, and views that the lead has named."""
    with house.app.app_context(), writing() as session:
        lena, sam = (
            session.scalars(select(Person).where(Person.login == name)).one() for name in ("lena", "sam")
        )
        late, paused, offered, held = (
            lifecycle.start(session, by(sam), now(), "pack", subject=f"S-{number}", assignee=sam, anyway=True)
            for number in range(4)
        )
        lifecycle.start(session, by(lena), now(), "pack", subject="S-5", role="picker", anyway=True)
        handover.put_due(session, by(lena), now() - timedelta(hours=5), late, now() - timedelta(hours=3))
        handover.pause(session, by(sam), now(), paused, "No cartons")
        handover.offer(session, by(sam), now(), offered, lena)
        recording.record(
            session,
            by(sam),
            now(),
            held,
            record_id=new_id(),
            step_key="scan",
            kind="failed",
            reason="torn label",
        )
        for name, filters in (("Late here", "state=late"), ("Nobody’s in the north", "state=nobody")):
            if name not in {view.name for view in views.of(session, by(lena))}:
                views.save(session, by(lena), now(), name, filters)
    with house.app.app_context():
        db.session.remove()


@pytest.mark.usefixtures("all_sorts")
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", [(390, 664), (375, 667)])
def test_on_a_phone_the_first_line_is_whole_and_nothing_touches_its_neighbour(
    enter: Enter, size: tuple[int, int], language: str
) -> None:
    device = SMALL | {"viewport": {"width": size[0], "height": size[1]}}
    lead = enter("lena", device=device, locale=language)
    lead.goto("/board")
    parts = lead.locator("#board-line a")
    assert parts.count() >= 6
    boxes = [part.bounding_box() for part in parts.all()]
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= size[0] for box in boxes)
    expect(lead.locator(".hf-board tbody tr").first).to_be_in_viewport(ratio=1)
    upwards = (
        ".hf-search .form-control",
        ".hf-nav",
        "#board-line",
        ".hf-board-head .hf-tabs",
        ".hf-board-which",
    )
    places = [lead.locator(what).bounding_box() for what in upwards]
    for above, below in pairwise(places):
        assert above and below and below["y"] - above["y"] - above["height"] >= 2, (above, below)


def test_what_holds_a_run_up_stands_beside_the_list_too(enter: Enter, all_sorts: None) -> None:
    lead = enter("lena", device=DESKTOP)
    lead.goto("/board?state=blocked")
    lead.locator("[data-row]").first.click()
    panel = lead.locator("#board-panel")
    expect(panel.locator(".hf-warning")).to_contain_text("blocked “Scan the tote” failed: torn label")
    panel.get_by_role("link", name="Decide on its page").click()
    expect(lead).to_have_url(re.compile(r"/runs/\d+\?board="))


def test_without_a_script_a_run_opens_and_is_given_on_the_same_list(enter: Enter) -> None:
    open_runs(enter("sam"), "J-1", "J-2")
    lead = enter("lena", device=DESKTOP, java_script_enabled=False)
    lead.goto("/board")
    lead.locator("#board-filter").get_by_label("Subject").fill("J-")
    lead.get_by_role("button", name="Show", exact=True).click()
    lead.locator("[data-row]").first.click()
    panel = lead.locator("#board-panel")
    panel.get_by_label("Give it to").select_option(label="Lena")
    panel.get_by_role("button", name="Give it").click()
    expect(lead.locator("#board-told")).to_contain_text("gave the run to Lena.")
    expect(lead).to_have_url(re.compile(r"subject=J-&run=\d+$"))
    lead.get_by_role("row", name="J-").get_by_role("checkbox").nth(0).check()
    lead.locator("#bulk").get_by_text("Cancel", exact=True).click()
    lead.get_by_label("Cancel them, because").fill("called off")
    lead.get_by_role("button", name="Cancel the runs").click()
    expect(lead.locator("#board-told")).to_contain_text("1 run is cancelled.")
