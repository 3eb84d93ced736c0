"""Small reverse proxies: one that gives an installation a path of a host, and one that is a bad line."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

from tests.support.patience import PATIENCE

LEFT_OUT = {"connection", "keep-alive", "transfer-encoding", "date", "server"}

Fault = Literal["cut", "middle", "lost", "bad gateway", "portal", "elsewhere"]
"""What can go wrong: no request arrives, half of one does, or one does whose answer is lost; a page of a
proxy's own; a portal's page, which says 200, or its redirect to another host: browsers may keep both."""

_HTML, _KEEP = ("Content-Type", "text/html"), ("Cache-Control", "public, max-age=3600")
PAGES: dict[Fault, tuple[int, list[tuple[str, str]], bytes]] = {
    "bad gateway": (502, [_HTML], b"<html><h1>502 Bad Gateway</h1></html>"),
    "portal": (
        200,
        [_HTML, _KEEP],
        b"<html><title>Wi-Fi</title><form><h1>Welcome to our Wi-Fi</h1><input name=room></form></html>",
    ),
    "elsewhere": (
        301,
        [_HTML, _KEEP, ("Location", "http://wifi.invalid/")],
        b"<html>To our Wi-Fi</html>",
    ),
}


@dataclass(slots=True)
class Proxy:
    """Where it is, and what it was asked for that is not below the path."""

    url: str
    strays: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """Where it is, and what happens to a request by its method and path; None means that it is passed on.

    `target`: the server at its other end, which another one may follow. `delay`: the seconds by which an
    answer of so many bytes comes later. `carried`: bytes of answers, with their headers, by path.
    """

    url: str
    target: str
    fault: Callable[[str, str], Fault | None] = lambda method, path: None
    delay: Callable[[int], float] = lambda size: 0.0
    carried: Counter[str] = field(default_factory=Counter)


class Handler(BaseHTTPRequestHandler):
    """Passes requests on."""

    protocol_version = "HTTP/1.1"
    target: str

    def pass_on(self) -> None:
        self.respond(self.fetch(self.path, self.body(), {}))

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def fetch(self, path: str, body: bytes, more: dict[str, str]) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the server answers to this request under another path."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in LEFT_OUT}
        connection = http.client.HTTPConnection(self.target, timeout=PATIENCE)
        connection.request(self.command, path, body or None, headers | more)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def respond(self, answer: tuple[int, list[tuple[str, str]], bytes]) -> None:
        status, headers, content = answer
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in LEFT_OUT | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):  # whoever asked has gone
                self.wfile.write(content)

    def begin(self, status: int, size: int) -> None:
        """The first lines of an answer whose rest never comes; without them browsers ask once more."""
        self.send_response(status)
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def do_GET(self) -> None:
        self.pass_on()

    do_HEAD = do_POST = do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def proxied(target: str, prefix: str, *, strips: bool) -> Iterator[Proxy]:
    """Pass what is asked below `prefix` on to the server at `target`.

    With `strips` it takes the prefix off and says so in X-Forwarded-Prefix; else the path stays as it is.
    """

    class Below(Handler):
        def pass_on(self) -> None:
            body = self.body()
            if self.path != prefix and not self.path.startswith((f"{prefix}/", f"{prefix}?")):
                proxy.strays.append(self.path)
                self.respond((404, [], b""))
            elif strips:
                path = self.path.removeprefix(prefix) or "/"
                self.respond(self.fetch(path, body, {"X-Forwarded-Prefix": prefix}))
            else:
                self.respond(self.fetch(self.path, body, {}))

    with _listening(target, Below) as url:
        proxy = Proxy(url)
        yield proxy


@contextmanager
def bad_line(target: str) -> Iterator[Line]:
    """Pass everything on to the server at `target`, but for what the line's `fault` says."""

    class Bad(Handler):
        def pass_on(self) -> None:
            self.target = urlsplit(line.target).netloc
            fault = line.fault(self.command, self.path)
            if fault in ("cut", "middle"):
                self.rfile.read(int(self.headers.get("Content-Length", 0)) // 2 if fault == "middle" else 0)
                self.close_connection = True
                return
            body = self.body()
            if fault in PAGES:
                self.respond(PAGES[fault])
                return
            answer = self.fetch(self.path, body, {})
            if fault == "lost":
                self.begin(answer[0], len(answer[2]) + 1)
                self.close_connection = True
                return
            time.sleep(line.delay(len(answer[2])))
            line.carried[self.path] += len(answer[2]) + sum(len(f"{n}: {v}\r\n") for n, v in answer[1])
            self.respond(answer)

    with _listening(target, Bad) as url:
        line = Line(url, target)
        yield line


@contextmanager
def _listening(target: str, handler: type[Handler]) -> Iterator[str]:
    """Answer with the handler at a free port, whose address is given, until the block ends."""
    handler.target = urlsplit(target).netloc
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}"
        finally:
            listening.shutdown()
            thread.join()
