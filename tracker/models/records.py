"""What people say about the steps of a run: records, overrides, signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.people import Person

KINDS = ("done", "skipped", "failed", "undone")
VERDICTS = ("signed", "rejected")

_NUMBERED, _FLAGGED = text("device_seq IS NOT NULL"), text("flag IS NOT NULL")


class Record(Base):
    """One append-only fact about a step of a run. The id is made on the device.

    `made_at` is when it was made by the server's reckoning, of what came late alone (`records.clocks`).
    `flag` says what is unusual, in words with spaces between, the most important first. Of what came late:
    "late" (the run was closed meanwhile), "handed" (it became another's), "paused", "blocked" (a critical
    step before it came to hold it up), "gone" (the run's new revision does not have its step), "condition"
    (the step does not apply), "accepted" (a lead has let it count). Of any: "clock" (the device's is wrong),
    "sequence" (the device's numbers run backwards), "quick" (done sooner than is plausible), "amended" (a
    lead put a closed run right). `value` is typed by the step's input.
    """

    __tablename__ = "records"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index(None, "run_id", "step_key"),
        Index("ix_records_person_id_received_at", "person_id", "received_at"),
        Index("ix_records_flagged", "received_at", sqlite_where=_FLAGGED, postgresql_where=_FLAGGED),
        Index(
            "ix_records_device",
            "device_id",
            "received_at",
            "device_seq",
            sqlite_where=_NUMBERED,
            postgresql_where=_NUMBERED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step_key: Mapped[str]
    kind: Mapped[str]
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    cancels_id: Mapped[UUID | None] = mapped_column(ForeignKey("records.id"))
    device_id: Mapped[str | None]
    device_seq: Mapped[int | None]
    device_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    flag: Mapped[str | None]
    digest: Mapped[str] = mapped_column(default="")

    person: Mapped[Person | None] = relationship()

    @property
    def happened_at(self) -> datetime:
        """When it was made by the server's reckoning, as people read it; a direct request as it comes."""
        return self.made_at or self.received_at

    @property
    def flags(self) -> list[str]:
        """What is unusual about it, the most important first."""
        return (self.flag or "").split()


class Override(Base):
    """A lead's decision that the run goes on past a critical step that is not cleared."""

    __tablename__ = "overrides"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str]
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class SignOff(Base):
    """A second person's signature under one record of a step that was done, or under a whole run.

    That of a step is bound to its record, so that whoever does the step again needs a new one. That of a
    run has neither step nor record; `covers` names what stood in the run, and anything that is recorded
    later makes it void. There it may be a refusal too: a run is sent back by the verdict "rejected".
    `meaning` is what the signer has said, or why it is sent back; `digest` binds all (`runs.signatures`).
    """

    __tablename__ = "sign_offs"
    __table_args__ = (
        UniqueConstraint("record_id"),
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        Index(None, "run_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step_key: Mapped[str | None]
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("records.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(default="signed", server_default="signed")
    meaning: Mapped[str] = mapped_column(default="", server_default="")
    covers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    digest: Mapped[str] = mapped_column(default="", server_default="")

    person: Mapped[Person] = relationship()
