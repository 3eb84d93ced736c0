"""A shift without network, and a line on which much goes wrong: what of it is on the server in the end.

Real browsers, the real server. In the shift a person's way is gone: pages of runs that the service worker
keeps, ticks by the page's own buttons, photos by its own field; the page's process is killed, and the
browser's, in the middle of it. Buttons are pressed by key, for a finger has to wait half a second at each
step. The page's clock goes through the hours of the shift. On the bad line ticks are given to the page's
queue, as the forms of a run do it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import bench
from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, Page, expect, sync_playwright
from sqlalchemy import select

from tests.support.chromium import executable
from tests.support.evidence import shot
from tests.support.proxy import Fault, Line, bad_line
from tests.support.workers import all_kept, answers
from tracker import config
from tracker.app import create_app
from tracker.db import db
from tracker.models import Evidence, Record

TARGET = 60  # s from the network's return until the page says that all is saved
HOURS = 8
RUNS, STEPS = {"photographed": 20, "plain": 5}, 20
PHOTOS, PHOTO_AT, SIZE = 40, (0, 10), 500_000  # of each run of the first kind, bytes
PAGE_DIES, BROWSER_DIES = 170, 340  # after so many ticks
FLAKY_RUNS, FLAKY_STEPS, DEVICES = 20, 12, 3
FAILS, LOSES = 0.3, 0.1
FAULTS: tuple[Fault, ...] = ("cut", "middle", "bad gateway", "portal")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

TICK = """async ([run, step]) => {
    const queue = await import(document.querySelector('link[href$="phone/queue.js"]').href);
    const data = {step, outcome: 'done', value: '', reason: '', note: '', cancels: null};
    return (await queue.add('record', data, {run})).id;
}"""
EMPTY = """async () => {
    const queue = await import(document.querySelector('link[href$="phone/queue.js"]').href);
    for (;;) {
        const {waiting, refused, why} = await queue.status();
        if (refused) throw new Error(why);
        if (!waiting) return;
        await new Promise((again) => setTimeout(again, 50));
    }
}"""


class Arrived(NamedTuple):
    """A record on the server: its id, the phone's number and time of it, of which step, and its photos."""

    id: str
    seq: int
    at: datetime | None
    run: int
    step: str
    photos: list[str]


def document(sop: str, steps: int, photos: Sequence[int] = ()) -> str:
    lines = [
        f"{n + 1}. Look into bin {n} {{#bin-{n}{' input=photo' if n in photos else ''}}}"
        for n in range(steps)
    ]
    return f"---\nid: {sop}\nclose: by-hand\n---\n" + "\n".join(lines) + "\n"


def enter(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("[name=login]", bench.LOGIN)
    page.fill("[name=password]", bench.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{address}/")
    return page


def arrived(place: Path, runs: Sequence[int]) -> list[Arrived]:
    """The records of these runs, in the order in which they came."""
    app = create_app(config.load(place, bench.ENVIRONMENT))
    with app.app_context():
        session = db.session()
        photos: dict[str, list[str]] = {}
        for record, content in session.execute(select(Evidence.record_id, Evidence.digest)):
            photos.setdefault(str(record), []).append(content)
        query = select(Record).where(Record.run_id.in_(runs)).order_by(Record.received_at, Record.device_seq)
        rows = [
            Arrived(
                str(row.id),
                row.device_seq or 0,
                row.device_at,
                row.run_id,
                row.step_key or "",
                photos.get(str(row.id), []),
            )
            for row in session.scalars(query)
        ]
        db.session.remove()
        db.engine.dispose()
    return rows


class Phone:
    """A browser with a folder of its own, which can die and be opened again."""

    def __init__(self, chromium: BrowserType, folder: Path, line: Line) -> None:
        self._chromium, self._folder, self._line = chromium, folder, line
        self.context = self._opened()
        self.page = enter(self.context, line.url)

    def _opened(self) -> BrowserContext:
        settings = {"executable_path": executable(), "args": QUIET, "base_url": self._line.url}
        return self._chromium.launch_persistent_context(self._folder, **settings, **PHONE)

    def offline(self) -> None:
        self._line.fault = lambda method, path: "cut"
        self.context.set_offline(True)

    def online(self) -> None:
        self._line.fault = lambda method, path: None
        self.context.set_offline(False)

    def page_dies(self) -> None:
        """Let the tab's process die, and open another tab, as somebody does who finds the page gone."""
        with self.page.expect_event("crash"), suppress(Error):
            self.page.goto("chrome://crash")
        self.page.close()
        self.page = self.context.new_page()

    def browser_dies(self) -> None:
        """Kill the browser with all that it has, as a phone does that needs the room, and open it again."""
        browser = self.context.browser
        assert browser is not None
        told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        os.kill(next(process["id"] for process in told if process["type"] == "browser"), signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        self.context = self._opened()
        self.offline()
        self.page = self.context.new_page()

    def closes(self) -> None:
        self.context.close()


def tick(page: Page, n: int, photo: bool) -> None:
    """Do the step that is on the screen as a person does, and wait until the next one is there."""
    step = page.locator(f"#step-{n}.hf-shown")
    if photo:
        field = step.locator("[name=photo]")
        field.set_input_files({"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": shot(SIZE)})
        expect(step.get_by_role("img", name="The photo as it will be sent")).to_be_visible()
    step.locator(".hf-do .hf-big").press("Enter")
    expect(page.locator("#so-far")).to_contain_text(f"{n + 1} of {STEPS}")


def open_run(page: Page, run: int) -> None:
    page.goto(f"/runs/{run}")
    expect(page.locator("html")).to_have_attribute("data-phone", "ready")


def shift(phone: Phone, runs: Sequence[int]) -> tuple[list[tuple[int, str]], float]:
    """Work for hours without network, then have it again: what was done, seconds until all is sent."""
    all_kept(phone.page)
    began = datetime.now(UTC) - timedelta(hours=HOURS)
    done: list[tuple[int, str]] = []
    phone.offline()
    for place, run in enumerate(runs):
        open_run(phone.page, run)
        for n in range(STEPS):
            phone.context.clock.set_system_time(
                began + timedelta(hours=HOURS) * len(done) / (len(runs) * STEPS)
            )
            tick(phone.page, n, photo=place < RUNS["photographed"] and n in PHOTO_AT)
            done.append((run, f"bin-{n}"))
            if len(done) == PAGE_DIES:  # while it may still be writing down the last tick, which is shown
                phone.page_dies()
            elif len(done) == BROWSER_DIES:
                expect(phone.page.locator("[data-keeping]")).to_have_count(0)
                phone.browser_dies()
            if len(done) in (PAGE_DIES, BROWSER_DIES):
                open_run(phone.page, run)
                expect(phone.page.locator("#so-far")).to_contain_text(f"{n + 1} of {STEPS}")
    phone.context.clock.set_system_time(datetime.now(UTC))
    phone.page.goto("/")
    expect(phone.page.locator("#saved")).to_contain_text(f"{len(done)} waiting")
    started = time.perf_counter()
    phone.online()
    expect(phone.page.locator("#saved")).to_contain_text("all saved", timeout=600_000)
    return done, time.perf_counter() - started


def flaky(browser: Browser, line: Line, runs: Sequence[int]) -> tuple[list[str], float]:
    """Several phones at several runs on a line that fails often: what was done, seconds until all is sent."""
    chance = random.Random(13)
    pages = [enter(browser.new_context(**PHONE), line.url) for _ in range(DEVICES)]

    def fault(method: str, path: str) -> Fault | None:
        at = chance.random() if path.startswith("/queue") else 1
        return chance.choice(FAULTS) if at < FAILS else "lost" if at < FAILS + LOSES else None

    line.fault = fault
    started = time.perf_counter()
    acts = [(run, f"bin-{n}") for n in range(FLAKY_STEPS) for run in runs]
    done = [pages[n % DEVICES].evaluate(TICK, [*act]) for n, act in enumerate(acts)]
    for page in pages:
        page.evaluate(EMPTY)
    took = time.perf_counter() - started
    for page in pages:
        page.context.close()
    return done, took


Rows = list[tuple[str, str, str, bool | None]]


def told_of_shift(done: Sequence[tuple[int, str]], there: Sequence[Arrived], took: float) -> Rows:
    acts, numbers = [(record.run, record.step) for record in there], [record.seq for record in there]
    twice, lost = len(acts) - len(set(acts)), len(set(done) - set(acts))
    in_order = acts == list(done) and numbers == sorted(set(numbers))
    photos = [photo for record in there for photo in record.photos]
    rightly = Counter(len(record.photos) for record in there if record.step in {f"bin-{n}" for n in PHOTO_AT})
    once = len(set(photos)) == len(photos) == rightly[1] == PHOTOS
    times = sorted(record.at for record in there if record.at)
    hours = (times[-1] - times[0]) / timedelta(hours=1)
    return [
        ("records", f"{len(there)} of {len(done)}", f"{len(done)}", len(there) == len(done)),
        ("  lost, doubled", f"{lost} lost, {twice} twice", "0", not (lost or twice)),
        ("  in order", "yes" if in_order else "no", "yes", in_order),
        ("photos", f"{len(photos)}, {len(set(photos))} different", f"{PHOTOS}, once each", once),
        ("  from the first tick to the last", f"{hours:.1f} h", f"{HOURS} h", hours > HOURS - 0.1),
        ('from network to "all saved"', f"{took:.1f} s", f"<= {TARGET} s", took <= TARGET),
    ]


def told_of_line(done: Sequence[str], there: Sequence[Arrived], took: float) -> Rows:
    ids, steps = [record.id for record in there], Counter((record.run, record.step) for record in there)
    lost, twice = len(set(done) - set(ids)), len(there) - len(steps)
    exactly = not (lost or twice or set(ids) - set(done))
    return [
        (f"{FAILS:.0%} fail, {LOSES:.0%} of answers lost", f"{len(there)} of {len(done)}", "all", None),
        ("  lost, doubled", f"{lost} lost, {twice} twice", "0", exactly),
        ("  until all were sent", f"{took:.1f} s", "", None),
    ]


@contextmanager
def furnished() -> Iterator[tuple[Path, dict[str, list[int]], str]]:
    """A workspace with its runs, and where it is served."""
    documents = {
        "photographed.md": document("photographed", STEPS, PHOTO_AT),
        "plain.md": document("plain", STEPS),
        "flaky.md": document("flaky", FLAKY_STEPS),
    }
    with bench.workspace(documents) as place:
        runs = bench.furnish(place, {**RUNS, "flaky": FLAKY_RUNS}, ago=timedelta(hours=HOURS + 1))
        with bench.serving(place) as address:
            yield place, runs, address


def main() -> int:
    began = time.perf_counter()
    with (
        furnished() as (place, runs, address),
        bad_line(address) as line,
        tempfile.TemporaryDirectory(prefix="holdfast-phone-", ignore_cleanup_errors=True) as folder,
        sync_playwright() as playwright,
    ):
        phone = Phone(playwright.chromium, Path(folder), line)
        answers(phone.page)
        shifts = [number for sop in RUNS for number in runs[sop]]
        done, took = shift(phone, shifts)
        rows = told_of_shift(done, arrived(place, shifts), took)
        phone.closes()
        browser = playwright.chromium.launch(executable_path=executable(), args=QUIET)
        ids, took = flaky(browser, line, runs["flaky"])
        rows += told_of_line(ids, arrived(place, runs["flaky"]), took)
        browser.close()
    ran = f"{(time.perf_counter() - began) / 60:.1f} min"
    title = f"{HOURS} hours offline, {len(done)} ticks through pages, {PHOTOS} photos of {SIZE // 1000} kB"
    return bench.report(f"{title}, page and browser killed; then a flaky line; ran for {ran}", rows)


if __name__ == "__main__":
    sys.exit(main())
