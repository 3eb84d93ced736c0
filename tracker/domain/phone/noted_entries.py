"""What a lead is told about entries of phones' queues: nothing that somebody did is dropped in silence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor, in_person
from tracker.domain.events import emit
from tracker.domain.phone.entries import DEEPEST
from tracker.domain.records import late_records, sequences
from tracker.domain.records.clocks import Device
from tracker.domain.runs import rules
from tracker.errors import N_, ConflictError, HoldfastError, NotFoundError, ThrottledError
from tracker.models import IS_UNSEEN, NotedEntry, Run

LONGEST = 20_000
"""Characters of one entry that are kept: whoever makes them up fills no disk."""

MOST_OF_PERSON = 300
"""So many noted entries of one person may wait at once, as of late records."""


class ToDecide(NamedTuple):
    """How many late records wait for a lead, in how many runs, and how many entries of phones."""

    records: int
    runs: int
    entries: int


_UNFIT = re.compile("[\0\ud800-\udfff]")


def note(
    session: Session,
    actor: Actor,
    now: datetime,
    what: str,
    error: HoldfastError,
    *,
    id: UUID,
    kind: str,
    entry: Mapping[str, Any],
    device: Device,
    run: Run | None = None,
    by: int | None = None,
) -> NotedEntry:
    """Note an entry of a phone for the lead, once: sent again, it is the same line with what is said now.

    What somebody made themselves is noted in their name; `by` is the lead who has handed it in. An entry
    without a kind that we know is noted as a record: so a phone calls almost everything.
    """
    row = session.get(NotedEntry, id)
    if row is None:
        _must_have_room(session, actor)
        if kind == "record":
            sequences.has_come(session, device)
        emit(session, actor, now, kinds.EntryNoted(note=what, entry=kind, by=by), f"entry:{id}")
        person = in_person(actor)
        row = NotedEntry(id=id, person_id=person.id, location_id=person.location_id, received_at=now)
        row.kind, row.entry = kind, _kept(entry)
        row.device_id, row.device_seq, row.device_at = device.name, device.seq, device.at
        session.add(row)
    elif row.person_id != actor.id:
        return row
    row.note, row.status, row.why, row.details = what, error.status, error.template, _plain(error.details)
    row.run_id = run.id if run else row.run_id
    session.flush()
    return row


def _must_have_room(session: Session, actor: Actor) -> None:
    theirs = select(func.count()).select_from(NotedEntry).where(IS_UNSEEN, NotedEntry.person_id == actor.id)
    if (session.scalar(theirs) or 0) >= MOST_OF_PERSON:
        raise ThrottledError(
            N_("%(n)s entries of your phone wait for a lead already. Ask one to look, then send this again."),
            n=MOST_OF_PERSON,
        )


def known(session: Session, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these entries are noted already."""
    return frozenset(session.scalars(select(NotedEntry.id).where(NotedEntry.id.in_(ids))))


def why_unclosed(session: Session, actor: Actor, id: UUID) -> ConflictError | None:
    """Why the actor's closing left its run open when it came first; None where it has not come yet.

    Sent again it closes nothing, though it could by now: a lead was told, and has perhaps seen to it.
    """
    row = session.get(NotedEntry, id)
    if row is None or row.note != "unclosed" or row.person_id != actor.id:
        return None
    return ConflictError(row.why, **row.details)


def settle(session: Session, actor: Actor, now: datetime, id: UUID) -> None:
    """An entry that was refused before was kept after all: nobody needs to look at it any more."""
    row = session.get(NotedEntry, id)
    if row is not None and row.note == "refused" and row.state == "waiting" and row.person_id == actor.id:
        row.state, row.decided_at = "kept", now
        emit(session, actor, now, kinds.EntryKept(), f"entry:{id}")
        session.flush()


def dismiss(session: Session, actor: Actor, now: datetime, row: NotedEntry, reason: str) -> None:
    """A lead has seen to it, and says what was done. Raises ForbiddenError, InvalidError, ConflictError."""
    access.require(actor, "record.accept")
    if row.state != "waiting":
        raise ConflictError(N_("Somebody has seen to this already."))
    row.state, row.decided_at, row.decided_by_id = "dismissed", now, in_person(actor).id
    row.decision = rules.why(reason)
    emit(session, actor, now, kinds.EntryDismissed(reason=row.decision), f"entry:{row.id}")
    session.flush()


def one(session: Session, actor: Actor, id: UUID) -> NotedEntry:
    """A noted entry within a lead's reach. Raises NotFoundError."""
    row: NotedEntry | None = session.scalar(_of(actor).where(NotedEntry.id == id))
    if row is None:
        raise NotFoundError(N_("There is no such entry, or another lead looks after it."))
    return row


def waiting(session: Session, actor: Actor, *, most: int, after: int = 0) -> Sequence[NotedEntry]:
    """What waits within a lead's reach, oldest first."""
    query = _of(actor).where(IS_UNSEEN).options(joinedload(NotedEntry.person), joinedload(NotedEntry.run))
    return session.scalars(
        query.order_by(NotedEntry.received_at, NotedEntry.id).limit(most).offset(after)
    ).all()


def to_decide(session: Session, actor: Actor) -> ToDecide:
    """How much waits within a lead's reach: what came late, and what phones were refused.

    What belongs to one run of one person is one thing.
    """
    rows = _of(actor).where(IS_UNSEEN)
    things = rows.with_only_columns(NotedEntry.person_id, _BELONGS.label("to")).distinct().subquery()
    theirs = select(func.count()).select_from(things)
    return ToDecide(*late_records.counted(session, actor), session.scalar(theirs) or 0)


def things(rows: Sequence[NotedEntry]) -> list[list[NotedEntry]]:
    """The entries put together that belong to one run of one person, in their order."""
    found: dict[tuple[int, str], list[NotedEntry]] = {}
    for row in rows:
        ref = row.entry.get("ref") or row.entry.get("id")
        found.setdefault((row.person_id, str(row.run_id or ref or row.id)), []).append(row)
    return list(found.values())


_BELONGS = func.coalesce(
    cast(NotedEntry.run_id, String),
    func.nullif(NotedEntry.entry["ref"].as_string(), ""),
    NotedEntry.entry["id"].as_string(),
    cast(NotedEntry.id, String),
)
"""The same as in `things`, as an expression."""


def _of(actor: Actor) -> Any:
    return select(NotedEntry).outerjoin(Run, Run.id == NotedEntry.run_id).where(_reached(actor))


def _reached(actor: Actor) -> ColumnElement[bool]:
    """Of a run that the lead reaches; of no run, by somebody who works where they lead."""
    nowhere = NotedEntry.run_id.is_(None)
    if access.reaches_all(actor) and access.may(actor, "record.accept"):
        return or_(nowhere, access.reachable(actor))
    place = NotedEntry.location_id.is_(None) | (NotedEntry.location_id == actor.location_id)
    return or_(and_(nowhere, place), access.reachable(actor))


def _kept(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as the database can keep it: whole, but for what would fill the disk or break its text."""
    kept: dict[str, Any] = _plain(entry)
    if len(str(kept)) <= LONGEST:
        return kept
    return {"cut": str(kept)[:LONGEST]}


def _plain(value: Any, deep: int = 0) -> Any:
    if isinstance(value, str):
        return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, Mapping | list | tuple) and deep > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {str(_plain(str(key))): _plain(part, deep + 1) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, deep + 1) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no such numbers
    return value if isinstance(value, int | float | bool) or value is None else str(value)
