"""Forms on their way: those that wait for their person to sign in again, and those that came a moment ago."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class KeptForm(Base):
    """A form that came when its person was signed out, kept for a day for them and nobody else.

    `path` is where it goes, `page` where it was filled in; `fields` are its names and values, `asked` the
    names of what is never kept: passwords, PINs, files. Its link holds a token, of which `digest` is kept.
    """

    __tablename__ = "kept_forms"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    path: Mapped[str]
    page: Mapped[str]
    fields: Mapped[list[list[str]]] = mapped_column(JSON)
    asked: Mapped[list[str]] = mapped_column(JSON)
    kept_at: Mapped[datetime]


class SentForm(Base):
    """A form that was sent a moment ago, so that a second press of its button gets the answer to the first.

    `digest` is of the form as it was drawn, what was filled in and by whom. `target` is where its answer
    led; None while it is being worked on.
    """

    __tablename__ = "sent_forms"

    digest: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    target: Mapped[str | None]
