"""A shared tablet: its screen, and how somebody takes it."""

from __future__ import annotations

from playwright.sync_api import Page

TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
PIN = "7294"


def unlock(page: Page, name: str, pin: str = PIN) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Unlock").click()
