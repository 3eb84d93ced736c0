"""Pages that a service worker answers for: waiting until it does, and until the phone has all it needs."""

from __future__ import annotations

from playwright.sync_api import CDPSession, Page

from tests.support.patience import until

_COUNTS = """
  globalThis.rounds = 0;
  document.addEventListener('holdfast:kept', () => { globalThis.rounds += 1; });
"""
_UNTIL = """async ([condition, number]) => {
  const worker = navigator.serviceWorker;
  const holds = { controlled: () => worker.controller, kept: () => globalThis.rounds >= number }[condition];
  const end = performance.now() + 120_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${location.href} never came to be ${condition}`);
    await new Promise((then) => setTimeout(then, 20));
  }
}"""


def answers(page: Page) -> None:
    """Wait until the worker answers for the page."""
    page.evaluate(_UNTIL, ["controlled", 0])


def all_kept(page: Page, today: str = "/") -> None:
    """Load Today anew, and wait until all is kept that belongs on the phone."""
    page.add_init_script(_COUNTS)
    page.goto(today)
    rounds(page, 1)


def rounds(page: Page, number: int) -> None:
    """Wait until the page, which came after `all_kept`, has looked so often for what belongs on the phone."""
    page.evaluate(_UNTIL, ["kept", number])


def look_again(page: Page) -> None:
    """Come back to the page after a while: it asks what belongs on the phone."""
    before = page.evaluate("globalThis.rounds")
    page.evaluate("dispatchEvent(new Event('online'))")
    rounds(page, before + 1)


_CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const shelf = await caches.open(name);
    for (const request of await shelf.keys()) {
      found.push([request.url, await (await shelf.match(request)).text()]);
    }
  }
  return found;
}"""


def cached(page: Page) -> dict[str, str]:
    """All that is kept on the phone: the text under each address."""
    return dict(page.evaluate(_CACHED))


class Sync:
    """Background Sync, which the test fires: by itself the browser would fire it when it likes."""

    def __init__(self, page: Page) -> None:
        """`page` is any page of the browser's; it may be of another site, and of none."""
        self._registrations = list[str]()
        self._versions = dict[str, str]()
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._page = page
        self._devtools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: self._registrations.extend(
                one["registrationId"] for one in told["registrations"] if not one["isDeleted"]
            ),
        )
        self._devtools.send("ServiceWorker.enable")

    def fire(self, origin: str, *, tag: str = "holdfast-queue", last: bool = False) -> None:
        """Let the worker of this origin hear that there may be network."""
        until(lambda: self._registrations, self._page)
        self._devtools.send(
            "ServiceWorker.dispatchSyncEvent",
            {"origin": origin, "registrationId": self._registrations[-1], "tag": tag, "lastChance": last},
        )
