"""The loop of the connections: it costs what happens, not what is open.

Waitress's own loop asks every connection at every turn whether it wants anything, which takes milliseconds
with thousands of idle ones. Here each is registered with the kernel (epoll), and registered again only when
what it waits for has changed.
"""

from __future__ import annotations

import select
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.utilities import logger

from tracker.serving.channels import Channel

if TYPE_CHECKING:
    from tracker.serving.door import Door

EVENTS = 64  # handled in one turn; the kernel reports the rest first in the next turn
ASIDE = 16  # events handled at once of what stands aside: long bodies, handshakes, slow requests
SPELL = 0.002  # s that the loop spends on those in a row
REST = 0.01  # s that those wait then, or as long as they took: each turn takes Python’s lock from a tick
AFTER_ERROR = 0.05  # s

AVAILABLE = hasattr(select, "epoll")
"""Where it is not (macOS, Windows), waitress's own loop is used."""

if AVAILABLE:
    READ, WRITE = select.EPOLLIN, select.EPOLLOUT


class Loop:
    """Serves the connections of one door until the process ends."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._first, self._aside = select.epoll(), select.epoll()
        self._known: dict[int, tuple[Any, int]] = {}  # descriptor → where it is registered, for what
        self._aside_from = 0.0  # the moment when those may go on
        self._aside_waits = False
        self._first.register(self._aside.fileno(), READ)
        for one in list(door.map.values()):
            self.look(one)

    def run(self) -> None:
        """Serve until the process is told to end."""
        while True:
            try:
                self.turn()
            except Exception:  # whatever is wrong with one connection, the others go on
                logger.exception("The loop of the connections met an error")
                time.sleep(AFTER_ERROR)

    def turn(self) -> None:
        """Wait for something to happen and answer to it."""
        door, now = self._door, time.monotonic()
        if self._aside_waits and now >= self._aside_from:
            self._first.modify(self._aside.fileno(), READ)
            self._aside_waits = False
        until = min(door.next_sweep, self._aside_from) if self._aside_waits else door.next_sweep
        for descriptor, event in self._first.poll(max(0.0, until - now), EVENTS):
            if descriptor == self._aside.fileno():
                self._go_on_aside()
            else:
                self._handle(descriptor, event)
        while door.changed:
            self._flush(door.changed.popleft())
        if door.look_after(time.monotonic()):
            self.look(door)  # which may accept again

    def look(self, one: wasyncore.dispatcher) -> None:
        """Register what a connection waits for now."""
        descriptor = one._fileno
        if descriptor is None:
            return
        try:
            self._register(one, descriptor)
        except OSError:  # gone, or the kernel has no room for it
            if not isinstance(one, Channel):
                raise
            one.handle_close()

    def _register(self, one: wasyncore.dispatcher, descriptor: int) -> None:
        writing = one.to_write if isinstance(one, Channel) else one.writable()
        wanted = (READ if one.readable() else 0) | (WRITE if writing else 0)
        place = self._aside if isinstance(one, Channel) and one.aside else self._first
        known = self._known.get(descriptor)
        if known == (place, wanted):
            return
        if known is None:
            place.register(descriptor, wanted)
        elif known[0] is place:
            place.modify(descriptor, wanted)
        else:
            known[0].unregister(descriptor)
            place.register(descriptor, wanted)
        self._known[descriptor] = place, wanted

    def forget(self, descriptor: int) -> None:
        """Unregister a closed descriptor: its number may come back for another connection."""
        if known := self._known.pop(descriptor, None):
            with suppress(OSError):
                known[0].unregister(descriptor)

    def _go_on_aside(self) -> None:
        began = now = time.monotonic()
        while now - began < SPELL and (events := self._aside.poll(0, ASIDE)):
            for descriptor, event in events:
                self._handle(descriptor, event)
            now = time.monotonic()
        self._aside_from, self._aside_waits = now + max(REST, now - began), True
        self._first.modify(self._aside.fileno(), 0)

    def _handle(self, descriptor: int, event: int) -> None:
        one = self._door.map.get(descriptor)
        if one is None:  # closed by what was handled before it
            return
        if event & READ and not one.readable():
            event &= ~READ  # since a thread works for it
        wasyncore.readwrite(one, event)
        self.look(one)

    def _flush(self, channel: Channel) -> None:
        """Send what a thread has prepared, as much as the socket takes at once."""
        if channel._fileno is not None and channel.to_write:
            wasyncore.write(channel)
        self.look(channel)
