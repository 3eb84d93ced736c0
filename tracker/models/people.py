"""People, and where and as what they work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker.db import LETTER_BY_LETTER, Base
from tracker.sop.ordering import order_key
from tracker.sop.text import clean, fold

LEVELS = ("staff", "lead", "owner", "admin")


def login_key(login: str) -> str:
    """One key for a login however a keyboard writes it: what looks the same is the same."""
    return fold(login)


def _key_of_login(context: Any) -> str:
    return login_key(context.get_current_parameters()["login"])


class Named:
    """Something with a name, stored without what nobody sees.

    It is found by `name_key`, in capitals and small letters alike, and lists are sorted by `name_order`.
    """

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(server_default="")
    name_order: Mapped[str] = mapped_column(LETTER_BY_LETTER, server_default="")

    @validates("name")
    def _fold_name(self, _: str, name: str) -> str:
        name = clean(name)
        self.name_key, self.name_order = fold(name), order_key(name)
        return name


person_roles = Table(
    "person_roles",
    Base.metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True),
)


class Location(Named, Base):
    """A place where work is done, with the zone in which its people read times."""

    __tablename__ = "locations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str]
    retired_at: Mapped[datetime | None]


class Team(Named, Base):
    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    retired_at: Mapped[datetime | None]

    location: Mapped[Location | None] = relationship()


class Role(Named, Base):
    """A job, as SOPs name it: picker, packer. Apart from the access level."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Person(Named, Base):
    """Somebody who works with SOPs. Without a password (imported people) they can't sign in.

    `login_key` is the login as it is looked up, however a keyboard writes it. `areas` are those whose SOPs
    they answer for; with `everywhere`, a lead or owner reaches all that there is.

    `language` is what they have chosen for the interface ("de"); None is as their browser says.

    `first_until` is there while somebody else knows their password: until then it opens nothing but the
    page where they choose their own, and after that nothing at all.
    """

    __tablename__ = "people"
    __table_args__ = (CheckConstraint(f"access IN {LEVELS}", name="access"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    login_key: Mapped[str] = mapped_column(index=True, default=_key_of_login)
    name: Mapped[str]
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(index=True)
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    first_until: Mapped[datetime | None]
    pin_hash: Mapped[str | None]
    access: Mapped[str] = mapped_column(default="staff")
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    areas: Mapped[list[str]] = mapped_column(JSON, default=list)
    everywhere: Mapped[bool] = mapped_column(default=False)
    imported: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    location: Mapped[Location | None] = relationship()
    team: Mapped[Team | None] = relationship()
    roles: Mapped[list[Role]] = relationship(secondary=person_roles, order_by=Role.name_order)

    token = ""
    """The token of the session in which they are signed in, in this request."""

    @validates("email")
    def _fold_email(self, _: str, email: str | None) -> str | None:
        self.email_key = fold(email) if email else None
        return email

    # What Flask-Login asks of whoever is signed in.
    is_active = is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token


class OwnerName(Base):
    """Which person an SOP means by an owner's name that is nobody's login."""

    __tablename__ = "owner_names"

    name: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship()
