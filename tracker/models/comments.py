"""What people say on a run."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.people import Person


class Comment(Base):
    """A line that somebody has said on a run; written once. `mentioned` are the ids of people named in it."""

    __tablename__ = "comments"
    __table_args__ = (Index(None, "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    text: Mapped[str]
    mentioned: Mapped[list[int]] = mapped_column(JSON, default=list)

    person: Mapped[Person] = relationship()
