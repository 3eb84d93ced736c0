"""Filters of the board that somebody has named."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base
from tracker.models.people import Named


class SavedView(Named, Base):
    """A view of the board by a name of somebody's own; nobody else sees it, its address can be passed on.

    `filters` are those of the board's address, as they stand there ("state=late&sop=pack"). `is_default`: the
    board opens with it.
    """

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("person_id", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str]
    filters: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
