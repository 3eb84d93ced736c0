"""Bad lines with a service worker: only our own answer is a page, and what was done goes out when it can."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Come, House, Line, opening, session_cookie
from tests.conftest import PHONE
from tests.support.evidence import shot
from tests.support.phones import STEPS, Phone, kept
from tests.support.proxy import Fault
from tests.support.workers import all_kept, answers, look_again

pytestmark = pytest.mark.browser
ONCE = list(zip(STEPS, (1, 2, 3), strict=True))
FULL = "Cache.prototype.put = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));"
REFUSES = """
  Object.defineProperty(globalThis, 'caches', { value: undefined });
  IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };
"""
MANY = """async ([run, photo]) => {
  const { add } = await import(document.querySelector('link[href$="phone/queue.js"]').href);
  const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0)).buffer;
  const file = { input: "photo", name: "shelf.jpg", type: "image/jpeg", bytes };
  for (let n = 0; n < 500; n += 1) {
    const data = { step: `shelf-${n}`, outcome: "done", value: "" };
    await add("record", data, { run, files: n < 40 ? [file] : [] });
  }
}"""
LONG = "# Look at every shelf\n\n" + "\n".join(
    f"{n}. Look at shelf {n} {{#shelf-{n}{' input=photo' if n < 40 else ''}}}" for n in range(500)
)


@pytest.fixture
def carried(chromium: Browser, house: House, line: Line) -> Iterator[Callable[[str], Page]]:
    """Take a phone with a worker, all of whose requests come over the line."""
    contexts = []

    def taken(login: str) -> Page:
        context = chromium.new_context(**PHONE, base_url=line.url)
        contexts.append(context)
        context.add_cookies([{**session_cookie(house, login), "url": line.url}])
        page = context.new_page()
        page.goto("/")
        answers(page)
        return page

    yield taken
    for context in contexts:
        context.close()


@pytest.mark.parametrize("fault", ["portal", "bad gateway", "cut"])
def test_what_another_answers_is_no_page_no_list_and_no_script(
    carried: Callable[[str], Page], house: House, line: Line, fault: Fault
) -> None:
    run = opening(house)
    sam = carried("sam")
    all_kept(sam)
    line.fault = lambda method, path: fault
    sam.goto("/")
    expect(sam.locator("#kept-line")).to_be_visible()
    look_again(sam)
    sam.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update()).catch(() => {})")
    sam.goto(f"/runs/{run}")
    expect(sam.locator("html")).to_have_attribute("data-phone", "ready")
    sam.locator(".hf-current, .hf-shown").first.get_by_role("button", name="Done").click()
    expect(sam.locator("#so-far")).to_contain_text("1 of 3")
    assert kept(house, run) == []
    line.fault = lambda method, path: None
    sam.goto("/")
    Phone(sam).rests()
    assert kept(house, run) == ONCE[:1]


def test_an_answer_that_is_lost_makes_no_second_record(
    carried: Callable[[str], Page], house: House, line: Line
) -> None:
    run = opening(house)
    sam = carried("sam")
    all_kept(sam)
    line.fault = lambda method, path: "lost" if method == "POST" else None
    Phone(sam).tick(run, STEPS[0])
    Phone(sam).says("1 waiting since")
    assert kept(house, run) == ONCE[:1]
    line.fault = lambda method, path: None
    Phone(sam).call("flush")
    Phone(sam).rests()
    assert kept(house, run) == ONCE[:1]


def test_background_sync_sends_what_a_closed_tab_left(come: Come, house: House) -> None:
    run = opening(house)
    sam = come("sam")
    all_kept(sam)
    context = sam.context
    context.set_offline(True)
    Phone(sam).tick(run, STEPS[0])
    sam.goto("about:blank")
    context.set_offline(False)
    devtools = context.new_cdp_session(sam)
    registrations = list[str]()
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    while not registrations:
        sam.wait_for_timeout(20)
    devtools.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": house.url,
            "registrationId": registrations[0],
            "tag": "holdfast-queue",
            "lastChance": False,
        },
    )
    sam.goto("/")
    Phone(sam).rests()
    assert kept(house, run) == ONCE[:1]


def test_a_full_phone_keeps_no_pages_and_works_on(come: Come, house: House) -> None:
    run = opening(house)
    sam = come("sam")
    sam.add_init_script(FULL)
    all_kept(sam)
    sam.goto(f"/runs/{run}")
    expect(sam.locator("html")).to_have_attribute("data-phone", "ready")
    sam.locator(".hf-current").get_by_role("button", name="Done").click()
    Phone(sam).rests()
    assert kept(house, run) == ONCE[:1]


def test_storage_that_is_refused_to_the_page(come: Come, house: House) -> None:
    run = opening(house)
    sam = come("sam")
    sam.add_init_script(REFUSES)
    sam.goto(f"/runs/{run}")
    Phone(sam).says("Not kept on this phone")
    sam.locator(".hf-current").get_by_role("button", name="Done").click()
    expect(sam.locator("#step-0")).to_have_class(re.compile("hf-is-done"))
    assert [step for step, _ in kept(house, run)] == STEPS[:1]


def test_two_tabs_and_the_worker_send_each_entry_once(come: Come, house: House) -> None:
    run = opening(house)
    one = come("sam")
    two = one.context.new_page()
    two.goto("/")
    one.context.set_offline(True)
    Phone(one).tick(run, STEPS[0])
    Phone(two).tick(run, STEPS[1])
    Phone(one).tick(run, STEPS[2])
    one.context.set_offline(False)
    for page in (one, two):
        Phone(page).call("flush")
    Phone(one).rests()
    assert kept(house, run) == ONCE


def test_five_hundred_entries_and_forty_photos_wait_and_arrive(come: Come, house: House) -> None:
    (house.workspace / "sops/shelves.md").write_text(LONG)
    house.publish()
    run = opening(house, sop="shelves")
    sam = come("sam")
    all_kept(sam)
    sam.context.set_offline(True)
    sam.evaluate(MANY, [run, base64.b64encode(shot(60_000)).decode()])
    sam.goto("/")
    Phone(sam).says("500 waiting since")
    sam.context.set_offline(False)
    Phone(sam).call("flush")
    Phone(sam).rests()
    assert [seq for _, seq in kept(house, run)] == list(range(1, 501))


def test_no_worker_at_all(house: House, enter: Any) -> None:
    """A browser that knows no workers works as it does with one, as long as there is network."""
    run = opening(house)
    sam = enter("sam", watched=False)
    sam.goto(f"/runs/{run}")
    expect(sam.locator("html")).to_have_attribute("data-phone", "ready")
    sam.context.set_offline(True)
    sam.locator(".hf-current").get_by_role("button", name="Done").click()
    Phone(sam).says("1 waiting since")
    sam.context.set_offline(False)
    Phone(sam).rests()
    assert kept(house, run) == ONCE[:1]
