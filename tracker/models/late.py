"""What came late: records that wait for a lead, and numbers of devices that never came."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, literal, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.people import Person
from tracker.models.records import KINDS
from tracker.models.runs import Run

LATE_STATES = ("waiting", "counted", "accepted", "declined")
WHYS = ("part", "undo", "closed", "outcome", "paused", "signed", "blocked")

_WAITING, _MISSING = text("state = 'waiting'"), text("missing > 0")


class LateRecord(Base):
    """A record that came late and counts nowhere until a lead accepts it; it is kept whole either way.

    Its id is the record's, made on the device: an accepted one is the record of that id from then on. `value`
    is as typed, `pieces` are the rows of its evidence without their record. `made_at`, `received_at` and
    `flag` are those of `Record`. `why` says what it waits for: its person had no part in the run then
    ("part"), it takes something back ("undo"), it was made when the run was closed already ("closed"), or
    paused ("paused"), it would change what the closed run says ("outcome"), or make a signature void
    ("signed"), a critical step before it was not done then either ("blocked"). The last, and what takes
    something back, are looked at again whenever something is recorded, and may then count by themselves
    ("counted").
    """

    __tablename__ = "late_records"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"state IN {LATE_STATES}", name="state"),
        CheckConstraint(f"why IN {WHYS}", name="why"),
        Index(None, "run_id"),
        Index(None, "device_id", "received_at"),
        Index("ix_late_records_waiting", "run_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step_key: Mapped[str]
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    cancels_id: Mapped[UUID | None]
    pieces: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    device_id: Mapped[str | None]
    device_seq: Mapped[int | None]
    device_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    flag: Mapped[str | None]
    digest: Mapped[str]
    why: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decision: Mapped[str] = mapped_column(default="")

    run: Mapped[Run] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


IS_WAITING = LateRecord.state == literal("waiting", literal_execute=True)
"""The condition in the words of its index, so that databases see that it fits."""


class SequenceGap(Base):
    """Numbers that a device has given to records which have not come, though later ones have.

    `missing` of those between `after_seq` and `before_seq` are still missing. `after_at` and `before_at` are
    when the records beside the gap were made; the later one is of `person_id` in `run_id`.
    """

    __tablename__ = "sequence_gaps"
    __table_args__ = (
        Index(None, "device_id", "after_seq"),
        Index("ix_sequence_gaps_missing", "before_at", sqlite_where=_MISSING, postgresql_where=_MISSING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[str]
    after_seq: Mapped[int]
    before_seq: Mapped[int]
    missing: Mapped[int]
    after_at: Mapped[datetime]
    before_at: Mapped[datetime]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    run: Mapped[Run] = relationship()
    person: Mapped[Person] = relationship()


IS_MISSING = SequenceGap.missing > literal(0, literal_execute=True)
"""Likewise of the gaps that are not filled."""
