"""What happened to accounts and sessions, from where; and how often somebody has guessed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.devices import Device
from tracker.models.people import Person


class SecurityEntry(Base):
    """One append-only line of the security log.

    `kind` is one of `domain.security_log.KINDS`; `person` is whom it is about, `actor` who did it; `login` is
    what was typed where nobody is known by it.
    """

    __tablename__ = "security_log"
    __table_args__ = (Index(None, "at"), Index(None, "kind", "at"), Index(None, "person_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    login: Mapped[str | None]
    address: Mapped[str]
    browser: Mapped[str]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    actor: Mapped[Person | None] = relationship(foreign_keys=actor_id)
    device: Mapped[Device | None] = relationship()


class Tries(Base):
    """How many tries in a row were not right, of one account, browser or address; see `entrance.tries`."""

    __tablename__ = "tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    wrong: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime] = mapped_column(index=True)
