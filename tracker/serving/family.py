"""The processes of a server: each that dies is started again, after a pause that grows while it dies at once.

They are forked by a process that does nothing else: it holds no lock and no connection that a child would get
in the middle of something. How each of them is stands in memory that all of them share.
"""

from __future__ import annotations

import mmap
import os
import select
import signal
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tracker.words.terminal import say

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # s
STEADY_SECONDS = 60.0
"""What has lived for so long before it died is started again after the first pause."""

LOOK_SECONDS = 0.2
END_SECONDS = 7
"""For the processes to end what they are at, once the server ends."""

Tell = Callable[[str], None]


def pause(deaths: int) -> float:
    """Seconds until the next start of what has died so often in a row.

    >>> [pause(deaths) for deaths in (1, 2, 3, 4, 9)]
    [0.5, 1.0, 2.0, 4.0, 60.0]
    """
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(deaths - 1, 10)))


class Board:
    """How often in a row each of some parts has died, and how; seen by every process that is forked later."""

    _ROW = struct.Struct("<qq")  # deaths in a row, exit code of the last

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._rows = mmap.mmap(-1, max(1, len(names)) * self._ROW.size)

    def set(self, name: str, deaths: int, code: int = 0) -> None:
        """Note that a part runs (no deaths), or has died so often in a row, and is to be started again."""
        self._ROW.pack_into(self._rows, self.names.index(name) * self._ROW.size, deaths, code)

    def down(self) -> dict[str, tuple[int, int]]:
        """The parts that do not run as they should, each with its deaths in a row and its last exit code."""
        rows = {
            name: self._ROW.unpack_from(self._rows, n * self._ROW.size) for n, name in enumerate(self.names)
        }
        return {name: (deaths, code) for name, (deaths, code) in rows.items() if deaths}


@dataclass(slots=True)
class Member:
    """A process that is kept running. `act` is what it does; it ends the process by itself."""

    name: str
    act: Callable[[], object]
    process: int = 0
    deaths: int = 0
    began: float = 0.0
    due: float = 0.0


def keep(members: Sequence[Member], board: Board, alive: int, begun: int, tell: Tell) -> None:
    """Start the members, and each of them again when it dies, until the server (the end of `alive`) ends.

    A byte is written to `begun` once all are started.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
    for member in members:
        _start(member, time.monotonic())
    os.write(begun, b".")
    os.close(begun)
    while not select.select([alive], [], [], LOOK_SECONDS)[0]:
        now = time.monotonic()
        _reap(members, board, now, tell)
        for member in members:
            if not member.process and member.due <= now:
                _start(member, now)
            elif member.process and member.deaths and now - member.began > pause(member.deaths):
                board.set(member.name, 0)  # it runs; how often it died is kept, in case it dies again soon
    _wait(members)


def _start(member: Member, now: float) -> None:
    process = os.fork()
    if not process:
        with suppress(SystemExit):
            member.act()
        os._exit(1)
    member.process, member.began = process, now


def _reap(members: Sequence[Member], board: Board, now: float, tell: Tell) -> None:
    """Take note of the members that have ended, and say so."""
    for member in members:
        if not member.process:
            continue
        ended, status = os.waitpid(member.process, os.WNOHANG)
        if not ended:
            continue
        code = os.waitstatus_to_exitcode(status)
        member.deaths = 1 if now - member.began > STEADY_SECONDS else member.deaths + 1
        member.process, member.due = 0, now + pause(member.deaths)
        board.set(member.name, member.deaths, code)
        words = say(
            "a process (%(name)s) ended (%(code)s); the others go on. It is started again in %(pause)s s.",
            name=member.name,
            code=code,
            pause=f"{pause(member.deaths):g}",
        )
        tell(f"error: {words}")


def _wait(members: Sequence[Member]) -> None:
    """Give the members, which know that the server ends, the time to end what they are at."""
    give_up = time.monotonic() + END_SECONDS
    left = {member.process for member in members if member.process}
    while left and time.monotonic() < give_up:
        left = {process for process in left if not os.waitpid(process, os.WNOHANG)[0]}
        time.sleep(0.02)
    os._exit(0)
