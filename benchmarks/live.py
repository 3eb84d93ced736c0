"""From a tick on one phone to another's screen: two real browsers on one run."""

from __future__ import annotations

import random
import sys
import time

import bench
from playwright.sync_api import Page, sync_playwright

from tests.support.chromium import executable

TARGET = 2.0  # s
TICKS = 20
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DOCUMENT = "---\nid: sop-1\n---\n" + "\n".join(
    f"{n}. Look into bin {n} {{#bin-{n}}}" for n in range(1, TICKS + 1)
)

# Tells when the step is done on this screen, by the machine's clock, which both browsers share.
WATCH = """id => new Promise((seen) => {
    const done = () => document.querySelector(`#${id}.hf-is-done`);
    const look = () => (done() ? seen(Date.now()) : requestAnimationFrame(look));
    look();
})"""
TICK = """id => {
    document.querySelector(`#${id} .hf-do`).requestSubmit();
    return Date.now();
}"""


def enter(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=login]", bench.LOGIN)
    page.fill("[name=password]", bench.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}{path}", wait_until="networkidle")


def measure(address: str, path: str) -> list[float]:
    """Seconds from each tick to the other screen."""
    took = []
    with sync_playwright() as playwright:
        browsers = [playwright.chromium.launch(executable_path=executable(), args=QUIET) for _ in range(2)]
        one, other = (browser.new_context(**PHONE).new_page() for browser in browsers)
        for page in (one, other):
            enter(page, address, path)
        chance = random.Random(7)
        for step in range(TICKS):
            one.wait_for_selector(f"#step-{step}.hf-current")
            time.sleep(chance.uniform(0, 2))  # at any moment between two looks of the other
            ticked = one.evaluate(TICK, f"step-{step}")
            took.append((other.evaluate(WATCH, f"step-{step}") - ticked) / 1000)
        for browser in browsers:
            browser.close()
    return sorted(took)


def main() -> int:
    with bench.workspace({"sop-1.md": DOCUMENT}) as place:
        found = bench.furnish(place, {"sop-1": 1})
        with bench.serving(place) as address:
            took = measure(address, f"/runs/{found['sop-1'][0]}")
    rows: list[tuple[str, str, str, bool | None]] = [
        ("half of the ticks", f"{took[len(took) // 2]:.2f} s", "", None),
        ("19 of 20", f"{took[int(0.95 * len(took)) - 1]:.2f} s", "", None),
        ("the slowest", f"{took[-1]:.2f} s", f"<= {TARGET:.0f} s", took[-1] <= TARGET),
    ]
    return bench.report(f"{TICKS} ticks on one phone, seen on another", rows)


if __name__ == "__main__":
    sys.exit(main())
