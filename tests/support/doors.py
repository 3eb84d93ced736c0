"""A door of its own for a test: real sockets, a small application, bounds of a test's size."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from tests.support.patience import PATIENCE
from tracker.serving.door import Door
from tracker.serving.limits import Limits

HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"


def application(environ: Any, start_response: Any) -> list[bytes]:
    """Says how much came, or as much as is asked for (`/1000`)."""
    path = environ["PATH_INFO"].strip("/")
    content = b"x" * int(path) if path.isdigit() else b"%d came" % len(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]


class _Door(Door):
    over = False

    def look_after(self, now: float) -> bool:
        if self.over:
            raise SystemExit
        return super().look_after(now)


@contextmanager
def opened(
    limits: Limits,
    channel: Callable[..., Any] | None = None,
    application: Any = application,
    **more: Any,
) -> Iterator[Door]:
    """Serve at a free port until the block ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        door = _Door(application, listening, limits, **{"threads": 1, **more})
        if channel is not None:
            door.channel_class = channel
        running = threading.Thread(target=door.run)
        running.start()
        try:
            yield door
        finally:
            door.over = True
            running.join(PATIENCE)
            for one in list(door.map.values()):
                if one is not door:
                    one.close()


def connect(door: Door, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(door.socket.getsockname(), PATIENCE, (source, 0))


def ask(door: Door, request: bytes = HELLO, source: str = "127.0.0.1") -> bytes:
    """Send that on a connection of its own; the answer."""
    with connect(door, source) as line:
        line.sendall(request)
        return answer(line)


def answer(line: socket.socket) -> bytes:
    """The status and the content of the next answer."""
    said = http.client.HTTPResponse(line)
    said.begin()
    return b"%d %s" % (said.status, said.read())


def ended(line: socket.socket, within: float) -> bool:
    """Whether the server hangs up within so many seconds; what it says before that is thrown away."""
    until = time.monotonic() + within
    while (left := until - time.monotonic()) > 0:
        line.settimeout(left)
        try:
            if not line.recv(65_536):
                return True
        except TimeoutError:
            return False
        except OSError:
            return True
    return False


QUICK = partial(Limits, sweep=0.02)
"""Bounds whose keeping is looked at often."""
