"""The revisions of an SOP as its runs met them: under which of them a step says what it says now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Revision, Step

MOST = 40
"""Revisions that are looked at, from the latest on."""

Said = tuple[str, dict[str, Any]]  # a step's text and attributes


@dataclass(frozen=True, slots=True)
class Version:
    """One revision. It counts from `on`: when it was published, or its first run if that was before.

    `says`: what each of its steps says, by key; None for that of a history, whose revisions have no text.
    """

    id: int
    label: str
    on: date
    says: Mapping[str, Said | None]


@dataclass(frozen=True, slots=True)
class Era:
    """The revisions under which a step has said the same, up to the last of those looked at.

    `changed`: the first of them has changed it.
    """

    first: Version
    revisions: frozenset[int]
    changed: bool


def versions(session: Session, sop_id: str, first_runs: Mapping[int, date]) -> list[Version]:
    """The latest revisions of an SOP, oldest first. `first_runs`: the day of the first run of each with any.

    A history's revision that is not among these is left out: nobody knows when it was.
    """
    columns = (Revision.id, Revision.number, Revision.label, Revision.published_at)
    dated = [
        (min(first_runs.get(id, at.date()), at.date()) if number else first_runs[id], number or 0, id, label)
        for id, number, label, at in session.execute(select(*columns).where(Revision.sop_id == sop_id))
        if number or id in first_runs
    ]
    latest = sorted(dated)[-MOST:]
    says: dict[int, dict[str, Said | None]] = {id: {} for _, _, id, _ in latest}
    texts = {id for _, number, id, _ in latest if number}
    query = select(Step.revision_id, Step.key, Step.text, Step.attributes)
    for id, key, text, attributes in session.execute(query.where(Step.revision_id.in_(says))):
        says[id][key] = (text, attributes) if id in texts else None
    return [Version(id, label, on, says[id]) for on, _, id, label in latest]


def era(found: Sequence[Version], key: str) -> Era | None:
    """The last era of a step among the revisions; None if none of them has it."""
    having = [version for version in found if key in version.says]
    said: Said | None = None
    same: list[Version] = []
    for version in reversed(having):
        before = version.says[key]
        if said is not None and before is not None and before != said:
            break
        said = said or before
        same.append(version)
    if not same:
        return None
    return Era(same[-1], frozenset(version.id for version in same), len(same) < len(having))
