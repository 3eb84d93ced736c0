"""Bad lines with a service worker: only our own answer is a page, and what was done goes out when it can."""

from __future__ import annotations

import base64
import random
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.browser.conftest import House, Line, opening, session_cookie
from tests.conftest import PHONE
from tests.support.patience import until
from tests.support.phones import STEPS, Phone, kept
from tests.support.proxy import Fault
from tests.support.workers import Sync, all_kept, answers, cached, look_again
from tracker.db import db
from tracker.domain.evidence import pieces
from tracker.models import Evidence, Record
from tracker.web.runs.evidence import store

pytestmark = pytest.mark.browser
ONCE = list(zip(STEPS, (1, 2, 3), strict=True))
RUNS, LONG, PHOTOS = 25, 20, 40
"""500 ticks: so many runs of so many steps; this many ticks have a photo."""

SHADES = range(10, 10 + 6 * PHOTOS, 6)
LARGE = (16, 130)
"""The shades of those photos that are as large as phones make them."""

SHELVES = "---\nid: shelves\nclose: by-hand\n---\n" + "\n".join(
    f"{n}. Look at shelf {n} {{#shelf-{n}{' input=photo' if n < 2 else ''}}}" for n in range(LONG)
)


MANY = """async ([runs, long, photos]) => {
  const { add } = await import(document.querySelector('link[href$="phone/queue.js"]').href);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const [ids, photographed] = [[], []];
  for (const run of runs) {
    for (let n = 0; n < long; n += 1) {
      const photo = n < 2 && photos.shift();
      const file = { input: "photo", name: "shelf.jpg", type: "image/jpeg", bytes: photo && bytes(photo) };
      const [outcome, reason] = n < 2 && !photo ? ["skipped", "too dark"] : ["done", ""];
      const data = { step: `shelf-${n}`, outcome, value: "", reason };
      const { id } = await add("record", data, { run, files: photo ? [file] : [] });
      ids.push(id);
      if (photo) photographed.push(id);
    }
  }
  return [ids, photographed];
}"""


def picture(shade: int, size: int) -> bytes:
    """A JPEG or PNG of this shade of grey in the middle of its noise, of about so many bytes."""
    out = BytesIO()
    if size < 10_000:
        Image.new("L", (64, 64), shade).save(out, "PNG" if shade % 2 else "JPEG")
        return out.getvalue()
    side = int(size**0.5 * 1.27)
    noise = bytes(shade - 8 + n % 16 for n in random.Random(shade).randbytes(side * side))
    Image.frombytes("L", (side, side), noise).save(out, "JPEG", quality=100)
    return out.getvalue()


def shade_of(photo: bytes) -> int:
    """Of which of these shades a picture is, however it was drawn anew."""
    mean = ImageStat.Stat(Image.open(BytesIO(photo)).convert("L")).mean[0]
    return min(SHADES, key=lambda shade: abs(shade - mean))


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


def queue_only(fault: Fault, asked: list[tuple[str, str]]) -> Callable[[str, str], Fault | None]:
    """What is sent by the queue goes wrong so; `asked` gets every request."""

    def judge(method: str, path: str) -> Fault | None:
        asked.append((method, path.partition("?")[0]))
        return fault if path.startswith("/queue") else None

    return judge


@pytest.mark.parametrize("fault", ["portal", "elsewhere", "bad gateway", "cut"])
def test_what_another_answers_is_no_page_no_list_and_no_script(
    carried: Callable[[str], Page], house: House, line: Line, fault: Fault
) -> None:
    """Nothing of it is ever kept, and nothing of what was kept is lost; also where it answers what may be
    kept, which the browser's own cache does."""
    run = opening(house)
    sam = carried("sam")
    all_kept(sam)
    before = cached(sam)
    line.fault = lambda method, path: fault
    places = ("/", "/start/pack", "/docs/fulfillment/pack/", f"/runs/{run}")
    for address in places:
        sam.goto(address)
        expect(sam.locator("#kept-line")).to_be_visible()
    sam.goto("/")
    look_again(sam)
    sam.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update()).catch(() => {})")
    sam.goto(f"/runs/{run}")
    expect(sam.locator("html")).to_have_attribute("data-phone", "ready")
    sam.locator(".hf-current, .hf-shown").first.get_by_role("button", name="Done").click()
    expect(sam.locator("#so-far")).to_contain_text("1 of 3")
    assert kept(house, run) == []
    after = cached(sam)
    assert set(before) == set(after)
    assert not [url for url, text in after.items() if "our Wi-Fi" in text or "502 Bad Gateway" in text]
    line.fault = lambda method, path: None
    sam.goto("/")
    Phone(sam).rests()
    assert kept(house, run) == ONCE[:1]
    for address in places:
        sam.goto(address)
        sam.locator("html:not([data-kept]), html[data-kept-why=slow]").wait_for(state="attached")


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


def test_airplane_mode_between_tap_and_answer(
    carried: Callable[[str], Page], house: House, line: Line
) -> None:
    """The request has left; whether it arrived nobody hears, for the radio is off."""
    run = opening(house)
    sam = carried("sam")
    all_kept(sam)
    left, off = threading.Event(), threading.Event()

    def judge(method: str, path: str) -> Fault | None:
        if method == "POST":
            left.set()
            off.wait(20)
            return "lost"
        return None

    line.fault = judge
    sam.goto(f"/runs/{run}")
    expect(sam.locator("html")).to_have_attribute("data-phone", "ready")
    sam.locator(".hf-current, .hf-shown").first.get_by_role("button", name="Done").click()
    until(left.is_set, sam)
    sam.context.set_offline(True)
    off.set()
    expect(sam.locator("#so-far")).to_contain_text("1 of 3")
    until(lambda: kept(house, run) == ONCE[:1], sam)  # it has arrived, and the phone does not know
    Phone(sam).says("1 waiting since")
    sam.reload()
    expect(sam.locator("#so-far")).to_contain_text("1 of 3")
    line.fault = lambda method, path: None
    sam.context.set_offline(False)
    Phone(sam).rests()
    assert kept(house, run) == ONCE[:1]


@pytest.mark.parametrize("last", [False, True], ids=["", "last chance"])
def test_the_worker_sends_with_no_page_open(
    carried: Callable[[str], Page], house: House, line: Line, last: bool
) -> None:
    """What does not get through stays and is tried again, also after the browser has given up trying."""
    run = opening(house)
    sam = carried("sam")
    all_kept(sam)
    asked: list[tuple[str, str]] = []
    line.fault = queue_only("bad gateway", asked)
    Phone(sam).tick(run, STEPS[0])
    Phone(sam).tick(run, STEPS[1])
    Phone(sam).says("2 waiting since")
    nothing = sam.context.new_page()
    sync = Sync(nothing)
    sam.close()
    asked.clear()
    sync.fire(line.url, last=last)
    until(lambda: ("GET", "/queue") in asked, nothing)
    assert kept(house, run) == []
    line.fault = lambda method, path: asked.append((method, path))
    asked.clear()
    sync.fire(line.url)
    until(lambda: len(kept(house, run)) == 2, nothing)
    assert kept(house, run) == ONCE[:2]
    assert {path.partition("?")[0] for _, path in asked} == {"/queue"}  # no page was there
    again = sam.context.new_page()
    again.goto("/")
    Phone(again).rests()
    assert kept(house, run) == ONCE[:2]


BEGINS = """async () => {
  const queue = await import(document.querySelector('link[href$="phone/queue.js"]').href);
  queue.flush();
}"""
SENDS = """() => navigator.locks.request("this tab", async () => {
  const { held } = await navigator.locks.query();
  const whose = (name) => held.find((lock) => lock.name === name)?.clientId;
  return whose("holdfast/queue") === whose("this tab");
})"""


def test_two_tabs_send_each_entry_once_and_one_goes_on_for_the_other(
    carried: Callable[[str], Page], house: House, line: Line
) -> None:
    """Both act; the one that sends is closed on the way, and the other goes on by itself."""
    run = opening(house)
    one = carried("sam")
    two = one.context.new_page()
    two.goto("/")
    asked: list[tuple[str, str]] = []
    line.fault = queue_only("cut", asked)
    for tab, step in zip((one, two, one), STEPS, strict=True):
        Phone(tab).tick(run, step)
    for tab in (one, two):
        Phone(tab).says("3 waiting since")
    left, gone = threading.Event(), threading.Event()

    def judge(method: str, path: str) -> Fault | None:
        if method == "POST" and not left.is_set():
            left.set()
            gone.wait(20)
            return "lost"
        return None

    line.fault = judge
    one.evaluate(BEGINS)  # unless it, or the other, has tried again by itself
    until(left.is_set, one)
    for tab in (one, two):
        Phone(tab).says("sending 3 of 3")
    sender, other = (two, one) if two.evaluate(SENDS) else (one, two)
    sender.close()
    gone.set()
    Phone(other).rests()
    expect(other.locator("#saved")).not_to_contain_text("waiting")
    assert kept(house, run) == ONCE


HOLDS = """() => navigator.locks.request("holdfast/queue", () => new Promise(() => {}))"""


def test_a_tab_that_the_phone_has_put_to_sleep_stops_nobody(
    carried: Callable[[str], Page], house: House
) -> None:
    run = opening(house)
    sam = carried("sam")
    asleep = sam.context.new_page()
    asleep.goto("/offline")
    asleep.evaluate(f"() => {{ ({HOLDS})(); }}")
    sam.clock.install()
    sam.goto("/")
    Phone(sam).tick(run, STEPS[0])
    sam.clock.run_for(30_000)
    assert kept(house, run) == []
    sam.clock.run_for(130_000)
    until(lambda: kept(house, run) == ONCE[:1], sam)


def test_five_hundred_entries_and_forty_photos_wait_and_arrive(
    carried: Callable[[str], Page], house: House, line: Line
) -> None:
    """Every record once and in order, every photo once and at its own record."""
    (house.workspace / "sops/shelves.md").write_text(SHELVES)
    house.publish()
    runs = [opening(house, sop="shelves") for _ in range(RUNS)]
    sam = carried("sam")
    all_kept(sam)
    line.fault = lambda method, path: "cut"
    photos = [picture(shade, 4_000_000 if shade in LARGE else 1000) for shade in SHADES]
    sizes = sorted(map(len, photos))
    assert sizes[-2] > 3_000_000 and sizes[-3] < 10_000
    coded = [base64.b64encode(photo).decode() for photo in photos]
    ids, photographed = sam.evaluate(MANY, [runs, LONG, coded])
    sam.goto("/")
    Phone(sam).says("500 waiting since")
    line.fault = lambda method, path: None
    Phone(sam).call("flush")
    Phone(sam).rests()
    with house.app.app_context():
        query = select(Record).where(Record.run_id.in_(runs)).order_by(Record.received_at, Record.device_seq)
        there = [(str(record.id), record.device_seq) for record in db.session.scalars(query)]
        evidence = db.session.scalars(select(Evidence).where(Evidence.record_id.in_(map(UUID, ids)))).all()
        shades = [(str(one.record_id), shade_of(pieces.get(store(), one))) for one in evidence]
        db.session.remove()
    assert there == list(zip(ids, range(1, 501), strict=True))
    assert sorted(shades) == sorted(zip(photographed, SHADES, strict=True))
