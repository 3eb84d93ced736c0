"""Lists of subjects from which runs are opened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.library import Sop
from tracker.models.people import Location, Person, Team


class Batch(Base):
    """One list: opens a run of one SOP for each of its lines, at most once, however often it is sent.

    `key` is a digest of what was sent. `content` is the list's text, compressed. A line is wrong (it can't be
    opened), passed over (its subject has an open run) or opened; `handled` lines are behind us. Whoever opens
    it shows that they are alive by `claimed_at`. `zone` is that of times in lines without a location.
    """

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'opening', 'done')", name="state"),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    sop_id: Mapped[str] = mapped_column(ForeignKey("sops.id"))
    name: Mapped[str] = mapped_column(default="")
    content: Mapped[bytes] = mapped_column(deferred=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    role: Mapped[str | None]
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    due_at: Mapped[datetime | None]
    zone: Mapped[str]
    anyway: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="draft")
    lines: Mapped[int]
    handled: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)
    passed_over: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]

    sop: Mapped[Sop] = relationship()
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])
    team: Mapped[Team | None] = relationship()
    location: Mapped[Location | None] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
