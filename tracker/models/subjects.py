"""What runs are about, under the other names that people and shops have for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base
from tracker.sop.text import fold


def _backwards(context: Any) -> str:
    return str(fold(context.get_current_parameters()["alias"])[::-1])


class SubjectAlias(Base):
    """Another name of a subject: a shop's id of order 1042, or the label on its tote.

    One alias may be of several subjects; then it is asked which one is meant. `backwards`: its letters,
    fold, from the last to the first, so that an index finds it by its end: the last digits of a number.
    """

    __tablename__ = "subject_aliases"
    __table_args__ = (
        Index(None, "alias", postgresql_ops={"alias": "text_pattern_ops"}),
        Index(None, "backwards", postgresql_ops={"backwards": "text_pattern_ops"}),
        Index(None, "ref"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    backwards: Mapped[str] = mapped_column(default=_backwards, server_default="")
