"""What runs are about, under the other names that people and shops have for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base
from tracker.sop.text import fold


def subject_key(ref: str, kind: str = "") -> str:
    """The key by which a subject, or another name of it, is found: folded, without its kind before it.

    "order 1042" is what pages say for the order 1042, and so do people.
    """
    key, before = fold(ref), fold(kind)
    if before and key.startswith(f"{before} "):
        return key[len(before) + 1 :]
    return key


def _alias_key(context: Any) -> str:
    given = context.get_current_parameters()
    return subject_key(given["alias"], given["kind"])


def _ref_key(context: Any) -> str:
    given = context.get_current_parameters()
    return subject_key(given["ref"], given["kind"])


def _backwards(context: Any) -> str:
    return _alias_key(context)[::-1]


class SubjectAlias(Base):
    """Another name of a subject: a shop's id of order 1042, or the label on its tote.

    One alias may be of several subjects; then it is asked which one is meant. Both are kept as they were
    written; `ref_key` and `alias_key` are how they are compared (`subject_key`). `backwards`: the letters
    of `alias_key` from the last to the first, so that an index finds it by its end: the last digits of a
    number.
    """

    __tablename__ = "subject_aliases"
    __table_args__ = (
        Index(None, "alias_key", postgresql_ops={"alias_key": "text_pattern_ops"}),
        Index(None, "backwards", postgresql_ops={"backwards": "text_pattern_ops"}),
        Index(None, "ref_key"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    ref_key: Mapped[str] = mapped_column(default=_ref_key, server_default="")
    alias_key: Mapped[str] = mapped_column(default=_alias_key, server_default="")
    backwards: Mapped[str] = mapped_column(default=_backwards, server_default="")
