"""Entries of a phone's queue, read strictly from what it sends: everything in them may be of any shape."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tracker.errors import N_, InvalidError
from tracker.models import ENTRY_KINDS

MOST_FILES = 10
"""So many files one entry brings at most."""

LONGEST_REF, LARGEST_NUMBER = 64, 10**9 - 1

DEEPEST = 8
"""So deep lists and mappings of an entry are nested at most."""

_UNFIT = re.compile("[\0\ud800-\udfff]")
_SHAPE = N_("This entry can’t be read: “%(what)s” is not what it should be. Reload the page and do it again.")


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that an entry brings, as it names it; its content comes beside the entries."""

    name: str
    input: str


@dataclass(frozen=True, slots=True)
class PhoneEntry:
    """One thing that somebody did on a phone, before we have judged it.

    `id` was made on the phone: of a record it is the record's, of a start the run's `ref`. `seq` and `at` are
    by the phone's own count and clock; `seq` of a record counts records only. The run is named by its
    number, or by `ref` where the phone has started it, or by both. `data` is what was done, by `kind`.
    """

    id: UUID
    kind: str
    person: int
    seq: int | None
    at: datetime | None
    run: int | None
    ref: str
    data: Mapping[str, Any]
    files: Sequence[SentFile]

    def text(self, name: str) -> str:
        """A text of the data, "" where it is not given. Raises InvalidError."""
        return _text(self.data, name)

    def number(self, name: str) -> int | None:
        """A whole number of the data. Raises InvalidError."""
        return _number(self.data, name)

    def flag(self, name: str) -> bool:
        """Whether the data says so. Raises InvalidError."""
        value = self.data.get(name)
        if value is not None and not isinstance(value, bool):
            raise _wrong(name)
        return bool(value)

    def texts(self, name: str) -> list[str]:
        """A list of texts of the data. Raises InvalidError."""
        given = self.data.get(name) or []
        if not isinstance(given, list) or len(given) > 1000 or not all(isinstance(one, str) for one in given):
            raise _wrong(name)
        return list(given)

    def unique(self, name: str) -> UUID | None:
        """An id of the data. Raises InvalidError."""
        text = self.text(name)
        return _id(text, name) if text else None


def identity(raw: Any) -> UUID:
    """The id of an entry, whatever else it is. Raises InvalidError: without it nothing can be answered."""
    if not isinstance(raw, dict):
        raise _wrong("entries")
    return _id(raw.get("id"), "id")


def optional_id(text: str | None) -> UUID | None:
    """An id that may be given; None for none. Raises InvalidError."""
    return _id(text, "last") if text else None


def read(raw: Mapping[str, Any]) -> PhoneEntry:
    """An entry as it was sent. Raises InvalidError for what is of another shape."""
    if not _is_legible({name: part for name, part in raw.items() if name != "files"}):
        raise InvalidError(N_("This text holds a character that can’t be kept. Take it out and try again."))
    kind, data, files = raw.get("kind"), raw.get("data"), raw.get("files") or []
    if kind not in ENTRY_KINDS:
        raise _wrong("kind")
    if not isinstance(data, dict):
        raise _wrong("data")
    if not isinstance(files, list) or len(files) > MOST_FILES:
        raise _wrong("files")
    person = _number(raw, "person")
    if person is None:
        raise _wrong("person")
    ref = _text(raw, "ref")
    id = identity(raw)
    if len(ref) > LONGEST_REF or (kind == "start" and ref not in ("", str(id))):
        raise _wrong("ref")
    return PhoneEntry(
        id=id,
        kind=kind,
        person=person,
        seq=_number(raw, "seq"),
        at=moment(raw.get("at"), "at"),
        run=_number(raw, "run"),
        ref=ref,
        data=data,
        files=[_file(entry) for entry in files],
    )


def moment(value: Any, name: str) -> datetime | None:
    """A moment that a phone names, with its zone; None where it names none. Raises InvalidError."""
    if value is None or value == "":
        return None
    try:
        at = datetime.fromisoformat(value)
        if not 1 < at.year < 9999:  # outside of the calendar once it is moved to UTC
            raise ValueError(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise _wrong(name) from None


def _file(raw: Any) -> SentFile:
    if not isinstance(raw, dict):
        raise _wrong("files")
    return SentFile(
        _UNFIT.sub("", _text(raw, "name")), _text(raw, "input")
    )  # nobody can change a photo's name


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(name)
    return str(value)


def _number(data: Mapping[str, Any], name: str) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_NUMBER:
        raise _wrong(name)
    return value


def _id(value: Any, name: str) -> UUID:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise _wrong(name) from None


def _is_legible(raw: Any, deep: int = 0) -> bool:
    """Whether databases can keep every text in it, and nothing is nested deeper than any phone does it."""
    if isinstance(raw, str):
        return _UNFIT.search(raw) is None
    if not isinstance(raw, dict | list):
        return True
    parts = [part for pair in raw.items() for part in pair] if isinstance(raw, dict) else raw
    return deep < DEEPEST and all(_is_legible(part, deep + 1) for part in parts)


def _wrong(name: str) -> InvalidError:
    return InvalidError(_SHAPE, what=name[:40])
