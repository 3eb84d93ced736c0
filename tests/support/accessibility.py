"""What axe-core objects to on a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RUN = "rules => axe.run({runOnly: rules, resultTypes: ['violations'], preload: false})"  # there is no sound
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


COLOURS = ["color-contrast", "link-in-text-block"]


def objections(page: Page, *, colours: bool = False) -> list[str]:
    """What axe finds, a line for each element; `colours` for a page that was judged in other ones already."""
    if not page.evaluate("'axe' in window"):
        page.evaluate("source => window.eval(source)", AXE.read_text())
    rules = WCAG if "/docs/" in page.url else [*WCAG, "best-practice"]  # the site's frame is Material's
    result = page.evaluate(RUN, COLOURS if colours else rules)
    return [
        f"{page.url} {finding['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for finding in result["violations"]
        for node in finding["nodes"]
    ]
