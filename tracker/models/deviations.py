"""What did not go as the SOP says and needs a person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.people import Person
from tracker.models.runs import Run


class Deviation(Base):
    """Something that did not go as the SOP says and needs a person."""

    __tablename__ = "deviations"
    __table_args__ = (Index(None, "state", "owner_id"), Index(None, "run_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step_key: Mapped[str | None]
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("records.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]

    owner: Mapped[Person | None] = relationship()
    run: Mapped[Run] = relationship()
