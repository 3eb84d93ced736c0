"""How long a test waits for what must come: so long that it is late only where something is wrong.

Machines that test do much else. Who waits longer than needed costs nothing: what is waited for ends it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page

PATIENCE = 60.0  # s


def until(holds: Callable[[], object], page: Page | None = None) -> None:
    """Wait for that; fails where it does not come. `page`: a browser's, which goes on meanwhile."""
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up
        if page is None:
            time.sleep(0.01)
        else:
            page.wait_for_timeout(10)
