"""From a tap to the next step on the screen, on a phone whose processor is four times slower, in Chromium.

Beside the time stands the work: what the page's own thread computes between both, which says the same on a
machine that does much else.
"""

from __future__ import annotations

import sys
from statistics import median
from typing import Any

import bench
from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.support.chromium import executable

TARGET = 100  # ms
SLOWER = 4
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]

_WATCH = """() => {
    window.taps = [];
    addEventListener("click", ({ target, timeStamp }) => {
        const row = target.closest(".hf-do .hf-big")?.closest(".hf-step");
        if (!row) return;
        performance.mark("tapped");
        const next = `step-${Number(row.id.replace("step-", "")) + 1}`;
        const seen = () => {
            const now = document.getElementById(next);
            if (!now?.matches(".hf-current.hf-shown")) return requestAnimationFrame(seen);
            setTimeout(() => {  // once this frame is painted
                window.taps.push(performance.now() - timeStamp);
                performance.mark("seen");
            });
        };
        requestAnimationFrame(seen);
    }, true);
}"""


CATEGORIES = ["toplevel", "blink.user_timing"]


class Trace:
    """What the page's thread does, as Chromium traces it."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._events: list[dict[str, Any]] = []
        session.on("Tracing.dataCollected", lambda part: self._events.extend(part["value"]))
        config = {"includedCategories": CATEGORIES, "recordMode": "recordAsMuchAsPossible"}
        session.send("Tracing.start", {"traceConfig": config, "transferMode": "ReportEvents"})

    def work(self, page: Page) -> list[float]:
        """End it; ms of the processor from each tap until its next step was seen."""
        ended: list[Any] = []
        self._session.on("Tracing.tracingComplete", lambda told: ended.append(told))
        self._session.send("Tracing.end")
        while not ended:
            page.wait_for_timeout(50)
        marks = {name: self._named(name) for name in ("tapped", "seen")}
        thread = next((mark["pid"], mark["tid"]) for mark in marks["tapped"])
        tasks = [
            event
            for event in self._named("ThreadControllerImpl::RunTask")
            if (event["pid"], event["tid"]) == thread and event["ph"] == "X"
        ]
        return [
            sum(task.get("tdur", 0) for task in tasks if _meets(task, since["ts"], until["ts"])) / 1000
            for since, until in zip(marks["tapped"], marks["seen"], strict=True)
        ]

    def _named(self, name: str) -> list[dict[str, Any]]:
        return sorted((e for e in self._events if e["name"] == name), key=lambda event: event["ts"])


def _meets(task: dict[str, Any], since: float, until: float) -> bool:
    return bool(task["ts"] <= until and task["ts"] + task.get("dur", 0) >= since)


def tick(page: Page, first: int, count: int) -> list[float]:
    """Tick some steps by finger, one after the other; ms from each tap until the next step was painted."""
    for step in range(first, first + count):
        page.wait_for_timeout(600)  # no finger is faster: until then a second tap does nothing
        page.locator("html:not([data-quiet])").wait_for()
        page.locator(f"#step-{step} .hf-do .hf-big").tap()
        page.locator(f"#step-{step + 1}.hf-current.hf-shown").wait_for()
    page.wait_for_timeout(300)
    times: list[float] = page.evaluate("window.taps.splice(0)")
    if len(times) != count:
        raise RuntimeError(f"{count} taps showed {len(times)} steps")
    return times


def measured(address: str, path: str, count: int) -> dict[str, tuple[list[float], list[float]]]:
    """The times and the work online and offline on one run's page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=QUIET)
        phone: dict[str, Any] = {
            "viewport": {"width": 390, "height": 664},
            "has_touch": True,
            "is_mobile": True,
        }
        page = browser.new_context(**phone).new_page()
        page.goto(f"{address}/login")
        page.fill("[name=login]", bench.LOGIN)
        page.fill("[name=password]", bench.PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{address}/")
        page.goto(f"{address}{path}")
        page.locator("html[data-phone=ready]").wait_for()
        page.evaluate(_WATCH)
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        trace = Trace(session)
        online = tick(page, 0, count)
        page.context.set_offline(True)
        offline = tick(page, count, count)
        work = trace.work(page)
        found = {"online": (online, work[:count]), "offline": (offline, work[count:])}
        browser.close()
    return found


def document(steps: int) -> str:
    """An SOP of so many steps to tick."""
    lines = "\n".join(f"{n}. Check bin {n} of the shelf {{#bin-{n}}}" for n in range(1, steps + 1))
    return f"---\ntitle: Check {steps} bins\nowner: {bench.LOGIN}\n---\n{lines}\n"


def main() -> int:
    sizes = {f"sop-{steps}": steps for steps in map(int, sys.argv[1:] or (12, 60, 1000))}
    rows: list[tuple[str, str, str, bool | None]] = []
    with bench.workspace({f"{name}.md": document(steps) for name, steps in sizes.items()}) as place:
        runs = bench.furnish(place, dict.fromkeys(sizes, 1))
        with bench.serving(place) as address:
            for name, steps in sizes.items():
                for how, (times, work) in measured(address, f"/runs/{runs[name][0]}", 5).items():
                    spread = f"{min(times):.0f} to {max(times):.0f} ms; work {median(work):.0f} ms"
                    row = (
                        f"{steps} steps, {how}",
                        f"{median(times):5.0f} ms, {spread}",
                    )
                    rows.append((*row, f"<= {TARGET} ms", median(times) <= TARGET))
    return bench.report("From a tap to the next step on the screen, CPU × 4 slower", rows)


if __name__ == "__main__":
    sys.exit(main())
