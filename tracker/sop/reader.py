"""A process that reads documents and can be ended: whatever a document does, it does it there.

A child is this module run as a program. Unlike a fork it is safe to start beside other threads, and unlike
what multiprocessing starts it imports the parser alone, whatever the program that asks for it.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from tracker.sop import identity, parse
from tracker.sop.limits import Limits, bound_memory
from tracker.sop.model import Document, Problem, Step
from tracker.sop.outline import Keys
from tracker.sop.told import told

START_SECONDS = 60.0
"""A child that has not started by then never will."""

_READY = b"ready\n"
_NO_MEMORY = 3  # the exit code of a child that had too little


class Unread(NamedTuple):
    """A document's bytes and path; the id and the steps of the revision it follows, where there is one.

    `keys` and `html` are as in `parse.read`, `keys` something that another process can be sent.
    """

    source: bytes | str
    path: str
    id: str | None = None
    before: Sequence[Step] = ()
    keys: Keys = None
    html: bool = True
    stays: bool = False


class Call(NamedTuple):
    """A function without arguments that another process can be sent, and how long it may work."""

    function: Callable[[], Any]
    seconds: float


class NoChildError(Exception):
    """No process can be started here."""


class RefusedError(Exception):
    """The process ended before it had read what it was given: too slow, too large, or lost.

    `lasting` says that it would do so again, however busy the machine is.
    """

    def __init__(self, why: str, lasting: bool) -> None:
        super().__init__(why)
        self.why, self.lasting = why, lasting


def one(wanted: Unread) -> Document:
    """One document, read here. Where another SOP has taken its place, the steps before are not its own."""
    if wanted.id is None:
        return parse.read(wanted.source, wanted.path, wanted.keys, html=wanted.html)
    document = parse.read(wanted.source, wanted.path, partial(identity.keys_after, wanted.before))
    if wanted.stays and document.meta.id is None:
        document = replace(document, id=wanted.id)
    return document if document.id == wanted.id else parse.read(wanted.source, wanted.path)


def refusal(wanted: Unread, why: str) -> Document:
    """A document that was not read, and why not."""
    hint = told("Split it, and look for what repeats or nests without end.")
    return parse.failure(wanted.path, Problem(wanted.path, 1, "limits", why, hint, error=True))


class Reader:
    """A child that reads for this process, one share of documents after the other."""

    def __init__(self, bounds: Limits) -> None:
        """Start it. Raises NoChildError."""
        self.bounds = bounds
        self.owner = os.getpid()
        self.bored = threading.Timer(0, self.end)  # while it waits for more: what ends it after a time
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tracker.sop.reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise NoChildError from error
        assert self._child.stdin and self._child.stdout
        self._to, self._from = self._child.stdin, self._child.stdout
        self.alive = True
        with self._watch(START_SECONDS):
            ready = self._from.read(len(_READY))
            self._send(bounds)
        if ready != _READY:
            self.end()
            raise NoChildError

    def read(self, wanted: Sequence[Unread]) -> list[Document]:
        """The documents. Raises RefusedError, and has ended, where one of them is too much."""
        seconds = [self.bounds.work(len(unread.source)) for unread in wanted]
        with self._watch(self.bounds.wait + sum(seconds)):
            documents: list[Document] = self._ask(wanted, max(seconds))
        return documents

    def call(self, function: Callable[[], Any], size: int, times: int) -> Any:
        """What a function gives that reads a document of this size so many times. Raises RefusedError."""
        seconds = self.bounds.work(size) * times
        with self._watch(self.bounds.wait + seconds):
            return self._ask(Call(function, seconds), seconds)

    def _ask(self, what: object, seconds: float) -> Any:
        self._send(what)
        try:
            return pickle.load(self._from)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.end()
            raise self._why(seconds) from error

    def end(self) -> None:
        """End the child, whatever it does."""
        self.alive = False
        self._child.kill()
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()
        self._child.wait()

    def _send(self, what: object) -> None:
        with suppress(OSError):  # it has ended: there will be no answer either
            self._to.write(pickle.dumps(what))
            self._to.flush()

    def _watch(self, seconds: float) -> _Deadline:
        return _Deadline(self._child, seconds)

    def _why(self, seconds: float) -> RefusedError:
        code = self._child.returncode
        if code == -getattr(signal, "SIGPROF", 0):
            return RefusedError(
                told("It takes longer than %(seconds)s seconds to read.", seconds=f"{seconds:.1f}"), True
            )
        if code == -getattr(signal, "SIGKILL", 9):  # by the deadline, or by a system that has no memory left
            return RefusedError(told("It takes too long to read."), False)
        if code == 1:
            return RefusedError(told("It can't be read."), True)
        return RefusedError(
            told("It takes more than %(what)s MB of memory to read.", what=f"{self.bounds.memory / 1e6:.0f}"),
            True,
        )


class _Deadline:
    """Kills a process that is still busy after so many seconds."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        self._timer = threading.Timer(seconds, child.kill)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()


def main() -> None:
    """Read documents for another process: shares of them from its pipe, until it closes that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the one who asks
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()
    try:
        bounds: Limits = pickle.load(sys.stdin.buffer)
        bound_memory(bounds.memory)
        while True:
            asked: Call | list[Unread] = pickle.load(sys.stdin.buffer)
            sys.stdout.buffer.write(pickle.dumps(_answer(bounds, asked)))
            sys.stdout.buffer.flush()
    except (EOFError, BrokenPipeError):
        return
    except MemoryError:
        os._exit(_NO_MEMORY)


def _answer(bounds: Limits, asked: Call | Sequence[Unread]) -> Any:
    if isinstance(asked, Call):
        with _timed(asked.seconds):
            return asked.function()
    return [_read(bounds, wanted) for wanted in asked]


def _read(bounds: Limits, wanted: Unread) -> Document:
    with _timed(bounds.work(len(wanted.source))):
        try:
            return fitting(bounds, wanted, one(wanted))
        except MemoryError:
            raise
        except Exception as error:  # whatever it is, it is this document's
            return refusal(wanted, f"It can't be read: {type(error).__name__}.")


@contextmanager
def _timed(seconds: float) -> Iterator[None]:
    """The system ends this process when it has worked so long, also within a library."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def fitting(bounds: Limits, wanted: Unread, document: Document) -> Document:
    """The document, or one that was refused because its HTML would be too large."""
    size = len(document.html) + sum(len(step.html) + len(step.recovery) for step in document.steps)
    if size <= bounds.page:
        return document
    return refusal(wanted, f"As a page it would have more than {bounds.page / 1e6:.0f} MB.")


if __name__ == "__main__":
    from tracker.sop import reader  # under the name by which whoever asks knows it

    reader.main()
