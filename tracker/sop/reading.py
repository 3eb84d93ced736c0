"""Reading many documents, on every core: it is most of a sync. One that is no simple text is read apart.

A document of an author can be written so that reading it takes hours or all memory. What is short and plain
can't (`limits.simple`), and is read where it is asked for. The rest is read by a child within limits, and a
document that goes beyond them is refused by name, as one with any other error is.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from tracker.sop import limits, parse
from tracker.sop.limits import Limits
from tracker.sop.model import Document
from tracker.sop.reader import NoChildError, Reader, RefusedError, Unread, fitting, one, refusal
from tracker.sop.told import told

__all__ = ["MANY", "MOST", "SHARE", "Unread", "check", "one", "read"]

MANY = 200
"""Documents that are worth a child; it has started once some eighty more are read."""

SHARE = 25
"""Documents that are given to a child at a time."""

MOST = 4
"""Processes that read at once; each takes some 50 MB."""

NO_CHILD = told("It is long or crowded, and no process can be started here to read it.")

IDLE_SECONDS = 60
"""How long a child waits for more before it is ended: it pays while documents are being changed."""

_REMEMBERED = 500
"""Documents that were refused and are not tried again while this process runs."""

T = TypeVar("T")

_idle: list[Reader] = []  # one that waits for more, so that the next document needs no start
_refused: dict[bytes, str] = {}


def read(wanted: Sequence[Unread], processes: int | None = None) -> list[Document]:
    """The documents in the order in which they are `wanted`, their steps under the keys of those before.

    In so many `processes`, this one included; as many as there are cores where there is enough to read.
    """
    if processes is None:
        processes = min(MOST, _cores()) if len(wanted) >= MANY else 1
    work = _Work(wanted)
    helpers = [threading.Thread(target=_have_read, args=[work], daemon=True) for _ in range(processes - 1)]
    for helper in helpers:
        helper.start()
    _read_here(work)
    for helper in helpers:
        helper.join()
    _read_here(work)  # what a child was given and did not read
    return [work.found[n] for n in range(len(wanted))]


def check(wanted: Unread, bounds: Limits | None = None) -> Document:
    """One document, within limits. One that goes beyond them has an error of the rule “limits”."""
    bounds = bounds or limits.READING
    if _simple(wanted):
        return fitting(bounds, wanted, one(wanted))
    mark = hashlib.sha256(repr((bounds, wanted.html)).encode() + _bytes(wanted)).digest()
    if mark in _refused:
        return refusal(wanted, _refused[mark])
    try:
        reader = _take_reader(bounds)
    except NoChildError:
        return refusal(wanted, NO_CHILD)
    try:
        (document,) = reader.read([wanted])
    except RefusedError as error:
        if error.lasting:
            _remember(mark, error.why)
        return refusal(wanted, error.why)
    _give_back(reader)
    return document


def within_limits(function: Callable[[], T], source: bytes | str, path: str, times: int = 1) -> T:
    """What a function gives that reads one document so many times, within limits. Raises RefusedError.

    The function is one that a process can be sent, such as a `partial`.
    """
    if _simple(Unread(source, path)):
        return function()
    try:
        reader = _take_reader(limits.READING)
    except NoChildError as error:
        raise RefusedError(NO_CHILD, False) from error
    result: T = reader.call(function, len(source), times)
    _give_back(reader)
    return result


def _simple(wanted: Unread) -> bool:
    """Whether a document may be read in this process; one that is no text at all is told at once."""
    if len(wanted.source) > parse.MAX_BYTES:
        return True
    text = parse.decode(wanted.source, wanted.path)
    return not isinstance(text, str) or limits.simple(text)


def _bytes(wanted: Unread) -> bytes:
    return wanted.source if isinstance(wanted.source, bytes) else wanted.source.encode("utf-8", "replace")


def _remember(mark: bytes, why: str) -> None:
    if len(_refused) >= _REMEMBERED:
        _refused.clear()
    _refused[mark] = why


def _take_reader(bounds: Limits) -> Reader:
    """A child that waits, or a new one; never that of the process which this one was forked from."""
    while _idle:
        try:
            reader = _idle.pop()
        except IndexError:  # another thread was faster
            break
        reader.bored.cancel()
        if reader.owner == os.getpid() and reader.bounds == bounds:
            return reader
        if reader.owner == os.getpid():
            reader.end()
    return Reader(bounds)


def _give_back(reader: Reader) -> None:
    """Let a child wait for more, unless another one does."""
    if _idle or not reader.alive:
        reader.end()
        return
    reader.bored = threading.Timer(IDLE_SECONDS, _end_bored, [reader])
    reader.bored.daemon = True
    _idle.append(reader)
    reader.bored.start()


def _end_bored(reader: Reader) -> None:
    with suppress(ValueError):  # somebody has taken it by now
        _idle.remove(reader)
        reader.end()


@atexit.register
def _end_idle() -> None:
    while _idle:
        reader = _idle.pop()
        if reader.owner == os.getpid():
            reader.end()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Work:
    """What is to be read, by its place: shares that nobody has taken, and documents to be read apart."""

    def __init__(self, wanted: Sequence[Unread]) -> None:
        self.wanted = wanted
        self.shares = deque(range(n, min(n + SHARE, len(wanted))) for n in range(0, len(wanted), SHARE))
        self.apart: deque[int] = deque()
        self.found: dict[int, Document] = {}

    def share(self) -> range | None:
        """The next share, or None."""
        try:
            return self.shares.popleft()
        except IndexError:
            return None

    def read_apart(self) -> None:
        """Read what is no simple text, one at a time."""
        while self.apart:
            try:
                n = self.apart.popleft()
            except IndexError:  # another thread was faster
                return
            self.found[n] = check(self.wanted[n])


def _read_here(work: _Work) -> None:
    while (share := work.share()) is not None:
        for n in share:
            if _simple(work.wanted[n]):
                work.found[n] = fitting(limits.READING, work.wanted[n], one(work.wanted[n]))
            else:
                work.apart.append(n)
    work.read_apart()


def _have_read(work: _Work) -> None:
    """Have a child read until no share is left. Where it fails, each of the share is read apart."""
    reader: Reader | None = None
    while (share := work.share()) is not None:
        try:
            if reader is None or not reader.alive:
                reader = _take_reader(limits.READING)
            work.found.update(zip(share, reader.read([work.wanted[n] for n in share]), strict=True))
        except NoChildError:  # it goes more slowly without
            work.shares.append(share)
            return
        except RefusedError:
            work.apart.extend(share)
    if reader is not None:
        _give_back(reader)
    work.read_apart()
