"""Runs, what was done in them, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    TextClause,
    UniqueConstraint,
    and_,
    false,
    literal,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, new_id
from tracker.models.library import Revision, Sop
from tracker.models.people import Location, Person, Team

STATES = ("open", "done", "cancelled")
KINDS = ("done", "skipped", "failed", "undone")
OUTCOMES = ("done", "skipped", "failed", "omitted", "na")
VERDICTS = ("signed", "rejected")


_DONE = text("state = 'done'")


def _of_open_runs(name: str, *columns: str | TextClause) -> Index:
    """An index of the open runs alone: they are few beside those that are closed.

    The state comes first in it, too, or SQLite would take another index that begins with it.
    """
    which = text("state = 'open'")
    return Index(f"ix_runs_{name}", "state", *columns, sqlite_where=which, postgresql_where=which)


class Run(Base):
    """One execution of one revision about one subject, by a person or open to a team or a role.

    Whom it is offered to becomes responsible by accepting. A paused run stays open, and due when it was.
    `ref` is the run's name outside this database, made by whoever made the run: a device, or a history.
    A linked run was started from the recovery of `from_step` of the run `from_run`.
    `held_by`, `unsigned` and `wants_role` are an open run's standing (`domain.standing`); a run whose
    `unsigned` is None has not been judged yet. `folded`: its outcomes are in the facts (`domain.facts`).
    `late_waiting`: how many records came late and wait for a lead (`LateRecord`).
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("sop_id", "ref"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index(None, "state", "assignee_id"),
        Index(None, "subject_ref", postgresql_ops={"subject_ref": "text_pattern_ops"}),
        Index(None, "from_run_id"),
        Index(None, "sop_id", "closed_at"),
        _of_open_runs("due", text("(due_at IS NULL)"), "due_at", "started_at", "id"),
        _of_open_runs("unsigned", "unsigned"),
        _of_open_runs("wants_role", "wants_role"),
        Index(None, "offered_to_id"),
        Index("ix_runs_closed", "state", "closed_at", sqlite_where=_DONE, postgresql_where=_DONE),
        Index(
            "ix_runs_unfolded",
            "state",
            "id",
            sqlite_where=text("state = 'done' AND folded IS 0"),
            postgresql_where=text("state = 'done' AND folded IS false"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(default=lambda: str(new_id()))
    sop_id: Mapped[str] = mapped_column(ForeignKey("sops.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    subject_kind: Mapped[str] = mapped_column(default="")
    subject_ref: Mapped[str] = mapped_column(default="")
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    role: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="open")
    offered_to_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    paused_at: Mapped[datetime | None]
    paused_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    pause_reason: Mapped[str | None]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    from_run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    from_step: Mapped[str | None]
    held_by: Mapped[str | None]
    unsigned: Mapped[int | None] = mapped_column(default=0)
    wants_role: Mapped[str | None]
    folded: Mapped[bool] = mapped_column(default=False, server_default=false())
    late_waiting: Mapped[int] = mapped_column(default=0, server_default="0")

    sop: Mapped[Sop] = relationship()
    revision: Mapped[Revision] = relationship()
    location: Mapped[Location | None] = relationship()
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])
    team: Mapped[Team | None] = relationship()
    offered_to: Mapped[Person | None] = relationship(foreign_keys=[offered_to_id])
    offered_by: Mapped[Person | None] = relationship(foreign_keys=[offered_by_id])
    paused_by: Mapped[Person | None] = relationship(foreign_keys=[paused_by_id])
    started_by: Mapped[Person | None] = relationship(foreign_keys=[started_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])
    from_run: Mapped[Run | None] = relationship(remote_side=[id])
    records: Mapped[list[Record]] = relationship(order_by="Record.received_at, Record.id")
    overrides: Mapped[list[Override]] = relationship()
    sign_offs: Mapped[list[SignOff]] = relationship(order_by="SignOff.id")

    kept_states = cast("tuple[Any, Any] | None", None)
    """What stood in the run and the states of its steps by that, once they were computed (`runs.states`)."""


IS_OPEN = Run.state == literal("open", literal_execute=True)
"""The condition in the words of the indexes of open runs, so that databases see that they fit."""

IS_DONE = Run.state == literal("done", literal_execute=True)

IS_UNFOLDED = and_(IS_DONE, Run.folded.is_(False))
"""The closed runs that the facts lack, likewise in the words of their index."""


_NUMBERED = text("device_seq IS NOT NULL")


class Record(Base):
    """One append-only fact about a step of a run. The id is made on the device.

    `made_at` is when it was made by the server's reckoning, of what came late alone (`domain.clocks`).
    `flag` says what is unusual, in words with spaces between, the most important first. Of what came late:
    "late" (the run was closed meanwhile), "handed" (it became another's), "paused", "blocked" (a critical
    step before it came to hold it up), "gone" (the run's new revision does not have its step), "condition"
    (the step does not apply), "accepted" (a lead has let it count). Of any: "clock" (the device's is wrong),
    "sequence" (the device's numbers run backwards), "quick" (done sooner than is plausible), "amended" (a
    lead put a closed run right). `value` is typed by the step's input.
    """

    __tablename__ = "records"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index(None, "run_id", "step_key"),
        Index("ix_records_person_id_received_at", "person_id", "received_at"),
        Index(
            "ix_records_device",
            "device_id",
            "received_at",
            "device_seq",
            sqlite_where=_NUMBERED,
            postgresql_where=_NUMBERED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step_key: Mapped[str]
    kind: Mapped[str]
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    cancels_id: Mapped[UUID | None] = mapped_column(ForeignKey("records.id"))
    device_id: Mapped[str | None]
    device_seq: Mapped[int | None]
    device_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    flag: Mapped[str | None]
    digest: Mapped[str] = mapped_column(default="")

    person: Mapped[Person | None] = relationship()

    @property
    def flags(self) -> list[str]:
        """What is unusual about it, the most important first."""
        return (self.flag or "").split()


class Override(Base):
    """A lead's decision that the run goes on past a critical step that is not cleared."""

    __tablename__ = "overrides"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str]
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class SignOff(Base):
    """A second person's signature under one record of a step that was done, or under a whole run.

    That of a step is bound to its record, so that whoever does the step again needs a new one. That of a
    run has neither step nor record; `covers` names what stood in the run, and anything that is recorded
    later makes it void. There it may be a refusal too: a run is sent back by the verdict "rejected".
    `meaning` is what the signer has said, or why it is sent back; `digest` binds all (`domain.signatures`).
    """

    __tablename__ = "sign_offs"
    __table_args__ = (
        UniqueConstraint("record_id"),
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        Index(None, "run_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step_key: Mapped[str | None]
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("records.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(default="signed", server_default="signed")
    meaning: Mapped[str] = mapped_column(default="", server_default="")
    covers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    digest: Mapped[str] = mapped_column(default="", server_default="")

    person: Mapped[Person] = relationship()


_LOST = text("outcome IN ('skipped', 'failed', 'omitted')")


class Outcome(Base):
    """What became of one step of one closed run. Statistics count these and nothing else."""

    __tablename__ = "outcomes"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        Index(
            "ix_outcomes_lost",
            "sop_id",
            "step_key",
            "outcome",
            "closed_at",
            sqlite_where=_LOST,
            postgresql_where=_LOST,
        ),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    step_key: Mapped[str] = mapped_column(primary_key=True)
    sop_id: Mapped[str] = mapped_column(ForeignKey("sops.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    outcome: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    recovered: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime]


IS_LOST = Outcome.outcome.in_(
    [literal(kind, literal_execute=True) for kind in ("skipped", "failed", "omitted")]
)
"""The outcomes that lose something, in the words of their index."""


class Deviation(Base):
    """Something that did not go as the SOP says and needs a person."""

    __tablename__ = "deviations"
    __table_args__ = (Index(None, "state", "owner_id"), Index(None, "run_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    step_key: Mapped[str | None]
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("records.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]

    owner: Mapped[Person | None] = relationship()
    run: Mapped[Run] = relationship()
