"""Runs, and what came of each of their steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
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
from tracker.models.records import Override, Record, SignOff
from tracker.models.subjects import subject_key

STATES = ("open", "done", "cancelled")
OUTCOMES = ("done", "skipped", "failed", "omitted", "na")

_DONE = text("state = 'done'")
_ENDED = text("state <> 'open'")


def _of_open_runs(name: str, *columns: str | TextClause) -> Index:
    """An index of the open runs alone: they are few beside those that are closed.

    The state comes first in it, too, or SQLite would take another index that begins with it.
    """
    which = text("state = 'open'")
    return Index(f"ix_runs_{name}", "state", *columns, sqlite_where=which, postgresql_where=which)


def _subject_key(context: Any) -> str:
    given = context.get_current_parameters()
    return subject_key(given.get("subject_ref") or "", given.get("subject_kind") or "")


class Run(Base):
    """One execution of one revision about one subject, by a person or open to a team or a role.

    Whom it is offered to becomes responsible by accepting. A paused run stays open, and due when it was.
    `ref` is the run's name outside this database, made by whoever made the run: a device, or a history.
    `subject_ref` is what it is about as that was written, `subject_key` how that is compared.
    A linked run was started from the recovery of `from_step` of the run `from_run`.
    `held_by`, `unsigned`, `wants_role` and `complete` are an open run's standing (`domain.runs.standing`); a
    run whose `unsigned` is None has not been judged yet. `folded`: its outcomes are in the facts
    (`domain.facts`).
    `late_waiting`: how many records came late and wait for a lead (`LateRecord`).
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("sop_id", "ref"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index(None, "state", "assignee_id"),
        Index(None, "subject_key", postgresql_ops={"subject_key": "text_pattern_ops"}),
        Index(None, "from_run_id"),
        Index(None, "sop_id", "closed_at"),
        Index(None, "ref"),
        Index(
            "ix_runs_complete",
            "state",
            "id",
            sqlite_where=text("state = 'open' AND complete IS 1"),
            postgresql_where=text("state = 'open' AND complete IS true"),
        ),
        _of_open_runs("due", text("(due_at IS NULL)"), "due_at", "started_at", "id"),
        _of_open_runs("unsigned", "unsigned"),
        _of_open_runs("wants_role", "wants_role"),
        Index(None, "offered_to_id"),
        Index("ix_runs_closed", "state", "closed_at", sqlite_where=_DONE, postgresql_where=_DONE),
        Index("ix_runs_ended", "closed_at", "id", sqlite_where=_ENDED, postgresql_where=_ENDED),
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
    subject_key: Mapped[str] = mapped_column(default=_subject_key, server_default="")
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
    complete: Mapped[bool] = mapped_column(default=False, server_default=false())
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
    """What stood in the run and the states of its steps by that, once computed (`runs.loading.states`)."""

    kept_plan = cast("tuple[int, Any] | None", None)
    """A published revision and the steps of it, once looked up for the run (`runs.loading.plan`)."""


IS_OPEN = Run.state == literal("open", literal_execute=True)
"""The condition in the words of the indexes of open runs, so that databases see that they fit."""

IS_COMPLETE = and_(IS_OPEN, Run.complete.is_(True))
"""The open runs in which nothing is left to say, and which end by themselves; likewise."""

IS_DONE = Run.state == literal("done", literal_execute=True)

IS_ENDED = Run.state != literal("open", literal_execute=True)
"""Runs that were closed or cancelled, likewise in the words of their index."""

IS_UNFOLDED = and_(IS_DONE, Run.folded.is_(False))
"""The closed runs that the facts lack, likewise in the words of their index."""


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
