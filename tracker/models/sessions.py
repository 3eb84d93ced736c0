"""Who is signed in, and by which browsers each person has come before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.devices import Device
from tracker.models.people import Location, Person


class LoginSession(Base):
    """One sign-in, from its beginning to its end. The cookie holds a random token whose digest is kept here.

    `via` is how they showed who they are (see `domain.actor.Way`), `browser` its words ("Chrome on
    Android"), `known_browser` the digest of the browser's own cookie; `ended_by` is one of `sessions.ENDS`.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "person_id", "ended_at"), Index(None, "network", "begun_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    digest: Mapped[str] = mapped_column(unique=True)
    via: Mapped[str]
    begun_at: Mapped[datetime]
    used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    browser: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    network: Mapped[str] = mapped_column(default="")
    known_browser: Mapped[str | None]
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), index=True)

    person: Mapped[Person] = relationship()
    location: Mapped[Location | None] = relationship()
    device: Mapped[Device | None] = relationship()


class KnownBrowser(Base):
    """A browser from which the person has signed in: strangers' wrong tries never shut it out."""

    __tablename__ = "known_browsers"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime]
