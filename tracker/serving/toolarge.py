"""What is too large is read to its end, kept nowhere, and answered by the application in words.

Waitress alone would answer at once and hang up: a browser that is still sending then shows no words at all.
"""

from __future__ import annotations

from io import BytesIO

from flask import Flask
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver

from tracker.web import actions

LONGEST_PATIENCE = 200_000_000
"""Bytes of one request that are read in vain; what says that it brings more is hung up on."""


def largest(app: Flask) -> int:
    """The most bytes that any route takes at once."""
    sizes = [actions.size_of(view) or 0 for view in app.view_functions.values()]
    usual: int = app.config["MAX_CONTENT_LENGTH"]
    return max(*sizes, usual)


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request; a body above the server's limit arrives empty, with the length that was announced."""

    content_length: int

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.adj.max_request_body_size <= self.content_length <= LONGEST_PATIENCE:
            self.body_rcv = FixedStreamReceiver(self.content_length, Nowhere())
            self.content_length = 0

    def received(self, data: bytes) -> int:
        read: int = super().received(data)
        if self.body_rcv is not None and isinstance(self.body_rcv.getbuf(), Nowhere):
            self.body_bytes_received = 0
        return read


class Nowhere:
    """A buffer that keeps nothing."""

    def append(self, data: bytes) -> None:
        pass

    def getfile(self) -> BytesIO:
        return BytesIO()

    def close(self) -> None:
        pass

    def __len__(self) -> int:
        return 0
