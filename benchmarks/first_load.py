"""What a phone loads when it opens a run page first, and when it comes back: bytes, in Chromium."""

from __future__ import annotations

import sys
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import bench
from playwright.sync_api import sync_playwright

from tests.support.chromium import executable

TARGET = 130_000
RETURN = 10_000
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def load(address: str, path: str) -> tuple[dict[str, int], dict[str, int]]:
    """Sign in with one browser context, open the page in an empty cache, and again; bytes by path.

    Without the service worker, which loads in the background what it keeps.
    """
    sizes: dict[str, int] = {}
    names: dict[str, str] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=QUIET)
        page = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block").new_page()
        page.goto(f"{address}/login")
        page.fill("[name=login]", bench.LOGIN)
        page.fill("[name=password]", bench.PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{address}/")
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.clearBrowserCache")
        wire.on(
            "Network.requestWillBeSent",
            lambda e: names.update({e["requestId"]: urlsplit(e["request"]["url"]).path}),
        )
        wire.on(
            "Network.loadingFinished",
            lambda e: sizes.update({e["requestId"]: int(e["encodedDataLength"])}),
        )
        page.goto(f"{address}{path}", wait_until="networkidle")
        first = dict(sizes)
        sizes.clear()
        page.goto("about:blank")
        page.goto(f"{address}{path}", wait_until="networkidle")
        browser.close()
    return first, {name: size for name, size in sizes.items() if size}


def main() -> int:
    with bench.workspace({"sop-1.md": bench.document(1)}) as place:
        found = bench.furnish(place, {"sop-1": 1})
        with bench.serving(place) as address:
            sizes, again = load(address, f"/runs/{found['sop-1'][0]}")
    total = sum(sizes.values())
    assert len(sizes) > 3, sizes
    rows: list[tuple[str, str, str, bool | None]] = [
        (PurePosixPath(path).name or path, f"{size / 1000:7.1f} kB", "", None)
        for path, size in sorted(sizes.items(), key=lambda item: -item[1])
    ]
    measured = f"{total / 1000:7.1f} kB"
    rows.append(("all", measured, f"<= {TARGET // 1000} kB", total <= TARGET))
    rows += [
        (f"again: {PurePosixPath(path).name or path}", f"{size / 1000:7.1f} kB", "", None)
        for path, size in sorted(again.items(), key=lambda item: -item[1])
    ]
    back = sum(again.values())
    rows.append(("return visit", f"{back / 1000:7.1f} kB", f"<= {RETURN // 1000} kB", back <= RETURN))
    return bench.report("First load of a run page of 12 steps, compressed, with headers", rows)


if __name__ == "__main__":
    sys.exit(main())
