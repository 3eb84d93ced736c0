"""What proves a record: a photo, a file, a drawn signature."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.records import Record
from tracker.models.runs import Run


class Evidence(Base):
    """One append-only piece of evidence of a record.

    `digest` (SHA-256) and `media_type` name the content, which is kept outside the database; `size` is its
    bytes, `name` the file's name as it was given, cleaned.
    Of photos alone, and of none that is older than these columns: `sop_id` is the SOP's, `likeness` what it
    looks like (`content.likeness`), `like_id` an earlier one that is the same or nearly so. `latitude`,
    `longitude` (degrees) and `taken` (ISO 8601, by the camera's clock) are kept where a step asks for them.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index(None, "record_id"), Index(None, "digest"), Index(None, "sop_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("records.id"))
    digest: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    sop_id: Mapped[str | None] = mapped_column(ForeignKey("sops.id"))
    likeness: Mapped[str | None]
    like_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    taken: Mapped[str | None]

    record: Mapped[Record] = relationship()
    run: Mapped[Run] = relationship(secondary="records", viewonly=True)
    like: Mapped[Evidence | None] = relationship(remote_side=[id])
    deletion: Mapped[EvidenceDeletion | None] = relationship(viewonly=True)

    @property
    def is_image(self) -> bool:
        """Whether it may be shown: images are kept as we have drawn them, nothing else is an image."""
        return self.media_type in ("image/jpeg", "image/png")

    @property
    def is_photo(self) -> bool:
        return self.media_type == "image/jpeg"


class EvidenceDeletion(Base):
    """The content of the piece with that id was deleted, `days` after its record, as its SOP says."""

    __tablename__ = "evidence_deletions"

    id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    days: Mapped[int]
