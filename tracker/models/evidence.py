"""What proves a record: a photo, a file, a drawn signature."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class Evidence(Base):
    """One append-only piece of evidence of a record.

    `digest` (SHA-256) and `media_type` name the content, which is kept outside the database; `size` is its
    bytes, `name` the file's name as it was given, cleaned.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index(None, "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("records.id"))
    digest: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    name: Mapped[str] = mapped_column(default="")

    @property
    def is_image(self) -> bool:
        """Whether it may be shown: images are kept as we have drawn them, nothing else is an image."""
        return self.media_type in ("image/jpeg", "image/png")
