"""From a tap to the next step on the screen, on a phone whose processor is four times slower, in Chromium."""

from __future__ import annotations

import sys
from statistics import median
from typing import Any

import bench
from playwright.sync_api import Page, sync_playwright

from tests.support.chromium import executable

TARGET = 100  # ms
SLOWER = 4
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]

_TIMED = """(step) => new Promise((done) => {
    const row = document.getElementById(`step-${step}`);
    const next = `step-${step + 1}`;
    const began = performance.now();
    const seen = () => {
        const now = document.getElementById(next);
        if (!now?.matches(".hf-current")) return requestAnimationFrame(seen);
        setTimeout(() => done(performance.now() - began));  // once this frame is painted
    };
    row.querySelector(".hf-do .hf-big").click();
    requestAnimationFrame(seen);
})"""


def tick(page: Page, first: int, count: int) -> list[float]:
    """Tick some steps one after the other; ms from each tap until the next step was painted."""
    times: list[float] = []
    for step in range(first, first + count):
        page.wait_for_timeout(600)  # no finger is faster: until then a second tap does nothing
        times.append(page.evaluate(_TIMED, step))
    return times


def measured(address: str, path: str, count: int) -> dict[str, list[float]]:
    """The times online and offline on one run's page."""
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
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        found = {"online": tick(page, 0, count)}
        page.context.set_offline(True)
        found["offline"] = tick(page, count, count)
        browser.close()
    return found


def document(steps: int) -> str:
    """An SOP of so many steps to tick."""
    lines = "\n".join(f"{n}. Check bin {n} of the shelf {{#bin-{n}}}" for n in range(1, steps + 1))
    return f"---\ntitle: Check {steps} bins\nowner: {bench.LOGIN}\n---\n{lines}\n"


def main() -> int:
    sizes = {"sop-12": 12, "sop-60": 60, "sop-1000": 1000}
    rows: list[tuple[str, str, str, bool | None]] = []
    with bench.workspace({f"{name}.md": document(steps) for name, steps in sizes.items()}) as place:
        runs = bench.furnish(place, dict.fromkeys(sizes, 1))
        with bench.serving(place) as address:
            for name, steps in sizes.items():
                for how, times in measured(address, f"/runs/{runs[name][0]}", 5).items():
                    worst = max(times)
                    row = f"{steps} steps, {how}", f"{median(times):5.0f} ms, at most {worst:.0f} ms"
                    rows.append((*row, f"<= {TARGET} ms", median(times) <= TARGET))
    return bench.report("From a tap to the next step on the screen, CPU × 4 slower", rows)


if __name__ == "__main__":
    sys.exit(main())
