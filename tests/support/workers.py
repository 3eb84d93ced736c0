"""Pages that a service worker answers for: waiting until it does, and until the phone has all it needs."""

from __future__ import annotations

from playwright.sync_api import Page

_COUNTS = """
  globalThis.rounds = 0;
  document.addEventListener('holdfast:kept', () => { globalThis.rounds += 1; });
"""
_UNTIL = """async ([condition, number]) => {
  const worker = navigator.serviceWorker;
  const holds = { controlled: () => worker.controller, kept: () => globalThis.rounds >= number }[condition];
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${location.href} never came to be ${condition}`);
    await new Promise((then) => setTimeout(then, 20));
  }
}"""


def answers(page: Page) -> None:
    """Wait until the worker answers for the page."""
    page.evaluate(_UNTIL, ["controlled", 0])


def all_kept(page: Page) -> None:
    """Load Today anew, and wait until all is kept that belongs on the phone."""
    page.add_init_script(_COUNTS)
    page.goto("/")
    rounds(page, 1)


def rounds(page: Page, number: int) -> None:
    """Wait until the page, which came after `all_kept`, has looked so often for what belongs on the phone."""
    page.evaluate(_UNTIL, ["kept", number])


def look_again(page: Page) -> None:
    """Come back to the page after a while: it asks what belongs on the phone."""
    before = page.evaluate("globalThis.rounds")
    page.evaluate("dispatchEvent(new Event('online'))")
    rounds(page, before + 1)
