"""A shift without network, and a line on which much goes wrong: what of it is on the server in the end.

Real browsers, the real server. What people do is given to the page's own queue, as the forms of a run do it.
"""

from __future__ import annotations

import base64
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import bench
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright
from sqlalchemy import select

from tests.support.chromium import executable
from tests.support.evidence import shot
from tests.support.proxy import Fault, Line, bad_line
from tracker import config
from tracker.app import create_app
from tracker.db import db
from tracker.models import Evidence, Record

TARGET = 60  # s from the network's return to an empty phone
HOURS = 8
RUNS, STEPS, PHOTOS = 50, 10, 40
KILLED = (170, 340)  # after so many ticks the tab dies
FLAKY_RUNS, FLAKY_STEPS, DEVICES = 20, 12, 3
FAILS, LOSES = 0.3, 0.1
FAULTS: tuple[Fault, ...] = ("cut", "middle", "bad gateway", "portal")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

TICK = """async ([run, step, outcome, photo]) => {
    const queue = await import(document.querySelector('link[href$="phone/queue.js"]').href);
    const bytes = photo && Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0)).buffer;
    const files = photo ? [{input: 'photo', name: 'photo.jpg', type: 'image/jpeg', bytes}] : [];
    const reason = outcome === 'skipped' ? 'No time' : '';
    const data = {step, outcome, value: '', reason, note: '', cancels: null};
    return (await queue.add('record', data, {run, files})).id;
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
    """A record on the server: its id, the phone's number of it, of which step, how many photos it has."""

    id: str
    seq: int
    run: int
    step: str
    photos: int


def document(sop: str, steps: int, photo: bool) -> str:
    lines = [f"{n}. Look into bin {n} {{#bin-{n}}}" for n in range(1, steps + 1)]
    if photo:
        lines[-1] = f"{steps}. Photograph the pallet {{#photo .optional input=photo}}"
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
        photos: dict[str, int] = {}
        for record_id in session.scalars(select(Evidence.record_id)):
            photos[str(record_id)] = photos.get(str(record_id), 0) + 1
        query = select(Record).where(Record.run_id.in_(runs)).order_by(Record.received_at, Record.device_seq)
        rows = [
            Arrived(
                str(row.id), row.device_seq or 0, row.run_id, row.step_key or "", photos.get(str(row.id), 0)
            )
            for row in session.scalars(query)
        ]
        db.session.remove()
        db.engine.dispose()
    return rows


def killed(page: Page, address: str) -> Page:
    """Let the tab's process die, and open another tab, as somebody does who finds the page gone.

    The page itself comes from the server here; nothing of the queue gets through.
    """
    context = page.context
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")
    page.close()
    context.route(lambda url: url.partition("?")[0].endswith("/queue"), lambda route: route.abort())
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"{address}/")
    context.set_offline(True)
    context.unroute_all()
    return page


def shift(browser: Browser, address: str, runs: Sequence[int]) -> tuple[list[str], float]:
    """Work for hours without network, then have it again: what was done, seconds until all is sent."""
    context = browser.new_context(**PHONE)
    page = enter(context, address)
    began = datetime.now(UTC) - timedelta(hours=HOURS)
    done: list[str] = []
    context.set_offline(True)
    for place, run in enumerate(runs):
        for n in range(1, STEPS + 1):
            context.clock.set_system_time(began + timedelta(hours=HOURS) * len(done) / (RUNS * STEPS))
            photographed = n == STEPS and place < PHOTOS
            photo = base64.b64encode(shot(500_000)).decode() if photographed else None
            outcome = "skipped" if n == STEPS and not photographed else "done"
            done.append(page.evaluate(TICK, [run, "photo" if n == STEPS else f"bin-{n}", outcome, photo]))
            if len(done) in KILLED:
                page = killed(page, address)
    context.clock.set_system_time(datetime.now(UTC))
    started = time.perf_counter()
    context.set_offline(False)
    page.evaluate(EMPTY)
    took = time.perf_counter() - started
    context.close()
    return done, took


def flaky(browser: Browser, line: Line, runs: Sequence[int]) -> tuple[list[str], float]:
    """Several phones at several runs on a line that fails often: what was done, seconds until all is sent."""
    chance = random.Random(13)
    pages = [enter(browser.new_context(**PHONE), line.url) for _ in range(DEVICES)]

    def fault(method: str, path: str) -> Fault | None:
        at = chance.random() if path.startswith("/queue") else 1
        return chance.choice(FAULTS) if at < FAILS else "lost" if at < FAILS + LOSES else None

    line.fault = fault
    started = time.perf_counter()
    acts = [(run, f"bin-{n}") for n in range(1, FLAKY_STEPS + 1) for run in runs]
    done = [pages[n % DEVICES].evaluate(TICK, [*act, "done", None]) for n, act in enumerate(acts)]
    for page in pages:
        page.evaluate(EMPTY)
    took = time.perf_counter() - started
    for page in pages:
        page.context.close()
    return done, took


def compared(done: Sequence[str], there: Sequence[Arrived]) -> tuple[str, bool]:
    """How many of what was done are lost, and how many are there twice."""
    ids = [record.id for record in there]
    lost, twice = len(set(done) - set(ids)), len(ids) - len(set(ids))
    more = len(set(ids) - set(done))
    return f"{lost} lost, {twice} twice, {more} of nobody", not (lost or twice or more)


def main() -> int:
    documents = {
        "shift.md": document("shift", STEPS, True),
        "flaky.md": document("flaky", FLAKY_STEPS, False),
    }
    rows: list[tuple[str, str, str, bool | None]] = []
    with bench.workspace(documents) as place, sync_playwright() as playwright:
        runs = bench.furnish(place, {"shift": RUNS, "flaky": FLAKY_RUNS}, ago=timedelta(hours=HOURS + 1))
        browser = playwright.chromium.launch(executable_path=executable(), args=QUIET)
        with bench.serving(place) as address:
            done, took = shift(browser, address, runs["shift"])
            there = arrived(place, runs["shift"])
            told, exactly = compared(done, there)
            photos, numbers = [record.photos for record in there], [record.seq for record in there]
            in_order = [record.id for record in there] == done and numbers == sorted(numbers)
            once = sorted(filter(None, photos)) == [1] * PHOTOS
            rows += [
                ("records", f"{len(there)} of {len(done)}", f"{RUNS * STEPS}", len(there) == RUNS * STEPS),
                ("  lost, doubled", told, "0", exactly),
                ("  in order", "yes" if in_order else "no", "yes", in_order),
                ("photos", f"{sum(photos)}", f"{PHOTOS}, once each", once),
                ("from network to an empty phone", f"{took:.1f} s", f"<= {TARGET} s", took <= TARGET),
            ]
            with bad_line(address) as line:
                done, took = flaky(browser, line, runs["flaky"])
            told, exactly = compared(done, there := arrived(place, runs["flaky"]))
            steps = sorted(Counter((record.run, record.step) for record in there).values())
            rows += [
                (
                    f"{FAILS:.0%} fail, {LOSES:.0%} of answers lost",
                    f"{len(there)} of {len(done)}",
                    "all",
                    None,
                ),
                ("  lost, doubled", told, "0", exactly and set(steps) == {1}),
                ("  until all were sent", f"{took:.1f} s", "", None),
            ]
        browser.close()
    return bench.report(
        f"{HOURS} hours offline, {RUNS * STEPS} ticks, {PHOTOS} photos, two dead tabs; then a flaky line",
        rows,
    )


if __name__ == "__main__":
    sys.exit(main())
