"""A limit of time around what is done for one page, in libraries and in extensions that a site adds."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PAGE_SECONDS = 60.0
"""A page that takes more work than this has lost itself; an ordinary one takes a tenth of a second."""


class OverdueError(Exception):
    """A page took too long."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise OverdueError in what takes more seconds of work; without effect where there are no signals."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: Any) -> None:
        raise OverdueError(f"it takes longer than {seconds:.0f} seconds")

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
