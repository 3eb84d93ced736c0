"""What axe-core objects to on a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def objections(page: Page) -> list[str]:
    """What axe finds, a line for each element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate("source => window.eval(source)", AXE.read_text())
    rules = WCAG if "/docs/" in page.url else [*WCAG, "best-practice"]  # the site's frame is Material's
    result = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules)
    return [
        f"{page.url} {finding['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for finding in result["violations"]
        for node in finding["nodes"]
    ]
