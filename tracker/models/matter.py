"""What a revision keeps of its document's front matter and of how it was read: one type for it, made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator


@dataclass(frozen=True, slots=True)
class Matter:
    """The front matter as it was published, and what else was known then. Times are in seconds.

    `images`: the address of each frozen image by how the document names it. `translations`: the digest of
    each translation's source by language. `advice`: line, rule, message, hint and whether it is an error, of
    each problem that lint has found. A revision of an imported history knows none of this.
    """

    subject: str | None = None
    roles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # other words by which it is looked for
    due: int | None = None
    review: int | None = None  # days
    keep_evidence: int | None = None  # days
    owner: str | None = None
    takes: int | None = None
    tolerance: float | None = None  # 0.02 for “2%”
    description: str | None = None
    images: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    close: str | None = None  # "by-hand": no run ends by itself
    meaning: str | None = None  # what is said by signing a run
    translations: Mapping[str, str] = field(default_factory=dict)
    source_digest: str | None = None  # SHA-256 of the source, in hexadecimal
    advice: tuple[tuple[int, str, str, str, bool], ...] = ()


_NAMES = frozenset(entry.name for entry in fields(Matter))
_TUPLES = ("roles", "tags", "also")


def of_row(row: Mapping[str, Any]) -> Matter:
    """The same of what is in the database. Older rows lack what came later; what nothing asks for is left."""
    known = {name: value for name, value in row.items() if name in _NAMES and value is not None}
    for name in _TUPLES:
        known[name] = tuple(known.get(name, ()))
    known["advice"] = tuple(tuple(entry) for entry in known.get("advice", ()))
    return Matter(**known)


class MatterColumn(TypeDecorator[Matter]):
    """A column that holds a Matter as JSON; single names can be asked for in SQL, as of JSON."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Matter | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else asdict(value)

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> Matter | None:
        return None if value is None else of_row(value)
