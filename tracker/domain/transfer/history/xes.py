"""Reading an event log in XES (IEEE 1849), plain or gzipped: one trace at a time, whatever the file's size.

Read by expat itself, which knows lines: a log needs no DOCTYPE, so none is let in, and with it no entity.
What a file can make us hold is bounded: how deep, how long, how many.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from xml.parsers import expat

from tracker.errors import N_, InvalidError

MOST_EVENTS = 100_000
"""Events that one trace may have."""

_READ = 1 << 16
_LONGEST = 1 << 20  # one tag with its attributes, in bytes
_DEEPEST = 50
_NAME = 200
_KNOWN = {
    "concept:name": "name",
    "time:timestamp": "time",
    "org:resource": "resource",
    "lifecycle:transition": "transition",
}


class Event(NamedTuple):
    """One event as written; "" for what it does not say. `line` is where it begins."""

    line: int
    name: str = ""
    time: str = ""
    resource: str = ""
    transition: str = ""


class Trace(NamedTuple):
    """One case with its events in the order of the file; "" if it has no name."""

    line: int
    name: str
    events: list[Event]


def traces(path: Path) -> Iterator[Trace]:
    """The traces of a log, one at a time. Raises InvalidError, with the line, for what is no such log."""
    reader = _Reader(path.name)
    try:
        with closing(_opened(path)) as file:
            while piece := file.read(_READ):
                reader.feed(piece)
                yield from reader.taken()
            reader.feed(b"", last=True)
            yield from reader.taken()
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise InvalidError(
            N_("%(file)s is no whole gzip file. Copy or download it again."), file=path.name
        ) from error
    except OSError as error:
        raise InvalidError(N_("Can’t read %(file)s: %(why)s."), file=path, why=error.strerror) from error


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.name.lower().endswith(".gz") else path.open("rb")


class _Reader:
    """Hears of each tag from expat. Names of tags may carry the namespace of XES, or another, or none."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._fed = 0
        self._open: list[str] = []
        self._name = ""
        self._trace_line = 0
        self._events: list[Event] = []
        self._event: dict[str, Any] | None = None
        self._done: list[Trace] = []

    def feed(self, piece: bytes, last: bool = False) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as error:
            raise self._wrong(f"{expat.ErrorString(error.code)}. Is it a log in XES?", error.lineno) from None
        self._fed += len(piece)
        if self._fed - max(0, self._parser.CurrentByteIndex) > _LONGEST:
            raise self._wrong(f"a tag is longer than {_LONGEST} bytes.")

    def taken(self) -> list[Trace]:
        """The traces that have ended since they were last asked for."""
        done, self._done = self._done, []
        return done

    def _start(self, tag: str, given: dict[str, str]) -> None:
        tag = tag.rpartition(" ")[2]
        within = self._open[-1] if self._open else ""
        self._open.append(tag)
        if len(self._open) == 1 and tag != "log":
            raise self._wrong(f"the file begins with <{tag}>. A log in XES begins with <log>.")
        if len(self._open) > _DEEPEST:
            raise self._wrong(f"tags lie in each other more than {_DEEPEST} deep.")
        if tag == "trace":
            self._name, self._events, self._trace_line = "", [], self._parser.CurrentLineNumber
        elif tag == "event":
            self._event = {"line": self._parser.CurrentLineNumber}
        elif within == "event" and self._event is not None and given.get("key") in _KNOWN:
            self._event[_KNOWN[given["key"]]] = given.get("value", "").strip()[:_NAME]
        elif within == "trace" and given.get("key") == "concept:name":
            self._name = given.get("value", "").strip()[:_NAME]

    def _end(self, tag: str) -> None:
        self._open.pop()
        tag = tag.rpartition(" ")[2]
        if tag == "event" and self._event is not None:
            self._events.append(Event(**self._event))
            self._event = None
            if len(self._events) > MOST_EVENTS:
                raise self._wrong(f"the trace “{self._name}” has more than {MOST_EVENTS} events.")
        elif tag == "trace":
            self._done.append(Trace(self._trace_line, self._name, self._events))

    def _doctype(self, *_: object) -> None:
        raise self._wrong("a log needs no DOCTYPE, and none is read. Take it out.")

    def _wrong(self, what: str, line: int | None = None) -> InvalidError:
        at = line or self._parser.CurrentLineNumber
        return InvalidError(
            N_("%(file)s:%(line)s: this can’t be read: %(why)s"), file=self._file, line=at, why=what
        )
