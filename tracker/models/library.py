"""SOPs, their immutable revisions and steps, and what the last sync found wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import LETTER_BY_LETTER, Base
from tracker.models.matter import Matter, MatterColumn
from tracker.models.people import Person
from tracker.sop.ordering import order_key
from tracker.sop.text import fold

REVISIONS = "revisions"
"""What `db.alone` is asked for by whoever gives an SOP a revision or changes which one is in force."""


def sop_keys(id: str, title: str, area: str, owner_name: str | None) -> dict[str, str | None]:
    """The keys of an SOP but that of its text."""
    return {
        "owner_key": fold(owner_name) if owner_name else None,
        "search_key": "\n".join(map(fold, (title, area, id))),
        "title_order": order_key(title),
        "area_order": order_key(area),
    }


def _keys(context: Any) -> dict[str, str | None]:
    given = context.get_current_parameters()
    return sop_keys(given["id"], given["title"], given.get("area") or "", given.get("owner_name"))


def _owner_key(context: Any) -> str | None:
    return _keys(context)["owner_key"]


def _search_key(context: Any) -> str | None:
    return _keys(context)["search_key"]


def _title_order(context: Any) -> str | None:
    return _keys(context)["title_order"]


def _area_order(context: Any) -> str | None:
    return _keys(context)["area_order"]


def _step_key(context: Any) -> str:
    return fold(context.get_current_parameters()["text"])


class Sop(Base):
    """An SOP under the id that survives renaming. What can change is in its revisions.

    The keys are what is searched in and compared, folded (`tracker.sop.text.fold`): whose it is; title,
    area and id; the text of the revision in force. Lists are sorted by what ends in `_order`.

    `reviewed_at`: when somebody last read it as a whole, so what its time of review counts from. `unnoticed`:
    of a document that says what is in force in other signs (a blank line more), `digests` of its sources by
    language ("" for the original) and the `advice` that lint has for it.
    """

    __tablename__ = "sops"

    id: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str | None]
    title: Mapped[str]
    area: Mapped[str] = mapped_column(default="")
    owner_name: Mapped[str | None]
    owner_key: Mapped[str | None] = mapped_column(index=True, default=_owner_key)
    search_key: Mapped[str] = mapped_column(server_default="", default=_search_key, deferred=True)
    text_key: Mapped[str] = mapped_column(server_default="", default="", deferred=True)
    title_order: Mapped[str] = mapped_column(LETTER_BY_LETTER, server_default="", default=_title_order)
    area_order: Mapped[str] = mapped_column(LETTER_BY_LETTER, server_default="", default=_area_order)
    in_force_id: Mapped[int | None] = mapped_column(
        ForeignKey("revisions.id", use_alter=True, name="fk_sops_in_force_id")
    )
    retired_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    unnoticed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    in_force: Mapped[Revision | None] = relationship(foreign_keys=[in_force_id], post_update=True)


class Revision(Base):
    """An SOP at a digest. Never changed; revisions of an imported history have a label and no source.

    `verify`: the role that signs each of its runs, "" where any second person does, None where nobody has to.
    Who published it is a person, or where nobody here is known by that name, the name alone.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("sop_id", "label"),
        Index(None, "sop_id", "published_at"),
        Index(None, "verify"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sop_id: Mapped[str] = mapped_column(ForeignKey("sops.id"))
    number: Mapped[int | None]
    label: Mapped[str]
    digest: Mapped[str | None]
    title: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    html: Mapped[str] = mapped_column(default="")
    meta: Mapped[Matter] = mapped_column(MatterColumn, default=Matter)
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    published_by: Mapped[str | None]
    verify: Mapped[str | None]

    sop: Mapped[Sop] = relationship(foreign_keys=[sop_id])
    published_by_person: Mapped[Person | None] = relationship()
    steps: Mapped[list[Step]] = relationship(order_by="Step.position", back_populates="revision")

    @property
    def publisher(self) -> str | None:
        """The name of who published it; None where that was not kept."""
        return self.published_by_person.name if self.published_by_person else self.published_by


class Step(Base):
    """One step of one revision; `key` is the same step's name in every revision."""

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("revision_id", "key"), Index(None, "revision_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    position: Mapped[int]
    key: Mapped[str]
    text: Mapped[str]
    text_key: Mapped[str] = mapped_column(server_default="", default=_step_key, deferred=True)
    line: Mapped[int] = mapped_column(default=0)
    depth: Mapped[int] = mapped_column(default=1)
    parent: Mapped[str | None]
    checkbox: Mapped[bool] = mapped_column(default=False)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    html: Mapped[str] = mapped_column(default="")
    recovery: Mapped[str] = mapped_column(default="")

    revision: Mapped[Revision] = relationship(back_populates="steps")

    @property
    def name(self) -> str:
        """The text as a sentence quotes it: without the full stop at its end."""
        return self.text.rstrip(" .")

    @property
    def critical(self) -> bool:
        return bool(self.attributes.get("critical"))

    @property
    def optional(self) -> bool:
        return bool(self.attributes.get("optional"))

    @property
    def role(self) -> str | None:
        """The job of whoever does the step; of whoever signs it where it needs a signature."""
        return self.attributes.get("role")

    @property
    def verify(self) -> bool:
        """Whether a second person signs what was done."""
        return bool(self.attributes.get("verify"))

    @property
    def meaning(self) -> str:
        """What that person says by signing, in the author's words; "" for the usual words."""
        return str(self.attributes.get("meaning", ""))

    @property
    def input(self) -> str:
        return str(self.attributes.get("input", "check"))


class Translation(Base):
    """A revision in another language: part of its digest, and never changed either.

    `keys` are those of its own steps in order; `steps` holds text, html, recovery, unit and labels of
    each step of the revision that is translated, by the step's key.
    """

    __tablename__ = "translations"
    __table_args__ = (UniqueConstraint("revision_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    language: Mapped[str]
    path: Mapped[str]
    title: Mapped[str]
    source: Mapped[str]
    html: Mapped[str]
    keys: Mapped[list[str]] = mapped_column(JSON)
    steps: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON)


class FormerPath(Base):
    """A path that the document of an SOP had before it was moved. Its address leads on for good."""

    __tablename__ = "former_paths"

    path: Mapped[str] = mapped_column(primary_key=True)
    sop_id: Mapped[str] = mapped_column(ForeignKey("sops.id"), primary_key=True)
    left_at: Mapped[datetime]


class FrozenImage(Base):
    """An image that revisions show, under its digest and ending. Never changed."""

    __tablename__ = "frozen_images"

    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class DocumentProblem(Base):
    """What the last sync could not publish or wants mended. Replaced by every sync; no history."""

    __tablename__ = "document_problems"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    line: Mapped[int]
    rule: Mapped[str]
    message: Mapped[str]
    hint: Mapped[str]
    error: Mapped[bool]
