"""What a phone loads when it comes back to a run page on slow 3G, and when it can be used, in Chromium."""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable

import bench
from first_load import QUIET
from playwright.sync_api import Page, sync_playwright

from tests.support.chromium import executable
from tests.support.proxy import Line, bad_line
from tracker.db import new_id

MOST_KB = 10
MOST_SECONDS = 1.0
TIMES = 5
LATENCY, BYTES_A_SECOND = 2.0, 50_000
"""Slow 3G as Chromium's developer tools have it, on the line itself: the worker has no other one."""

WORKS = """async () => {
  await navigator.serviceWorker.ready;
  const worker = navigator.serviceWorker;
  if (!worker.controller) await new Promise(r => { worker.oncontrollerchange = r; });
  await globalThis.allKept;
}"""
USABLE = "html[data-phone=ready]"


Visits = tuple[list[float], list[int], list[Counter[str]]]


def visits(line: Line, path: str, change: Callable[[], None]) -> tuple[Visits, Visits]:
    """Let the phone keep what it needs, and come back on a slow line: seconds and bytes of each visit.

    First to a run that is as it was, then to one in which somebody else has done a step each time.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=QUIET)
        page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
        page.goto(f"{line.url}/login")
        page.fill("[name=login]", bench.LOGIN)
        page.fill("[name=password]", bench.PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{line.url}/")
        page.add_init_script(
            "globalThis.allKept ="
            " new Promise(r => document.addEventListener('holdfast:kept', r, { once: true }))"
        )
        page.goto(f"{line.url}{path}")
        page.evaluate(WORKS)
        line.delay = lambda size: LATENCY + size / BYTES_A_SECOND
        same, changed = (_visits(page, line, path, act) for act in (lambda: None, change))
        browser.close()
    return same, changed


def _visits(page: Page, line: Line, path: str, change: Callable[[], None]) -> Visits:
    seconds, until, sizes = list[float](), list[int](), list[Counter[str]]()
    for _ in range(TIMES):
        page.goto("about:blank")
        change()
        line.carried.clear()
        began = time.perf_counter()
        page.goto(f"{line.url}{path}", wait_until="commit")
        page.locator(USABLE).wait_for()
        seconds.append(time.perf_counter() - began)
        until.append(line.carried.total())
        page.evaluate("async () => { await globalThis.allKept; }")  # what comes behind it counts, too
        sizes.append(Counter(line.carried))
    return seconds, until, sizes


def rows(what: str, found: Visits) -> list[tuple[str, str, str, bool | None]]:
    seconds, until, sizes = found
    slow, large = statistics.median(seconds), statistics.median(size.total() for size in sizes) / 1000
    first = statistics.median(until) / 1000
    parts = Counter({name: round(statistics.median(size[name] for size in sizes)) for name in sizes[-1]})
    return [
        (f"{what}: usable after", f"{slow:7.2f} s", f"<= {MOST_SECONDS:.0f} s", slow <= MOST_SECONDS),
        (f"{what}: until then", f"{first:7.1f} kB", f"<= {MOST_KB} kB", first <= MOST_KB),
        (
            f"{what}: with all that is kept behind it",
            f"{large:7.1f} kB",
            f"<= {MOST_KB} kB",
            large <= MOST_KB,
        ),
        *((f"  {name}", f"{size / 1000:7.1f} kB", "", None) for name, size in parts.most_common()),
    ]


def main() -> int:
    with bench.workspace({"sop-1.md": bench.document(1)}) as place:
        found = bench.furnish(place, {"sop-1": 1})
        with bench.serving(place) as address, bad_line(address) as line:
            path = f"/runs/{found['sop-1'][0]}"
            other, steps = bench.Client(address), iter(range(12))

            def change() -> None:
                step = next(steps)
                record = {"id": str(new_id()), "step": f"step-{step + 1}", "kind": "done"}
                other.post(f"{path}/records", record | {"value": bench.VALUES[step % 6]}, htmx=True)

            same, changed = visits(line, path, change)
    return bench.report(
        "A return visit to a run page of 12 steps on slow 3G, with headers",
        [*rows("the run is the same", same), *rows("somebody did a step", changed)],
    )


if __name__ == "__main__":
    sys.exit(main())
