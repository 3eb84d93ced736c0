"""A handshake that stalls is dropped in time; one that goes on piece by piece is not held up by others."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import pytest

from tests.support.doors import HELLO, QUICK, answer, connect, ended, opened
from tests.support.patience import PATIENCE
from tracker import certificates, config
from tracker.serving import tls
from tracker.serving.door import Door

SHORT = 0.4  # s


@pytest.fixture
def place(tmp_path: Path) -> Path:
    settings = replace(config.load(tmp_path, {}), tls=True)
    certificates.keep(settings, datetime.now(UTC))
    return certificates.place(settings)


@pytest.fixture
def door(place: Path) -> Iterator[Door]:
    with secure(place, SHORT) as door:
        yield door


def secure(place: Path, seconds: float) -> AbstractContextManager[Door]:
    """A door for HTTPS that waits so long for what a client has to say."""
    return opened(QUICK(silence=seconds, headers=seconds), partial(tls.SecureChannel, tls.Context(place)))


@cache
def hello() -> bytes:
    """The first thing that a client says."""
    out = ssl.MemoryBIO()
    context = ssl.create_default_context()
    begun = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        begun.do_handshake()
    return out.read()


@pytest.mark.parametrize(
    "said",
    [b"", b"\x16", hello()[:50], hello(), b"GET / HT"],
    ids=["nothing", "one byte", "half a hello", "a hello", "half a line over HTTP"],
)
def test_who_stalls_is_dropped(door: Door, said: bytes) -> None:
    with connect(door) as line:
        line.sendall(said)
        assert ended(line, PATIENCE)
    assert not door.active_channels


def test_among_many_that_stall_another_is_served(place: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with secure(place, PATIENCE) as door, ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(connect(door)).sendall(hello())
        with context.wrap_socket(stack.enter_context(connect(door))) as line:
            line.sendall(HELLO)
            assert answer(line) == b"200 0 came"
