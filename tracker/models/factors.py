"""By what else people show who they are: links to a new password, codes, passkeys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.models.people import Person


class PasswordLink(Base):
    """A link by which a person chooses a password, once: the newest that an admin made, or a mail brought.

    Only its digest is kept.
    """

    __tablename__ = "password_links"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    by_mail: Mapped[bool] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class Totp(Base):
    """The secret that a person's authenticator app shares with us, encrypted; in force once it is confirmed.

    `last_step` is the 30 seconds whose code was accepted last: none of them or before is accepted again.
    """

    __tablename__ = "totps"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    secret: Mapped[str]
    last_step: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Passkey(Base):
    """A key in somebody's phone, computer or security key (WebAuthn)."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    credential: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class RecoveryCode(Base):
    """One of ten codes that replace a second factor once each; its first digit is its number."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class Ceremony(Base):
    """One browser on its way to show who its person is; gives access to nothing.

    Begun by a right password (then `person_id` is whose), or for a passkey alone; `challenge` is what the
    passkey signs. The browser holds a token in its cookie, here is the digest.
    """

    __tablename__ = "ceremonies"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    challenge: Mapped[bytes]
    missed: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[datetime] = mapped_column(index=True)

    person: Mapped[Person | None] = relationship()
