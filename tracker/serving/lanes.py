"""Requests that take long wait in a line of their own, so that a tick never waits for them.

Each process has few threads. Fifty strangers who sign in with wrong passwords, each checked slowly on
purpose, would have all of them; so would a few people who look at half a year of figures, or two phones that
come back with a day's photos, each to be drawn anew.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from tracker.serving.turns import Turns

MOST = 100
"""Requests that wait in a slow lane of one process; more are told to come again."""

LARGE = 131_072
"""Bytes of a body above which it brings photos or files: a hundred records without any have fewer."""

RESTS, LONGEST_REST = 3, 1.0  # times as long as it took; s


class Lane(StrEnum):
    """Where a request waits: each lane but the first has one thread."""

    FLOOR = "floor"
    ENTRANCE = "entrance"  # passwords of people who are not signed in, checked slowly on purpose
    FIGURES = "figures"  # reports and exports: much is read and counted
    PHOTOS = "photos"  # and files: each photo is looked at and drawn anew
    RECORDS = "records"  # all that was recorded: as long as the line to the reader is slow


LONG = (
    (Lane.ENTRANCE, "POST", re.compile(r"/(setup|login|forgotten|link)(/|$)")),
    (Lane.FIGURES, "GET", re.compile(r"/(overview|library|weak-points|load)(/|$)")),
    (Lane.FIGURES, "GET", re.compile(r"/(dependency|spot-checks|sops)(/|$)")),
    (Lane.FIGURES, "GET", re.compile(r"/.*\.csv$")),
    (Lane.RECORDS, "GET", re.compile(r"/closed-runs/records$")),
    (Lane.FIGURES, "GET", re.compile(r"/closed-runs(/|$)")),
)
"""What takes long, by method and path; all else is of the floor, unless it is large."""


def lane(command: str, path: str, size: int = 0) -> Lane:
    """Where a request waits, by its method, its path and the bytes of its body.

    For HEAD all is done that is done for GET.
    """
    command = "GET" if command == "HEAD" else command
    otherwise = Lane.PHOTOS if size > LARGE else Lane.FLOOR
    return next((lane for lane, of, paths in LONG if command == of and paths.match(path)), otherwise)


class _Unhurried:
    """A task after which its thread rests three times as long as it took, for others to go on."""

    def __init__(self, task: Any) -> None:
        self.task = task
        self.cancel = task.cancel

    def service(self) -> None:
        began = time.monotonic()
        self.task.service()
        time.sleep(min(LONGEST_REST, RESTS * (time.monotonic() - began)))


class Lanes:
    """The threads of one process and what waits for them. Waitress sees one dispatcher."""

    def __init__(self, threads: int, whose: Callable[[Any], str]) -> None:
        self._lanes = {lane: ThreadedTaskDispatcher() for lane in Lane}
        for lane, dispatcher in self._lanes.items():
            dispatcher.queue = Turns(lambda task: whose(task.task if isinstance(task, _Unhurried) else task))
            dispatcher.set_thread_count(threads if lane is Lane.FLOOR else 1)

    def waiting(self, lane: Lane) -> int:
        """How many requests wait in a lane."""
        return len(self._lanes[lane].queue)

    def full(self, lane: Lane) -> bool:
        """Whether a lane takes no more requests; the floor always does."""
        return lane is not Lane.FLOOR and self.waiting(lane) >= MOST

    def add(self, lane: Lane, task: Any) -> None:
        """Let a task wait in a lane until one of its threads is free."""
        self._lanes[lane].add_task(_Unhurried(task) if lane is Lane.ENTRANCE else task)

    def shutdown(self) -> None:
        """End all threads."""
        for dispatcher in self._lanes.values():
            dispatcher.shutdown()
