"""What is done on a phone without network waits there and arrives once, in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from tests.browser.conftest import PHONE, House, Take, opening, session_cookie
from tests.conftest import QUIET
from tests.support.chromium import executable
from tests.support.phones import STEPS, Phone, kept, started
from tracker.db import db
from tracker.models import SequenceGap

pytestmark = pytest.mark.browser


def test_three_ticks_without_network_arrive_in_order(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")
    phone.page.context.set_offline(True)
    for step in STEPS:
        phone.tick(run, step)
    phone.says("3 waiting since")
    expect(phone.page.locator(f"[data-run='{run}'] [data-queue]").first).to_contain_text("3 not sent yet")
    assert kept(house, run) == []
    phone.page.context.set_offline(False)
    phone.rests()
    phone.says("all saved")
    assert kept(house, run) == list(zip(STEPS, (1, 2, 3), strict=True))


def test_a_closed_tab_and_a_browser_that_ended_lose_nothing(
    chromium: Browser, house: House, tmp_path: Path
) -> None:
    run = opening(house)
    settings = {**PHONE, "executable_path": executable(), "args": QUIET, "base_url": house.url}
    with chromium.browser_type.launch_persistent_context(tmp_path, **settings) as context:
        context.add_cookies([session_cookie(house, "sam")])
        page = context.new_page()
        page.goto("/")
        context.set_offline(True)
        Phone(page).tick(run, STEPS[0])
        page.close()
        context.set_offline(False)
        page = context.new_page()
        context.route("**/queue", lambda route: route.abort())
        page.goto("/")
        Phone(page).tick(run, STEPS[1])
        Phone(page).says("2 waiting since")
    assert kept(house, run) == []
    with chromium.browser_type.launch_persistent_context(tmp_path, **settings) as context:
        context.add_cookies([session_cookie(house, "sam")])
        page = context.new_page()
        page.goto("/")
        Phone(page).rests()
        Phone(page).tick(run, STEPS[2])
        Phone(page).rests()
    assert kept(house, run) == list(zip(STEPS, (1, 2, 3), strict=True))


def test_two_tabs_share_one_queue(take: Take, house: House) -> None:
    run = opening(house)
    one = take("sam")
    two = Phone(one.page.context.new_page())
    two.page.goto("/phone")
    one.page.context.set_offline(True)
    one.tick(run, STEPS[0])
    two.tick(run, STEPS[1])
    one.tick(run, STEPS[2])
    two.says("3 waiting since")
    expect(two.page.locator("#waiting li")).to_have_count(3)
    one.page.context.set_offline(False)
    for phone in (one, two):
        phone.call("flush")
        expect(phone.page.locator("#saved")).not_to_contain_text("waiting since")
    one.rests()
    assert kept(house, run) == list(zip(STEPS, (1, 2, 3), strict=True))


def test_numbers_go_on_from_forms_that_were_sent_one_by_one(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")
    phone.page.evaluate("localStorage.setItem('holdfast.seq', '41')")
    phone.tick(run, STEPS[0])
    phone.rests()
    assert kept(house, run) == [(STEPS[0], 42)]
    assert phone.page.evaluate("localStorage.getItem('holdfast.seq')") == "42"


def test_a_start_and_a_close_are_no_records_that_a_lead_could_miss(take: Take, house: House) -> None:
    runs = opening(house), opening(house)
    phone = take("sam")
    phone.page.context.set_offline(True)
    phone.tick(runs[0], STEPS[0])
    phone.add("claim", {}, run=runs[1])
    phone.tick(runs[1], STEPS[0])
    ref = phone.add("start", {"sop": "pack", "subject": "7001"})
    phone.add("record", {"step": "scan", "outcome": "done", "value": "TOTE-1"}, ref=ref)
    phone.tick(runs[0], STEPS[1])
    phone.add("close", {"omit": list(STEPS[1:])}, run=runs[1])
    phone.tick(runs[0], STEPS[2])
    phone.page.context.set_offline(False)
    phone.rests()
    assert kept(house, runs[0]) == list(zip(STEPS, (1, 4, 5), strict=True))
    assert (kept(house, runs[1]), kept(house, started(house, ref) or 0)) == ([(STEPS[0], 2)], [("scan", 3)])
    with house.app.app_context():
        assert db.session.scalars(select(SequenceGap)).all() == []
        db.session.remove()


SLOWLY = """async ([run, first, second]) => {
  const queue = await import(document.querySelector('link[href$="phone/queue.js"]').href);
  const file = new File(["a photo"], "photo.jpg", {type: "image/jpeg"});
  const read = Promise.withResolvers();
  file.arrayBuffer = () => read.promise;
  const record = (step, files) => queue.add("record", {step, outcome: "done"}, {run, files});
  const both = [record(first, [{input: "photo", file}]), record(second, [])];
  setTimeout(() => read.resolve(new ArrayBuffer(7)), 50);
  return (await Promise.all(both)).map(({seq, data, files}) => [seq, data.step, files.length]);
}"""


def test_what_is_done_while_a_photo_is_read_comes_after_it(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")
    phone.page.context.set_offline(True)
    assert phone.page.evaluate(SLOWLY, [run, *STEPS[:2]]) == [[1, STEPS[0], 1], [2, STEPS[1], 0]]


BEHIND_A_PHOTO = """async ([run, first, second]) => {
  const queue = await import(document.querySelector('link[href$="phone/queue.js"]').href);
  const file = new File(["a photo"], "photo.jpg", {type: "image/jpeg"});
  file.arrayBuffer = () => new Promise(() => {});
  queue.add("record", {step: first, outcome: "done"}, {run, files: [{input: "photo", file}]});
  queue.add("record", {step: second, outcome: "done"}, {run});
}"""


def test_what_is_being_written_when_the_page_goes_is_written_by_the_next(take: Take, house: House) -> None:
    """Also after somebody was asked whether to leave a photo behind that could not be read yet."""
    run = opening(house)
    phone = take("sam")
    asked: list[str] = []
    phone.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    phone.page.get_by_role("heading", level=1).click()  # browsers ask only for whoever has touched the page
    phone.page.evaluate(BEHIND_A_PHOTO, [run, *STEPS[:2]])
    phone.page.reload()
    assert asked == ["beforeunload"]
    assert [entry["data"]["step"] for entry in phone.call("entries", {"run": run})] == [STEPS[1]]
    phone.rests()
    assert kept(house, run) == [(STEPS[1], 1)]
    assert phone.page.evaluate("Object.keys(localStorage).filter((name) => name.includes('noted'))") == []
    phone.page.reload()
    assert asked == ["beforeunload"]


BY_THE_OTHER_TAB = """([run, step]) => {
  const entry = {id: crypto.randomUUID(), kind: "record", run, ref: null, data: {step, outcome: "done"},
    person: Number(document.documentElement.dataset.person), at: new Date().toISOString()};
  const name = `holdfast/ noted ${entry.id}`;
  localStorage.setItem(name, JSON.stringify({entry, who: {name: "Sam"}}));
  sessionStorage.setItem("noted", name);
}"""
WRITTEN_MEANWHILE = """() => {
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...given) {
    const name = sessionStorage.getItem("noted");
    if (name) localStorage.removeItem(name);
    return open.apply(this, given);
  };
}"""


def test_a_note_that_cannot_be_read_hides_no_other(take: Take, house: House) -> None:
    run = opening(house)
    phone = take("sam")
    phone.page.evaluate(
        "['{', 'null', '{}'].forEach((text, n) => localStorage.setItem(`holdfast/ noted ${n}`, text))"
    )
    phone.page.evaluate(BY_THE_OTHER_TAB, [run, STEPS[0]])
    phone.page.reload()
    phone.rests()
    assert kept(house, run) == [(STEPS[0], 1)]


def test_what_another_tab_notes_and_writes_just_now_is_not_written_again(take: Take, house: House) -> None:
    """It may have been sent since: a second number for it would be missed for ever."""
    run = opening(house)
    phone = take("sam")
    phone.page.evaluate(BY_THE_OTHER_TAB, [run, STEPS[0]])
    phone.page.add_init_script(f"({WRITTEN_MEANWHILE})()")
    phone.page.reload()
    assert phone.call("entries", {"run": run}) == []
    assert phone.call("status")["waiting"] == 0
    assert kept(house, run) == []
