"""How long a test waits for what must come: so long that it is late only where something is wrong.

Machines that test do much else. Who waits longer than needed costs nothing: what is waited for ends it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0  # s


def until(holds: Callable[[], object]) -> None:
    """Wait for that; fails where it does not come."""
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.01)
