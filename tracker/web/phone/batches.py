"""A batch of a phone's queue, judged in order in short writes: each entry by itself, none stops another.

An entry has its savepoint, and entries share a commit as long as the lock is not held too long. Nobody is
told that something is kept before it is on the disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from sqlalchemy.orm import Session

from tracker.db import CHUNK_SECONDS, db
from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.evidence.content import Piece
from tracker.domain.phone import entries, noted_entries, receiving
from tracker.domain.phone.entries import PhoneEntry
from tracker.domain.phone.receiving import Locked, Receipt
from tracker.domain.records import late_rules
from tracker.domain.records.clocks import Device
from tracker.errors import N_, ForbiddenError, HoldfastError, NotFoundError, ThrottledError, UnavailableError
from tracker.models import ENTRY_KINDS, LateRecord, Record, Run
from tracker.together import writing_together
from tracker.web import failures
from tracker.web.reader import now

_AGAIN = (ThrottledError, UnavailableError)
"""What says nothing about an entry: it is sent once more."""

LONGEST_LOOK = 10.0
"""Seconds for which one request looks at files; those that are left are sent once more."""

_ANOTHERS = N_("This was made by somebody else on this phone. It is sent when they sign in.")
_TOO_MUCH = N_("There was not enough time to look at all files. This is sent once more.")
_NOT_YET = N_("What this belongs to could not be taken just now. Both are sent once more.")


@dataclass(slots=True)
class _Item:
    """An entry as it came, as it was read, or the error of that; and its evidence once that is put away."""

    raw: dict[str, Any]
    id: UUID
    entry: PhoneEntry | None = None
    error: HoldfastError | None = None
    pieces: Sequence[Piece] | None = None

    @property
    def waits(self) -> bool:
        """Whether its files are still to be looked at, which is done before anybody takes the lock."""
        return self.entry is not None and bool(self.entry.files) and self.pieces is None and not self.error

    @property
    def kind(self) -> str:
        """Its kind, a record where it names none that there is."""
        kind = self.raw.get("kind")
        return kind if kind in ENTRY_KINDS else "record"


@dataclass(slots=True)
class Batch:
    """What one person's phone sends at once.

    `device` is the phone as it sends; `take_in` checks the files of an entry and puts them away. `lead`: who
    hands it in for the actor, who can't sign in any more.
    """

    actor: Actor
    device: Device
    take_in: Callable[[PhoneEntry], Sequence[Piece]]
    lead: Actor | None = None
    _refused: dict[str, HoldfastError] = field(default_factory=dict)  # starts that were, by their ref
    _held: set[str] = field(default_factory=set)  # refs of starts that are sent once more
    _noted: frozenset[UUID] = frozenset()
    _locked: Locked = field(default_factory=dict)
    _looked: float = 0.0  # seconds, at files

    def judge(self, raws: Sequence[dict[str, Any]]) -> list[Receipt]:
        """A receipt for each entry, in their order. Raises InvalidError where one has no id."""
        items = [_read(raw) for raw in raws]
        self._noted = noted_entries.known(db.session(), [item.id for item in items])
        receipts: list[Receipt] = []
        while len(receipts) < len(items):
            rest = items[len(receipts) :]
            try:
                self._bring(rest[0])
                receipts += self._write(rest)
            except Exception as error:  # the disk, the database: nothing of this part is kept
                current_app.logger.exception("a part of a queue was not written")
                db.session.rollback()
                receipts += [Receipt(item.id, "again", _later(error)) for item in rest]
        return receipts

    def _bring(self, item: _Item) -> None:
        """Take in the files of an entry that comes next."""
        if not item.waits or item.entry is None or item.entry.person != self.actor.id:
            return
        if item.entry.ref in self._refused or item.entry.ref in self._held:
            return
        began = time.perf_counter()
        try:
            if self._looked > LONGEST_LOOK:
                raise UnavailableError(_TOO_MUCH)
            item.pieces = self.take_in(item.entry)
        except HoldfastError as error:
            item.error = error
        finally:
            self._looked += time.perf_counter() - began
            db.session.rollback()

    def _write(self, items: Sequence[_Item]) -> list[Receipt]:
        """Judge entries from the first on, until the lock has been held for long enough; commit them."""
        receipts: list[Receipt] = []
        self._locked.clear()
        with writing_together() as session:
            began = time.perf_counter()
            for item in items:
                if receipts and (item.waits or time.perf_counter() - began > CHUNK_SECONDS):
                    break
                receipts.append(self._one(session, item))
        return receipts

    def _one(self, session: Session, item: _Item) -> Receipt:
        entry, error = item.entry, item.error
        if entry is not None and entry.person != self.actor.id:
            return Receipt(item.id, "again", ForbiddenError(_ANOTHERS))
        if entry is not None and entry.kind != "start" and entry.ref in self._held:
            return Receipt(item.id, "again", UnavailableError(_NOT_YET))
        if entry is not None and entry.kind != "start" and entry.ref in self._refused:
            error = self._refused[entry.ref]
        try:
            if error is not None or entry is None:
                raise error or NotFoundError(receiving.NOT_HERE)
            with session.begin_nested():
                return self._apply(session, item, entry)
        except _AGAIN as later:
            self._forget(session)
            return self._hold(item, later)
        except HoldfastError as refused:
            self._forget(session)
            return self._refuse(session, item, refused)
        except (OperationalError, InternalError):  # of the database, not of the entry
            raise
        except Exception as fault:
            current_app.logger.exception("an entry of a queue: %s", item.id)
            self._forget(session)
            return self._hold(item, _later(fault))

    def _apply(self, session: Session, item: _Item, entry: PhoneEntry) -> Receipt:
        device, pieces = self._device(entry), item.pieces or ()
        if self.lead is not None:
            receipt = receiving.hand_in(session, self.lead, self.actor.holder, now(), entry, device, pieces)
        else:
            receipt = receiving.apply(session, self.actor, now(), entry, device, pieces, self._locked)
        if receipt.note is not None and receipt.why is not None:
            self._note(session, item, receipt.note, receipt.why, receipt.run)
        elif item.id in self._noted:
            noted_entries.settle(session, self.actor, now(), item.id)
        return receipt

    def _refuse(self, session: Session, item: _Item, error: HoldfastError) -> Receipt:
        if item.entry is not None and item.entry.kind == "start":
            self._refused[item.entry.ref or str(item.id)] = error
        run = self._run_of(session, item.entry)
        if item.kind != "claim":  # nothing was done by it
            try:
                with session.begin_nested():
                    self._note(session, item, "refused", error, run)
            except _AGAIN as later:
                return self._hold(item, later)
            except IntegrityError:  # another request of the same phone has noted it just now
                self._forget(session)
            except (OperationalError, InternalError):
                raise
            except Exception as fault:  # of what it says: others are not stopped by it
                current_app.logger.exception("a note about an entry of a queue: %s", item.id)
                self._forget(session)
                return self._hold(item, _later(fault))
        return Receipt(item.id, "refused", error, run=run)

    def _hold(self, item: _Item, error: HoldfastError) -> Receipt:
        if item.entry is not None and item.entry.kind == "start":
            self._held.add(item.entry.ref or str(item.id))
        return Receipt(item.id, "again", error)

    def _note(self, session: Session, item: _Item, what: str, why: HoldfastError, number: int | None) -> None:
        run = session.get(Run, number) if number is not None else None
        device = self._device(item.entry) if item.entry else self.device
        noted_entries.note(
            session, self.actor, now(), what, why,
            id=item.id, kind=item.kind, entry=item.raw, device=device, run=run,
            by=self.lead.id if self.lead else None,
        )  # fmt: skip

    def _run_of(self, session: Session, entry: PhoneEntry | None) -> int | None:
        """The number of the run that a refused entry is about, if there is one.

        Nobody learns that of a run which is nothing to them, nor tells its lead anything: theirs is told.
        """
        if entry is None or entry.kind == "start":
            return None
        try:
            run = session.get(Run, receiving.number_of(session, self.actor, entry))
        except NotFoundError:
            return None
        if run is None:
            return None
        if self.lead is not None:
            return run.id if access.may(self.lead, "run.see", run) else None
        return None if late_rules.is_stranger(session, self.actor, run) else run.id

    def _device(self, entry: PhoneEntry) -> Device:
        return replace(self.device, seq=entry.seq, at=entry.at)

    def _forget(self, session: Session) -> None:
        """Nothing that the session holds of an entry that was taken back is looked at again."""
        self._locked.clear()
        for row in list(session.identity_map.values()):
            if isinstance(row, Record | LateRecord):
                session.expunge(row)
            elif isinstance(row, Run):
                session.expire(row)


def _read(raw: dict[str, Any]) -> _Item:
    item = _Item(raw, entries.identity(raw))
    try:
        item.entry = entries.read(raw)
    except HoldfastError as error:
        item.error = error
    return item


def _later(error: Exception) -> HoldfastError:
    """What is said where it was not the entry's doing."""
    return error if isinstance(error, HoldfastError) else UnavailableError(failures.explain(error)[0])
