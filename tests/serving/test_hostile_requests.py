"""Requests that are made to be misread, or to keep the reader busy, are refused at once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.support.doors import QUICK, ask, connect, opened
from tracker.serving.door import Door

AT_ONCE = 2.0  # s of work, whatever else the machine does; without a bound these take minutes
LONG = 8_000


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with opened(QUICK(), max_request_body_size=1_000_000) as door:
        yield door


def post(*headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"POST /hello HTTP/1.1", b"Host: x", *headers, b"", body])


CHUNKED = b"Transfer-Encoding: chunked"
REFUSED = {
    "a number in an address, and two blanks": b"GET http://" + b"1" * LONG + b" x x\r\n\r\n",
    "a header of blanks": b"GET / HTTP/1.1\r\nA:" + b" \t" * LONG + b"x\r\n\r\n",
    "blanks and a control character": b"GET / HTTP/1.1\r\nA:" + b" \t " * 20 + b"\0\r\n\r\n",
    "blanks over many lines": b"GET / HTTP/1.1\r\nA: b\r\n" + b" \r\n" * 90 + b"\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 5_000 + b"\r\n",
    "one large header": b"GET / HTTP/1.1\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
    "a long address": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    "an address that is none": b"GET http://[::1/ HTTP/1.1\r\n\r\n",
    "a method in small letters": b"get / HTTP/1.1\r\n\r\n",
    "two lengths": post(b"Content-Length: 5", b"Content-Length: 6", body=b"hello!"),
    "a length of many digits": post(b"Content-Length: " + b"1" * 5_000),
    "a length with a sign": post(b"Content-Length: +5", body=b"hello"),
    "a length and chunks": post(b"Content-Length: 5", CHUNKED, body=b"0\r\n\r\n"),
    "chunks in HTTP/1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "another encoding": post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
    "chunks twice": post(b"Transfer-Encoding: identity", body=b"hello"),
    "crumbs": post(CHUNKED, body=b"1\r\nx\r\n" * 100_000),
    "a size that never ends": post(CHUNKED, body=b"0" * 900_000),
    "an extension that never ends": post(CHUNKED, body=b"1;a=" + b"x" * 900_000),
    "a trailer that never ends": post(CHUNKED, body=b"0\r\n" + b"x: y\r\n" * 100_000),
    "a chunk that is longer than it says": post(CHUNKED, body=b"2\r\nhello\r\n0\r\n\r\n"),
    "a negative chunk": post(CHUNKED, body=b"-1\r\n\r\n"),
    "more than is taken, in chunks": post(CHUNKED, body=b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 1,
}


@pytest.mark.parametrize("kind", [kind for kind in REFUSED if not kind.startswith("more")])
def test_refused_at_once_and_hung_up_on(door: Door, kind: str) -> None:
    began = time.process_time()
    with connect(door) as line:
        try:
            line.sendall(REFUSED[kind])
            said = line.recv(65_536)
        except ConnectionError:  # it hung up while more was sent
            said = b"HTTP/1.1 4"
    assert said.startswith((b"HTTP/1.0 4", b"HTTP/1.1 4", b"HTTP/1.0 501", b"HTTP/1.1 501"))
    assert time.process_time() - began < AT_ONCE
    assert b"\r\n" not in said or all(
        name in said for name in (b"nosniff", b"default-src 'none'", b"no-store")
    )
    assert ask(door) == b"200 0 came"


@pytest.mark.parametrize(
    ("request_", "came"),
    [
        (post(b"Content-Length: 5", body=b"hello"), 5),
        (post(CHUNKED, body=b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"), 11),
        (post(CHUNKED, body=b"0\r\n\r\n"), 0),
        (post(CHUNKED, body=b"1\r\nx\r\n" * 500 + b"0\r\nX: y\r\n\r\n"), 500),
        (post(CHUNKED, body=b"1000\r\n" + b"x" * 4096 + b"\r\n0\r\n\r\n"), 4096),
        (b"GET http://x.example/hello?a=b HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        (b"\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        (b"GET /hello HTTP/1.1\r\nHost: x\r\nCookie: a=b;   c=d \r\nUser-Agent: \xfc  \r\n\r\n", 0),
    ],
)
def test_what_is_odd_but_right_is_read(door: Door, request_: bytes, came: int) -> None:
    assert ask(door, request_) == b"200 %d came" % came


def test_chunks_are_bounded_as_every_body(door: Door) -> None:
    with connect(door) as line:
        line.sendall(post(CHUNKED, body=b"1000000\r\n"))
        try:
            for _ in range(30):
                line.sendall(b"x" * 65_536)
            said = line.recv(1000)
        except ConnectionError:
            return
    assert b"413" in said
