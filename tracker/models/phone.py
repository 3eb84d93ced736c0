"""What a lead is told about entries of phones' queues, and the name of this installation's database."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, literal, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.people import Person
from tracker.models.runs import Run

ENTRY_KINDS = ("start", "record", "close", "claim")
NOTES = ("refused", "unclosed", "twin")
NOTED_STATES = ("waiting", "kept", "dismissed")

_UNSEEN = text("state = 'waiting'")


class NotedEntry(Base):
    """An entry of a phone's queue of which a lead is told, whole as it came.

    `note` says what: it was "refused", and stands on the phone still; it was to close a run that can't be
    closed ("unclosed"); it has started a run while another about the same was open ("twin"). `entry` is what
    was sent but for the files' content. `why` is the template of the sentence that its person was told,
    `details` fill it. `location_id` is where its person works, for what is about no run. It waits until a
    lead dismisses it with a reason (`decision`), or it was sent once more and kept after all ("kept").
    """

    __tablename__ = "noted_entries"
    __table_args__ = (
        CheckConstraint(f"kind IN {ENTRY_KINDS}", name="kind"),
        CheckConstraint(f"note IN {NOTES}", name="note"),
        CheckConstraint(f"state IN {NOTED_STATES}", name="state"),
        Index(None, "run_id"),
        Index("ix_noted_entries_waiting", "received_at", sqlite_where=_UNSEEN, postgresql_where=_UNSEEN),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    note: Mapped[str]
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    device_id: Mapped[str | None]
    device_seq: Mapped[int | None]
    device_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    entry: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[int]
    why: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default="waiting")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decision: Mapped[str] = mapped_column(default="")

    run: Mapped[Run | None] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


IS_UNSEEN = NotedEntry.state == literal("waiting", literal_execute=True)
"""The condition in the words of its index, so that databases see that it fits."""


class Installation(Base):
    """The one row that names this database to phones, by chance: a new one has another name."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance: Mapped[str]
