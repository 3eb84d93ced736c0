"""The server of one process: waitress's threads and channels, our bounds, our loop."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections import deque
from typing import Any
from wsgiref.types import WSGIApplication

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from tracker.networks import network
from tracker.serving import crowd, loop
from tracker.serving.channels import Channel, State
from tracker.serving.lanes import Lane, Lanes, lane
from tracker.serving.limits import Limits
from tracker.serving.place import below, forwarded
from tracker.serving.requests import Held, NoRoomError

NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
ROOM = 20
"""When the door is full, one connection in so many is closed at once: to choose them takes milliseconds."""

COME_AGAIN = "Very many people ask for this at the moment. Please try again in a minute."
SAY_AGAIN = 60  # s between two warnings that it is full


class Door(TcpWSGIServer):  # type: ignore[misc]
    """Accepts connections at a socket and answers their requests with the application."""

    channel_class: Any = Channel

    def __init__(
        self,
        application: WSGIApplication,
        door: socket.socket,
        limits: Limits,
        *,
        prefix: str = "",
        **settings: Any,
    ) -> None:
        self._prefix = prefix
        self.limits = limits
        self.held = Held()
        self.changed: deque[Channel] = deque()  # connections that threads have changed
        self.at_work = threading.local()  # .channel: whose request this thread works on
        self.next_sweep = 0.0
        self._pause_until = self._said = 0.0
        self._in_vain: set[Channel] = set()
        self._loop: loop.Loop | None = None
        adjusted = Adjustments(
            sockets=[door],
            asyncore_use_poll=True,
            connection_limit=2**31,  # waitress's own limit is off: ours is in `Limits`
            max_request_header_size=limits.header_size,
            inbuf_overflow=limits.in_memory,
            outbuf_overflow=2 * limits.in_memory,
            outbuf_high_watermark=2**40,  # threads never wait for a client to read
            **settings,
        )
        self._proxied = adjusted.trusted_proxy is not None
        self._lanes = Lanes(adjusted.threads, self._asks)
        super().__init__(
            application,
            {},
            _sock=door,
            dispatcher=self._lanes,
            adj=adjusted,
            sockinfo=(door.family, door.type, door.proto, door.getsockname()),
            bind_socket=False,
        )

    @property
    def map(self) -> dict[int, Any]:
        """What the loop serves, by descriptor."""
        map_of_loop: dict[int, Any] = self._map
        return map_of_loop

    def run(self) -> None:
        if not loop.AVAILABLE:
            super().run()
            return
        self._loop = loop.Loop(self)
        try:
            self._loop.run()
        except (SystemExit, KeyboardInterrupt):
            self.task_dispatcher.shutdown()

    def pull_trigger(self) -> None:
        """Wake the loop, from the thread of a channel that has something for it."""
        if self._loop is not None:
            self.changed.append(self.at_work.channel)
        super().pull_trigger()

    def elsewhere(self) -> bool:
        """Whether this is one of the threads that work, not the loop's."""
        return hasattr(self.at_work, "channel")

    def add_task(self, channel: Channel) -> None:
        """Let a thread work on a connection's next request, once what it was answered before is sent.

        So a connection never holds more than one answer that nobody reads.
        """
        if channel.total_outbufs_len:
            channel.put_off = True  # the loop sends that first, and then comes back to this
            return
        request = channel.requests[0]
        where = Lane.FLOOR
        if not request.error:
            where = lane(request.command, self._path(channel), request.arrived)
        if self._lanes.full(where):
            request.error, where = NoRoomError(COME_AGAIN), Lane.FLOOR
        self._lanes.add(where, channel)

    def _path(self, channel: Channel) -> str:
        """The path of a connection's next request within the installation."""
        request = channel.requests[0]
        given, peer = request.headers.get("X_FORWARDED_PREFIX", ""), str(channel.addr[0])
        return below(request.path, self._prefix or forwarded(given, peer, self.adj.trusted_proxy))

    def opened(self, channel: Channel) -> None:
        """Count a connection that was just accepted."""
        if self._loop is not None:
            self._loop.look(channel)

    def forget(self, channel: Channel) -> None:
        """Drop a connection that is being closed from all books."""
        self._in_vain.discard(channel)
        if self._loop is not None and channel._fileno is not None:
            self._loop.forget(channel._fileno)

    def readable(self) -> bool:
        now = time.monotonic()
        if self._loop is None:  # waitress's loop asks at every turn
            self.look_after(now)
        return bool(self.accepting and now >= self._pause_until)

    def look_after(self, now: float) -> bool:
        """Drop the overdue, if it is time to look; whether it was."""
        if now < self.next_sweep:
            return False
        self.next_sweep = now + self.limits.sweep
        for channel in list(self.active_channels.values()):
            if channel.deadline() < now:
                channel.handle_close()
        return True

    def handle_accept(self) -> None:
        super().handle_accept()
        if len(self.active_channels) > self.limits.connections:
            self._make_room()

    def accept(self) -> Any:
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            if not self._make_room():
                self._pause()
            return None

    def handle_error(self) -> None:
        """What goes wrong at one connection never closes the door."""
        self.logger.exception("A connection could not be taken")
        self._pause()

    def bound_vain(self, channel: Channel) -> None:
        """Read only so many too large bodies to their end at once (`in_vain`); the others are answered
        at once."""
        if channel in self._in_vain:
            return
        self._in_vain = {one for one in self._in_vain if one.request is not None and one.request.in_vain}
        if len(self._in_vain) < self.limits.in_vain:
            self._in_vain.add(channel)
        else:
            channel.give_up(None)

    def bound_bodies(self, channel: Channel) -> None:
        """Keep what bodies take within its bounds: the oldest of a greedy address go first, then this one."""
        most, share = self.limits.bodies, self.limits.share
        mine = self.held.by_address.get(channel.address, 0)
        if self.held.total <= most and (self._proxied or mine <= share * most):
            return
        coming = [
            (crowd.Candidate(one.address, one.state, one.since), one)
            for one in list(self.active_channels.values())
            if one is not channel and one.state is State.SENDING
            if self.held.total > most or one.address == channel.address
        ]
        for one in crowd.to_close(coming, 1 + len(coming) // ROOM, self._most(len(coming))):
            one.handle_close()
        if not coming:
            channel.give_up(NoRoomError("There is no room for what was sent. Please try again later."))

    def _asks(self, channel: Channel) -> str:
        """The address whose turn a request takes: the client's, or the one that the trusted proxy names."""
        if self.adj.trusted_proxy in (channel.addr[0], "*") and channel.requests:
            forwarded = channel.requests[0].headers.get("X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            return network(forwarded) if forwarded else channel.address
        return channel.address

    def _most(self, number: int) -> int | None:
        return None if self._proxied else int(self.limits.share * number)

    def _make_room(self) -> int:
        """Close some connections that nobody works for, so that newcomers find room; how many."""
        self._say_full()
        free = [
            (crowd.Candidate(one.address, one.state, one.since), one)
            for one in list(self.active_channels.values())
            if one.state < State.READING
        ]
        young = time.monotonic() - self.limits.young
        leaving = crowd.to_close(free, 1 + len(free) // ROOM, self._most(self.limits.connections), young)
        for one in leaving:
            one.handle_close()
        return len(leaving)

    def _say_full(self) -> None:
        now = time.monotonic()
        if now - self._said > SAY_AGAIN:
            self._said = now
            self.logger.warning(
                "%d connections are open, as many as there may be: the oldest idle ones are closed",
                len(self.active_channels),
            )

    def _pause(self) -> None:
        """Accept nobody until the next sweep; the kernel keeps who comes meanwhile in its line."""
        self._pause_until = self.next_sweep
        if self._loop is not None:
            self._loop.look(self)
