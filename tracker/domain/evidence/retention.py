"""Deleting evidence whose time is over, as its SOP says, and files that no record names.

The row of a piece stays, with its digest: signatures and the history depend on it. A file goes once no row
that is still to be kept names it, and never within a day of being put: its record may be under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import SYSTEM
from tracker.domain.events import emit
from tracker.domain.evidence.pieces import name_of, small_name
from tracker.domain.evidence.stores import Store
from tracker.models import Evidence, EvidenceDeletion, LateRecord, Record, Revision, Run, Sop

YOUNG = timedelta(days=1)
FEW, SHARE = 100, 0.1
"""So many files, or that share of all, may be named by no row. More look like another installation's store,
or like a database that was restored from before them."""

_BATCH, _LISTED = 200, 500


@dataclass(frozen=True, slots=True)
class Expired:
    """Pieces of one SOP, by their ids, that are older than the days that it keeps them."""

    sop_id: str
    days: int
    ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Files:
    """Files that no row wants: `spent` belonged to deleted pieces, `orphans` to none. Of `all`."""

    all: int
    spent: Sequence[str]
    orphans: Sequence[str]

    @property
    def doubtful(self) -> bool:
        """Whether there are so many orphans that something else is wrong."""
        return len(self.orphans) > max(FEW, SHARE * self.all)


def find_expired(session: Session, now: datetime) -> list[Expired]:
    """Evidence that is older than its SOP keeps it, in batches. Open runs keep theirs."""
    batches = []
    sops = select(Sop.id, Revision.meta).join(Revision, Revision.id == Sop.in_force_id).order_by(Sop.id)
    for sop_id, meta in session.execute(sops).all():
        if days := meta.keep_evidence:
            query = (
                select(Evidence.id)
                .join(Record, Record.id == Evidence.record_id)
                .join(Run, Run.id == Record.run_id)
                .where(Run.sop_id == sop_id, Run.state != "open")
                .where(Record.received_at < now - timedelta(days=days), ~_deleted())
                .order_by(Evidence.id)
            )
            ids = session.scalars(query).all()
            batches += [Expired(sop_id, days, ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH)]
    return batches


def units(batches: Sequence[Expired], now: datetime) -> Iterator[Callable[[Session], Any]]:
    """The short writes that delete these batches, each with one event."""
    for batch in batches:
        yield partial(_delete, now=now, batch=batch)


def _delete(session: Session, now: datetime, batch: Expired) -> None:
    alone(session, "evidence")
    ids = session.scalars(select(Evidence.id).where(Evidence.id.in_(batch.ids), ~_deleted())).all()
    if ids:
        rows = [{"id": id, "at": now, "days": batch.days} for id in ids]
        session.execute(insert(EvidenceDeletion), rows)
        emit(
            session,
            SYSTEM,
            now,
            kinds.EvidenceDeleted(pieces=len(ids), days=batch.days),
            f"sop:{batch.sop_id}",
        )


def find_unwanted(session: Session, store: Store, now: datetime) -> Files:
    """The files of the store that no row names any more. Raises UnavailableError."""
    number, spent, orphans = 0, [], []
    late = _of_late_records(session, now)
    names = store.names(now - YOUNG)
    while some := list(islice(names, _LISTED)):
        rows = select(Evidence, _deleted()).where(Evidence.digest.in_({name[:64] for name in some}))
        kept: set[str] = late.intersection(some)
        gone: set[str] = set()
        for entry, deleted in session.execute(rows):
            (gone if deleted else kept).update((name_of(entry), small_name(entry)))
        number += len(some)
        spent += [name for name in some if name not in kept and name in gone]
        orphans += [name for name in some if name not in kept and name not in gone]
    return Files(number, spent, orphans)


def _of_late_records(session: Session, now: datetime) -> set[str]:
    """The files of what came late and waits for a lead, or was declined and is not over its time yet."""
    query = (
        select(LateRecord.pieces, LateRecord.state, LateRecord.received_at, Revision.meta)
        .join(Run, Run.id == LateRecord.run_id)
        .join(Revision, Revision.id == Run.revision_id)
        .where(LateRecord.pieces.is_not(None))
    )
    names: set[str] = set()
    for pieces, state, received_at, meta in session.execute(query):
        days = meta.keep_evidence
        if state == "waiting" or not days or received_at >= now - timedelta(days=days):
            for entry in (Evidence(**piece) for piece in pieces or ()):
                names |= {name_of(entry), small_name(entry)}
    return names


def log_removal(session: Session, now: datetime, files: int) -> None:
    """Add the event that says how many files are removed."""
    emit(session, SYSTEM, now, kinds.EvidenceCleared(files=files), "evidence")


def take_away(store: Store, names: Sequence[str], now: datetime) -> int:
    """Remove files that nobody has put again meanwhile; returns how many. Raises UnavailableError."""
    return sum(store.delete(name, now - YOUNG) for name in names)


def _deleted() -> Any:
    return exists().where(EvidenceDeletion.id == Evidence.id)
