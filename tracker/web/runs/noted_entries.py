"""What a lead reads of an entry of a phone. It may be of any shape: what is refused is kept as it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from tracker.domain.phone import noted_entries
from tracker.domain.runs import moving
from tracker.errors import HoldfastError
from tracker.models import NotedEntry, Person, Sop
from tracker.web.spoken import error_text

LONGEST = 200
"""Characters of a text that are shown."""


@dataclass(frozen=True, slots=True)
class EntryInWords:
    """An entry that waits for a lead, with the words for it."""

    row: NotedEntry
    why: str
    sop: str
    subject: str
    step: str
    outcome: str
    value: str
    reason: str
    note: str
    files: int


class OfPerson(NamedTuple):
    """What waits of a person's phones: the entries of each run, or start, together."""

    person: Person
    things: list[list[EntryInWords]]

    @property
    def ids(self) -> list[str]:
        """Of all entries."""
        return [str(entry.row.id) for thing in self.things for entry in thing]


def by_person(session: Session, rows: Sequence[NotedEntry]) -> list[OfPerson]:
    """The words for entries that wait for a lead, by whose they are."""
    found: dict[int, OfPerson] = {}
    for thing in noted_entries.things(rows):
        person = thing[0].person
        found.setdefault(person.id, OfPerson(person, [])).things.append(
            [of_entry(session, row) for row in thing]
        )
    return list(found.values())


def of_entry(session: Session, row: NotedEntry) -> EntryInWords:
    """The words for an entry that waits for a lead."""
    data = row.entry.get("data")
    data = data if isinstance(data, dict) else {}
    sop = session.get(Sop, _text(data, "sop"))
    step, files = _text(data, "step"), row.entry.get("files")
    if row.run is not None and row.kind == "record":
        step = moving.texts(session, row.run).get(step, step)
    return EntryInWords(
        row=row,
        why=error_text(HoldfastError(row.why, **row.details)),
        sop=sop.title if sop else _text(data, "sop"),
        subject=_text(data, "subject"),
        step=step,
        outcome=_text(data, "outcome"),
        value=_text(data, "value"),
        reason=_text(data, "reason"),
        note=_text(data, "note"),
        files=len(files) if isinstance(files, list) else 0,
    )


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return str(value)[:LONGEST] if isinstance(value, str | int | float) else ""
