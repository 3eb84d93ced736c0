"""HTTPS at the socket of waitress, which has none of its own.

A handshake is done piece by piece as it arrives, so that a phone that falls silent amid it holds nobody up.
"""

from __future__ import annotations

import errno
import socket
import ssl
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wsgi import get_path_info

from tracker.config import Settings
from tracker.serving import channels
from tracker.serving.channels import PLAIN
from tracker.serving.requests import Request
from tracker.web import hosts

HANDSHAKE = b"\x16"
RECORD = 16_384  # bytes; a TLS record holds no more, so that nothing is left over inside of OpenSSL
GONE = {errno.ECONNRESET, errno.ENOTCONN, errno.ESHUTDOWN, errno.ECONNABORTED, errno.EPIPE, errno.EBADF}
UNSAFE = ("/trust", "/static/")
"""What plain HTTP gives: how a device comes to trust the certificate that it would warn of."""


class Context:
    """The TLS of new connections. A renewed certificate is taken up without a restart."""

    def __init__(self, file: Path) -> None:
        self._file, self._read = file, 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2

    def wrap(self, connection: socket.socket) -> ssl.SSLSocket:
        written = self._file.stat().st_mtime_ns
        if written != self._read:
            self._context.load_cert_chain(self._file)
            self._read = written
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)


class SecureChannel(channels.Channel):
    """A connection that begins with a handshake is TLS; any other is plain HTTP."""

    socket: socket.socket | ssl.SSLSocket
    _begun = False
    _shaken = False

    def __init__(self, context: Context, *given: Any, **more: Any) -> None:
        self._context = context
        self._turn = threading.Lock()  # OpenSSL takes one thread at a time
        super().__init__(*given, **more)

    @property
    def aside(self) -> bool:
        """Whether what it sends may wait: a handshake is slow, so connections that have theirs behind
        them go first."""
        return not self._shaken or super().aside

    def handle_read(self) -> None:
        try:
            data = self._received()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return
        except OSError:
            data = b""  # it sent no handshake, or closed amid it
        if data:
            self._shaken = True
            self.received(data)
        else:
            self.handle_close()

    def _received(self) -> bytes:
        if not self._begun:
            first = self.socket.recv(1, socket.MSG_PEEK)
            self._begun = bool(first)
            if first == HANDSHAKE:
                self.socket = self._context.wrap(self.socket)
                self.read_as(SecureRequest)
        with self._turn:
            data: bytes = self.socket.recv(RECORD)
            return data

    def send(self, data: bytes, do_close: bool = True) -> int:
        try:
            with self._turn:
                sent: int = self.socket.send(data)
            self.note_sent(sent)
            return sent
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return 0
        except OSError as error:
            if error.args[0] not in GONE:
                raise
            if do_close:
                self.handle_close()
            return 0


class SecureRequest(Request):
    """A request that came over TLS."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        self.url_scheme = "https"


def https_only(app: WSGIApplication, settings: Settings) -> WSGIApplication:
    """The application, for requests over HTTPS only.

    Plain HTTP is redirected, but for UNSAFE, which leads there.

    They are sent to names of ours only: whose name stands in a request is anybody's choice.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = get_path_info(environ)
        if environ["wsgi.url_scheme"] == "https" or path.startswith(UNSAFE):
            return app(environ, start_response)
        host = environ.get("HTTP_HOST", "")
        if not hosts.is_known(settings, host):
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8"), *PLAIN])
            return [b"Here is HTTPS only. Write https:// before a name that is in the certificate.\n"]
        query = environ.get("QUERY_STRING", "")
        whole = environ.get("SCRIPT_NAME", "") + path
        target = f"https://{host}{quote(whole)}" + (f"?{query}" if query else "")
        start_response("307 Temporary Redirect", [("Location", target), ("Content-Length", "0"), *PLAIN])
        return [b""]

    return answer
