"""Whether a page is wider than the window that it is shown in."""

from __future__ import annotations

from playwright.sync_api import Page


def too_wide(page: Page) -> int:
    """By how many pixels a page is wider than its window; 0 where it fits.

    A phone widens what it calls `innerWidth` to a page that does not fit, so the window's own size is taken.
    """
    assert page.viewport_size
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return max(width - page.viewport_size["width"], 0)
