"""Guessing passwords is slowed for the guesser, not for the person whose account it is."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta

from tracker.errors import N_, ThrottledError

WINDOW = timedelta(minutes=10)
TRIES = 8
MOST_PLACES = 10_000


class Throttle:
    """Counts failed tries by (address, login) and by address, over a window."""

    def __init__(self) -> None:
        self._failed: dict[tuple[str, str], deque[datetime]] = {}
        self._lock = threading.Lock()

    def check(self, address: str, login: str, now: datetime) -> None:
        """Raise ThrottledError if this address has failed too often with this login, or all in all."""
        with self._lock:
            for place, most in (((address, login), TRIES), ((address, ""), TRIES * 5)):
                tries = self._recent(place, now)
                if len(tries) >= most:
                    wait = int((tries[0] + WINDOW - now).total_seconds() // 60) + 1
                    raise ThrottledError(
                        N_("Too many tries from here. Wait %(n)s minutes, or ask an admin for help."),
                        n=wait,
                    )

    def failed(self, address: str, login: str, now: datetime) -> None:
        """Count one failed try."""
        with self._lock:
            if len(self._failed) > MOST_PLACES:
                self._failed.clear()
            for place in ((address, login), (address, "")):
                self._recent(place, now).append(now)

    def _recent(self, place: tuple[str, str], now: datetime) -> deque[datetime]:
        tries = self._failed.setdefault(place, deque())
        while tries and tries[0] < now - WINDOW:
            tries.popleft()
        return tries
