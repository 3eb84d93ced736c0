"""One tap is one tick: real touches, twice as fast as people tap by mistake."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.browser.conftest import Enter, House, start
from tests.support.inputs import INPUTS
from tracker.db import db
from tracker.models import Record

pytestmark = pytest.mark.browser
SMALL = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}
FLAT = """\
---
id: {id}
title: Check the dock
owner: olga
subject: order
---
1. Look at the gate {{#gate}}
2. Lock the gate {{#lock .critical}}
3. Choose a lane {{#lane input=choice options="left, middle, right"}}
4. Choose a shelf {{#shelf input=choice options="upper, lower"}}
5. Go {{#go}}
"""


@pytest.fixture(scope="module", autouse=True)
def documents(house: House) -> None:
    (house.workspace / "sops/dock.md").write_text(FLAT.format(id="dock"))
    (house.workspace / "sops/inputs.md").write_text(INPUTS)
    house.publish()


MADE = """async run => {
  const place = document.querySelector("script[src*='phone/run.js']").src.replace("run.js", "queue.js");
  const made = await (await import(place)).entries({ run });
  const said = made.filter(({ kind }) => kind === "record").map(({ data }) => data);
  return said.map(({ step, outcome, value }) => [step, outcome, value]);
}"""


def records(house: House, page: Page) -> list[tuple[str, str, str]]:
    """What the phone has recorded in the run that it shows, and the server has of it by now."""
    found = re.search(r"/runs/(\d+)", page.url)
    assert found
    for _ in range(100):
        made = [tuple(entry) for entry in page.evaluate(MADE, int(found[1]))]
        with house.app.app_context():
            kept = db.session.query(Record).filter_by(run_id=int(found[1])).order_by(Record.id).all()
            sent = [(row.step_key, row.kind, row.value or "") for row in kept]
            db.session.remove()
        if len(sent) >= len(made):
            break
        page.wait_for_timeout(100)
    assert sorted(sent) == sorted(made)  # ids of one moment have no order
    return made


def middle(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Finger:
    """A finger on the screen, as the browser gets it from the hardware."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.protocol: CDPSession = page.context.new_cdp_session(page)

    def down(self, x: float, y: float) -> None:
        self.protocol.send(
            "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
        )

    def up(self) -> None:
        self.protocol.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def tap(self, x: float, y: float) -> None:
        self.down(x, y)
        self.up()


FRAMES = """
  let held = null;
  const paint = globalThis.requestAnimationFrame;
  globalThis.requestAnimationFrame = (draw) => (held ? held.push(draw) : paint(draw));
  globalThis.holdFrames = () => { held = []; };
  globalThis.showFrames = () => { const due = held; held = null; due.forEach((draw) => paint(draw)); };
"""
"""Lets a phone be as slow as it likes in painting what has been drawn."""


def stop(page: Page) -> None:
    """Let time pass on the page only when the test says so."""
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))


def settled(page: Page) -> None:
    """The time is over in which a tap does nothing."""
    expect(page.locator("html")).not_to_have_attribute("data-quiet", "")


@pytest.mark.parametrize("pause", [50, 120, 200, 300, 400])
def test_a_double_tap_ticks_once_and_the_critical_step_after_it_is_untouched(
    enter: Enter, house: House, pause: int
) -> None:
    page = enter("sam", device=SMALL, steps="one")
    page.clock.install()
    start(page, "dock", f"double {pause}")
    stop(page)
    finger = Finger(page)
    x, y = middle(page.locator("#step-0").get_by_role("button", name="Done"))
    finger.tap(x, y)
    expect(page.locator("#step-1.hf-shown")).to_be_visible()
    page.clock.run_for(pause)
    finger.tap(x, y)
    page.clock.run_for(1_000)
    settled(page)
    assert records(house, page) == [("gate", "done", "")]
    finger.tap(*middle(page.locator("#step-1").get_by_role("button", name="Done")))
    expect(page.locator("#step-2.hf-shown")).to_be_visible()
    assert [key for key, *_ in records(house, page)] == ["gate", "lock"]


def test_the_half_second_begins_when_the_next_step_is_seen(enter: Enter, house: House) -> None:
    """A slow phone draws for a while: whoever taps then still sees the step before."""
    page = enter("sam", device=SMALL, steps="one")
    page.clock.install()
    page.add_init_script(FRAMES)
    start(page, "dock", "slow phone")
    stop(page)
    finger = Finger(page)
    x, y = middle(page.locator("#step-0").get_by_role("button", name="Done"))
    page.evaluate("holdFrames()")
    finger.tap(x, y)
    expect(page.locator("#step-1.hf-shown")).to_be_visible()
    page.clock.run_for(2_000)
    finger.tap(x, y)
    page.evaluate("showFrames()")
    page.clock.run_for(400)
    finger.tap(x, y)
    page.clock.run_for(1_000)
    settled(page)
    assert records(house, page) == [("gate", "done", "")]
    finger.tap(*middle(page.locator("#step-1").get_by_role("button", name="Done")))
    expect(page.locator("#step-2.hf-shown")).to_be_visible()


def test_a_finger_that_stays_down_while_the_next_step_comes_ticks_nothing(enter: Enter, house: House) -> None:
    page = enter("sam", device=SMALL, steps="one")
    start(page, "dock", "long finger")
    finger = Finger(page)
    x, y = middle(page.locator("#step-0").get_by_role("button", name="Done"))
    finger.tap(x, y)
    finger.down(x, y)
    expect(page.locator("#step-1.hf-shown")).to_be_visible()
    settled(page)
    finger.up()
    page.wait_for_timeout(100)
    assert records(house, page) == [("gate", "done", "")]


def test_keys_tick_as_they_are_pressed_and_one_that_is_held_down_ticks_once(
    enter: Enter, house: House
) -> None:
    page = enter("sam", device=SMALL, steps="one")
    start(page, "dock", "keys")
    page.locator("#step-0").get_by_role("button", name="Done").focus()
    for _ in range(6):
        page.keyboard.down("Enter")  # the first is a press, the others are repeats of a key that is held
    page.keyboard.up("Enter")
    expect(page.locator("#step-1.hf-shown")).to_be_visible()
    page.locator("#step-1").get_by_role("button", name="Done").focus()
    page.keyboard.press("Enter")  # at once: keys wait for nothing
    expect(page.locator("#step-2.hf-shown")).to_be_visible()
    assert [key for key, *_ in records(house, page)] == ["gate", "lock"]


def test_a_choice_is_made_by_one_tap_and_its_double_makes_no_second(enter: Enter, house: House) -> None:
    page = enter("sam", device=SMALL, steps="one")
    start(page, "dock", "choice")
    for n in range(2):
        page.locator(f"#step-{n}").get_by_role("button", name="Done").tap()
        expect(page.locator(f"#step-{n + 1}.hf-shown")).to_be_visible()
    settled(page)
    expect(page.locator("#step-2").get_by_role("button", name="Done")).to_be_hidden()
    finger = Finger(page)
    x, y = middle(page.locator("#step-2 label", has_text="left"))
    finger.tap(x, y)
    page.wait_for_timeout(150)
    finger.tap(x, y)
    expect(page.locator("#step-3.hf-shown")).to_be_visible()
    settled(page)
    assert records(house, page)[2:] == [("lane", "done", "left")]
    undo = page.locator("#undo-line").get_by_role("button", name="Undo")
    undo.tap()
    expect(page.locator("#step-2.hf-shown:not([class*=hf-is-])")).to_be_visible()
    assert [kind for _, kind, _ in records(house, page)[2:]] == ["done", "undone"]


def test_arrow_keys_choose_without_sending_and_a_note_goes_with_the_choice(
    enter: Enter, house: House
) -> None:
    page = enter("sam", device=SMALL, steps="one")
    start(page, "dock", "arrows")
    for n in range(2):
        page.locator(f"#step-{n}").get_by_role("button", name="Done").tap()
        expect(page.locator(f"#step-{n + 1}.hf-shown")).to_be_visible()
    settled(page)
    step = page.locator("#step-2")
    step.get_by_role("radio").first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(step.get_by_role("radio", name="right")).to_be_checked()
    assert len(records(house, page)) == 2
    step.get_by_role("button", name="Done").tap()
    expect(page.locator("#step-3.hf-shown")).to_be_visible()
    settled(page)
    page.locator("#step-3 .hf-do").get_by_text("Add a note").tap()
    page.locator("#step-3 .hf-do textarea").fill("It is full")
    page.locator("#step-3 label", has_text="upper").tap()
    page.wait_for_timeout(100)
    assert len(records(house, page)) == 3
    page.locator("#step-3").get_by_role("button", name="Done").tap()
    expect(page.locator("#step-4.hf-shown")).to_be_visible()
    assert [value for *_, value in records(house, page)[2:]] == ["right", "upper"]


def test_what_was_done_can_be_undone_at_the_bottom_for_five_seconds(enter: Enter, house: House) -> None:
    page = enter("sam", device=SMALL, steps="one")
    page.clock.install()
    start(page, "dock", "undo")
    page.locator("#step-0").get_by_role("button", name="Done").tap()
    line = page.locator("#undo-line")
    expect(line).to_contain_text("Step 1 done")
    assert line.get_attribute("role") == "status"
    box, window = line.bounding_box(), page.viewport_size
    assert box and window and box["y"] + box["height"] <= window["height"] and box["y"] > 500
    line.get_by_role("button", name="Undo").focus()
    page.clock.run_for(20_000)  # time stands still while it has the focus
    expect(line).to_contain_text("Step 1 done")
    page.locator("#step-1").focus()
    page.clock.run_for(6_000)
    expect(line).to_be_empty()
    expect(page.locator("[data-turn='1']")).to_be_visible()
    page.clock.run_for(1_000)
    page.locator("#step-1").get_by_text("Skip", exact=True).tap()
    page.locator("#step-1").get_by_role("button", name="No time").tap()
    expect(line).to_contain_text("Step 2 skipped")
    line.get_by_role("button", name="Undo").tap()
    expect(page.locator("#step-1")).not_to_have_class(re.compile("hf-is-skipped"))
    assert [kind for _, kind, _ in records(house, page)] == ["done", "skipped", "undone"]
    expect(line).to_be_empty()


def test_the_last_tick_closes_the_run_and_that_can_be_undone_too(enter: Enter, house: House) -> None:
    page = enter("sam", device=SMALL, steps="one")
    page.clock.install()
    address = start(page, "dock", "closing")
    line = page.locator("#undo-line")
    for n, answer in enumerate([None, None, "left", "upper", None]):
        page.clock.run_for(1_000)
        step = page.locator(f"#step-{n}.hf-shown")
        (step.locator("label", has_text=answer) if answer else step.get_by_role("button", name="Done")).tap()
        expect(line).to_contain_text("Run closed" if n == 4 else f"Step {n + 1} done")
    line.get_by_role("button", name="Undo").tap()
    expect(page.locator("#step-4:not([class*=hf-is-])")).to_have_count(1)
    page.clock.run_for(8_000)
    assert records(house, page)[-1] == ("go", "undone", "")
    page.locator("#step-4.hf-shown").get_by_role("button", name="Done").tap()
    expect(line).to_contain_text("Run closed")
    page.clock.run_for(6_000)
    expect(page.get_by_text("Closed by Sam")).to_be_visible()
    assert page.url.split("#")[0] == address.split("#")[0]
