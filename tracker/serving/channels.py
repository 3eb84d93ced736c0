"""Connections that have deadlines: each knows until when it has to make progress."""

from __future__ import annotations

import time
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask
from waitress.utilities import Error

from tracker.networks import network
from tracker.serving.requests import Request
from tracker.web.policy import SANDBOX

if TYPE_CHECKING:
    from tracker.serving.door import Door


BODY = 65_536  # bytes of a long body that are read at once
HESITANT = 1.0  # s; an honest request is here in one piece or two


class State(IntEnum):
    """What a connection is at, in the order in which they are closed for newcomers. One at work never is."""

    UNKNOWN = 0  # it has not brought a whole request yet
    KEPT = 1  # it had its answer and may ask again
    SENDING = 2  # a body is coming
    READING = 3  # an answer is going out
    WORKING = 4  # its request waits, or is being worked on


PLAIN = [
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", SANDBOX),
    ("Cache-Control", "no-store"),
]
"""Headers of what is answered before the application is asked, which is text and nothing else."""


class Refusal(ErrorTask):  # type: ignore[misc]
    """The answer to what is no request, or too much."""

    def execute(self) -> None:
        self.response_headers.extend(PLAIN)
        super().execute()


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection. The loop alone reads and closes it; a thread works on its requests."""

    server: Door
    request: Request | None
    error_task_class = Refusal

    def __init__(self, server: Door, *given: Any, **more: Any) -> None:
        now = time.monotonic()
        self.since = now  # when it came into this state
        self.moved = now  # when the last byte came or went
        self.went = 0  # bytes that went out of the answers that wait
        self.served = False
        self.put_off = False  # its next request waits until the answer before is sent
        super().__init__(server, *given, **more)
        self.address = network(str(self.addr[0]))
        self.read_as(Request)
        server.opened(self)

    def read_as(self, kind: type[Request]) -> None:
        """Read what comes next as requests of this kind."""
        self.parser_class = partial(
            kind, limits=self.server.limits, held=self.server.held, address=self.address
        )

    @property
    def aside(self) -> bool:
        """Whether what it sends may wait for what others do: a long body, or a request in dribs and drabs."""
        request = self.request
        return request is not None and (request.long or self.moved - self.since > HESITANT)

    @property
    def to_write(self) -> bool:
        """Whether something would be sent, were it written to now."""
        return bool(self._answers or self.will_close or self.close_when_flushed or self.put_off)

    @property
    def _answers(self) -> bool:
        """Whether some of an answer waits to go out."""
        waits: int = self.total_outbufs_len
        return waits > 0 and (not self.requests or waits >= self.adj.send_bytes)

    @property
    def state(self) -> State:
        """The state in which the connection is at the moment."""
        if self._answers:
            return State.READING
        if self.requests:
            return State.WORKING
        if self.request is not None and self.request.headers_finished:
            return State.SENDING
        return State.KEPT if self.served else State.UNKNOWN

    def deadline(self) -> float:
        """The moment, by the monotonic clock, at which the connection is closed unless it makes progress."""
        limits, state = self.server.limits, self.state
        if state is State.WORKING:
            return float("inf")
        if state is State.READING:
            return min(self.moved + limits.stall, self.since + limits.grace + self.went / limits.answer_rate)
        if self.request is None:
            return self.since + (limits.kept if state is State.KEPT else limits.silence)
        if not self.request.headers_finished:
            return self.since + limits.headers
        rate = limits.vain_rate if self.request.in_vain else limits.body_rate
        return min(self.moved + limits.stall, self.since + limits.grace + self.request.arrived / rate)

    def received(self, data: bytes) -> Any:
        before = self.request
        self.moved = time.monotonic()
        got = super().received(data)
        if self.request is not before:  # the next request begins
            self.since = self.moved
        if self.request is not None and self.request.in_vain:
            self.server.bound_vain(self)
        elif self.request is not None and self.request.holds:
            self.server.bound_bodies(self)
        if len(self.requests) > self.server.limits.at_once:
            self.handle_close()
        return got

    def recv(self, buffer_size: int) -> bytes:
        data: bytes = super().recv(BODY if self.aside else buffer_size)
        return data

    def give_up(self, error: Error | None) -> None:
        """Answer at once, without the rest of the body: with this error, or that it is too large."""
        request = self.request
        if request is None:
            return
        if error is None:
            request.take_no_more()
        else:
            request.refuse(error)
        with self.requests_lock:
            self.request, self.sent_continue = None, False
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent: int = super().send(data, do_close)
        self.note_sent(sent)
        return sent

    def note_sent(self, sent: int) -> None:
        """Count what has gone out, so that the connection is known to get on."""
        if sent:
            self.moved = time.monotonic()
            self.went += sent

    def service(self) -> None:
        """Work on one request, in a thread. The loop looks at it whenever it is woken from here."""
        self.server.at_work.channel = self
        self.served = True
        super().service()
        self._rest()

    def write_soon(self, data: Any) -> Any:
        if not self.total_outbufs_len:  # its answer begins to be sent
            self.since = self.moved = time.monotonic()
            self.went = 0
        return super().write_soon(data)

    def handle_write(self) -> None:
        super().handle_write()
        self._rest()
        if self.put_off and self.requests and not self.total_outbufs_len:
            self.put_off = False
            self.server.add_task(self)

    def writable(self) -> bool:
        return bool(super().writable() or self.put_off)

    def _rest(self) -> None:
        if not self.total_outbufs_len:
            self.since = time.monotonic()

    def handle_close(self) -> None:
        if self.server.elsewhere():  # a thread met a broken line: the loop closes it
            self.will_close = True
            self.server.pull_trigger()
            return
        super().handle_close()
        request, self.request = self.request, None
        if request is not None:
            request.close()

    def del_channel(self, map: Any = None) -> None:
        self.server.forget(self)
        super().del_channel(map)
