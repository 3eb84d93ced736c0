"""Reading a request: what is ambiguous, or made to keep the reader busy, is refused before it costs anything.

Waitress reads with regular expressions that take minutes for 8 kB of the wrong kind (a request line with a
number and two spaces, a header of blanks), and puts unbounded lines together piece by piece. All of that
happens in the one thread that serves every connection.
"""

from __future__ import annotations

import re
import threading
from typing import Any

from waitress.adjustments import Adjustments
from waitress.buffers import OverflowableBuffer
from waitress.parser import ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

from tracker.serving.limits import Limits
from tracker.serving.toolarge import Nowhere, Parser

REQUEST_LINE = re.compile(rb"[^ ]{1,32} [^ ]+(?: HTTP/[0-9]\.[0-9])?")
ODD = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[ \t]{64}|\r\n[ \t]")
"""In headers: characters that may not be there, runs of blanks, and lines that go on in the next one."""

LENGTH = 15  # digits of a Content-Length
CONTROL, TRAILER = 1_024, 8_192  # bytes beside the chunks
SLICE = 2_048  # bytes of a chunked body that are read at once; the reader copies the rest with every chunk
CHUNKS, LEAST = 1_000, 64  # so many chunks may be small; of more, the average has at least so many bytes


class NoRoomError(Error):  # type: ignore[misc]
    """The server can't take a body at the moment."""

    code = 503
    reason = "Service Unavailable"


class Held:
    """The bytes of all bodies that are coming or waiting, by the address that sent them."""

    def __init__(self) -> None:
        self.total = 0
        self.by_address: dict[str, int] = {}
        self._lock = threading.Lock()  # they come in one thread and are done with in others

    def add(self, address: str, size: int) -> None:
        """Count so many bytes more for an address, or fewer where `size` is negative."""
        with self._lock:
            self.total += size
            left = self.by_address.get(address, 0) + size
            if left:
                self.by_address[address] = left
            else:
                self.by_address.pop(address, None)


class Request(Parser):
    """A request as it arrives. Knows how much of its body it holds, and gives that back when it is closed."""

    def __init__(self, adj: Adjustments, *, limits: Limits, held: Held, address: str) -> None:
        super().__init__(adj)
        self.limits, self.held, self.address = limits, held, address
        self.holds = 0  # bytes of its body that are kept
        self.arrived = 0  # bytes of its body that came, kept or not

    @property
    def in_vain(self) -> bool:
        """Whether its body is read to be thrown away."""
        return self.body_rcv is not None and isinstance(self.body_rcv.getbuf(), Nowhere)

    @property
    def long(self) -> bool:
        """Whether a body is coming that is more than a form: others go first."""
        return self.headers_finished and (self.chunked or self.content_length > 65_536 or self.in_vain)

    def parse_header(self, header_plus: bytes) -> None:
        first, _, rest = header_plus.partition(b"\r\n")
        if len(first) > self.limits.request_line or not REQUEST_LINE.fullmatch(first.rstrip()):
            raise ParsingError("Start line is invalid")
        if rest.count(b"\n") > self.limits.fields + 1 or ODD.search(rest):
            raise ParsingError("Invalid header")
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # an address that is none, a number that is too long to be one
            raise ParsingError("Invalid request") from error
        if len(self.headers.get("CONTENT_LENGTH", "")) > LENGTH:
            raise ParsingError("Content-Length is invalid")
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("The length of the body is said in two ways")
        if self.chunked:
            self.body_rcv = Chunks(CountingBuffer(self.adj.inbuf_overflow))

    def received(self, data: bytes) -> int:
        amid = self.body_rcv is not None
        try:
            read: int = super().received(data)
        except OSError:  # the disk is full, or there is no descriptor for another file
            self.refuse(NoRoomError("There is no room for what was sent. Please try again later."))
            return len(data)
        self.arrived += read if amid else 0
        growth = (0 if self.in_vain or self.body_rcv is None else self.body_bytes_received) - self.holds
        if growth and not self.error:
            self.holds += growth
            self.held.add(self.address, growth)
        return read

    def refuse(self, error: Error) -> None:
        """Answer with this instead, and take no more of it."""
        self.close()
        self.error, self.completed, self.expect_continue = error, True, False

    def take_no_more(self) -> None:
        """Answer at once that it is too large, as waitress does."""
        self.refuse(RequestEntityTooLarge("exceeds what is taken at once"))

    def close(self) -> None:
        if self.holds:
            self.held.add(self.address, -self.holds)
            self.holds = 0
        super().close()


class CountingBuffer(OverflowableBuffer):  # type: ignore[misc]
    """A buffer that knows in how many pieces its content came."""

    pieces = 0

    def append(self, data: bytes) -> None:
        self.pieces += 1
        super().append(data)


class Chunks(ChunkedReceiver):  # type: ignore[misc]
    """A body in chunks, with bounds on all that is beside them."""

    error: Error | None

    def received(self, data: bytes) -> int:
        at = 0
        while at < len(data) and not self.completed and not self.error:
            part = data[at : at + SLICE]
            at += super().received(part)
            if len(self.control_line) > CONTROL or len(self.trailer) > TRAILER or self._crumbs():
                self.error = BadRequest("Invalid chunks")
        return at

    def _crumbs(self) -> Any:
        return self.buf.pieces > CHUNKS and len(self.buf) < LEAST * self.buf.pieces
