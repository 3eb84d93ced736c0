"""The revisions of an SOP as its runs met them: under which of them a step asks for what it asks for now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.library import revisions
from tracker.models import Revision, Step
from tracker.sop.changes import Said, asks_the_same

MOST = 40
"""Revisions that are looked at, from the latest on."""


@dataclass(frozen=True, slots=True)
class Version:
    """One revision. It counts from `on`: when it was published, or its first run if that was before.

    `says`: what each of its steps says, by key, in their order; None for that of a history, whose revisions
    have no text. `judgement`: what the owner has decided of it, editorial or material; "" if nothing.
    """

    id: int
    label: str
    on: date
    says: Mapping[str, Said | None]
    judgement: str = ""

    def changes(self, before: Version, key: str) -> bool:
        """Whether a step asks for something else than it did in an earlier revision; not known of a history.

        What the owner has decided of the revision counts, also against what the words look like.
        """
        was, now = before.says[key], self.says[key]
        if was is None or now is None or was == now or self.judgement == revisions.EDITORIAL:
            return False
        return self.judgement == revisions.MATERIAL or not asks_the_same(was, now)

    def changes_nothing(self, before: Version) -> bool:
        """Whether all steps ask for what they asked for before, in the same order: an editorial revision."""
        if self.judgement:
            return self.judgement == revisions.EDITORIAL
        if None in (*self.says.values(), *before.says.values()) or [*self.says] != [*before.says]:
            return False
        return not any(self.changes(before, key) for key in self.says)


@dataclass(frozen=True, slots=True)
class Era:
    """The revisions under which a step has asked for the same, from the `first` to the `last` of them.

    `changed`: the first of them has changed it.
    """

    first: Version
    last: Version
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
    decided = revisions.judgements(session, sop_id) if len(latest) > 1 else {}
    says: dict[int, dict[str, Said | None]] = {id: {} for _, _, id, _ in latest}
    texts = {id for _, number, id, _ in latest if number}
    query = select(Step.revision_id, Step.key, Step.text, Step.attributes).order_by(Step.position)
    for id, key, text, attributes in session.execute(query.where(Step.revision_id.in_(says))):
        says[id][key] = (text, attributes) if id in texts else None
    return [
        Version(id, label, on, says[id], decided[number].data["judgement"] if number in decided else "")
        for on, number, id, label in latest
    ]


def era(found: Sequence[Version], key: str) -> Era | None:
    """The last era of a step among the revisions; None if none of them has it."""
    having = [version for version in found if key in version.says]
    if not having:
        return None
    later: Version | None = None  # the earliest one so far whose words are known
    same: list[Version] = []
    for version in reversed(having):
        if later is not None and later.changes(version, key):
            break
        later = version if version.says[key] is not None else later
        same.append(version)
    ids = frozenset(version.id for version in same)
    return Era(same[-1], same[0], ids, len(same) < len(having))


def has_changed(session: Session, sop_id: str) -> bool:
    """Whether a step of an SOP asks for something else than it did in an earlier revision."""
    found = versions(session, sop_id, {})
    eras_of = (era(found, key) for key in (found[-1].says if found else ()))
    return any(one.changed for one in eras_of if one)
