"""A small reverse proxy that gives an installation a path of a host which others share."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

LEFT_OUT = {"connection", "keep-alive", "transfer-encoding", "date", "server"}


@dataclass(slots=True)
class Proxy:
    """Where it is, and what it was asked for that is not below the path."""

    url: str
    strays: list[str] = field(default_factory=list)


@contextmanager
def proxied(target: str, prefix: str, *, strips: bool) -> Iterator[Proxy]:
    """Pass what is asked below `prefix` on to the server at `target`.

    With `strips` it takes the prefix off and says so in X-Forwarded-Prefix; else the path stays as it is.
    """
    server = urlsplit(target).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path != prefix and not self.path.startswith((f"{prefix}/", f"{prefix}?")):
                proxy.strays.append(self.path)
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() not in LEFT_OUT}
            path = self.path
            if strips:
                path = path.removeprefix(prefix) or "/"
                headers["X-Forwarded-Prefix"] = prefix
            connection = http.client.HTTPConnection(server, timeout=60)
            connection.request(self.command, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in LEFT_OUT | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            connection.close()

        do_GET = do_HEAD = do_POST = do_OPTIONS = pass_on  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        proxy = Proxy(f"http://127.0.0.1:{listening.server_port}")
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            listening.shutdown()
            thread.join()
