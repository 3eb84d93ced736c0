"""Shared devices: tablets that stand at a location and belong to whoever unlocks them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.people import Location, Named, Person


class Device(Named, Base):
    """A shared tablet. Its cookie holds a token whose digest is kept; `turn` counts who had it.

    A session on it names the turn in which it began, so that it ends with the next one.
    """

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    idle_minutes: Mapped[int] = mapped_column(default=2)
    turn: Mapped[int] = mapped_column(default=0)
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    last_seen: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    location: Mapped[Location] = relationship()
    registered_by: Mapped[Person] = relationship()


class DevicePerson(Base):
    """That a person has used a device, and when."""

    __tablename__ = "device_people"

    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    used_at: Mapped[datetime | None]
