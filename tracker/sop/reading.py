"""Reading many documents, on every core: it is most of a sync.

A child is this module run as a program. Unlike a fork it is safe to start beside other threads, and unlike
what multiprocessing starts it imports the parser alone, whatever the program that asks for it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from tracker.sop import identity, parse
from tracker.sop.model import Document, Step

MANY = 200
"""Documents that are worth a child: it has started once some eighty more are read."""

SHARE = 25
"""Documents that are given to a child at a time."""

MOST = 4
"""Processes that read at once; each takes some 50 MB."""


class Unread(NamedTuple):
    """A document's bytes and path; the id and the steps of the revision it follows, where there is one."""

    source: bytes
    path: str
    id: str | None = None
    before: Sequence[Step] = ()


def read(wanted: Sequence[Unread], processes: int | None = None) -> list[Document]:
    """The documents in the order in which they are `wanted`, their steps under the keys of those before.

    In so many `processes`, this one included; as many as there are cores where there is enough to read.
    """
    if processes is None:
        processes = min(MOST, _cores()) if len(wanted) >= MANY else 1
    shares = deque(range(0, len(wanted), SHARE))
    found: dict[int, list[Document]] = {}
    helpers = [
        threading.Thread(target=_have_read, args=(wanted, shares, found), daemon=True)
        for _ in range(processes - 1)
    ]
    for helper in helpers:
        helper.start()
    _read_here(wanted, shares, found)
    for helper in helpers:
        helper.join()
    _read_here(wanted, shares, found)  # what a child was given and did not read
    return [document for first in sorted(found) for document in found[first]]


def one(wanted: Unread) -> Document:
    """One document. Where another SOP has taken its place, the steps before are not its own."""
    if wanted.id is None:
        return parse.read(wanted.source, wanted.path)
    document = parse.read(wanted.source, wanted.path, partial(identity.keys_after, wanted.before))
    return document if document.id == wanted.id else parse.read(wanted.source, wanted.path)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _take(shares: deque[int]) -> int | None:
    try:
        return shares.popleft()
    except IndexError:
        return None


def _read_here(wanted: Sequence[Unread], shares: deque[int], found: dict[int, list[Document]]) -> None:
    while (first := _take(shares)) is not None:
        found[first] = [one(unread) for unread in wanted[first : first + SHARE]]


def _have_read(wanted: Sequence[Unread], shares: deque[int], found: dict[int, list[Document]]) -> None:
    """Have a child read until no share is left. What it fails to read goes back to the others."""
    first = None
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "tracker.sop.reading"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as child:
            assert child.stdin and child.stdout
            while (first := _take(shares)) is not None:
                child.stdin.write(pickle.dumps(wanted[first : first + SHARE]))
                child.stdin.flush()
                found[first] = pickle.load(child.stdout)
    except (OSError, EOFError, pickle.UnpicklingError):
        return  # no child can be had here; it goes more slowly without
    finally:
        if first is not None and first not in found:
            shares.append(first)


def main() -> None:
    """Read documents for another process: shares of them from its pipe, until it closes that."""
    while True:
        try:
            wanted = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        sys.stdout.buffer.write(pickle.dumps([one(unread) for unread in wanted]))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
