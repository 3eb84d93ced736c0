"""What the workers know of their jobs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class JobState(Base):
    """How a job of the workers stands: one row a job, shared by all workers of the installation.

    `next_at` is when it is due. While somebody does it, `claimed_by` names the worker, and `alive_at` is when
    that worker last said that it is still at it. `error` is what went wrong the last time; "" means nothing.
    """

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    next_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(default="")
    claimed_by: Mapped[str | None]
    alive_at: Mapped[datetime | None]
