"""Moving open runs to the revision in force, after a preview of what that keeps, adds and leaves behind.

Runs stay pinned to their revision until a lead decides otherwise. What was recorded stays with the run:
a step that both revisions have keeps its records by its key, and what was recorded about a step that is
gone is read in the run's history.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.domain.runs import standing
from tracker.domain.runs.loading import steps
from tracker.errors import N_, ConflictError
from tracker.models import Event, Record, Revision, Run, Sop, Step

BATCH = 20
"""Runs that one unit of a bulk move takes: some milliseconds under the lock."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What moving `runs` runs from the revision `before` means, step by step.

    `kept` pairs each step that both revisions have, as it was and as it will be; `recorded` counts, by
    the key of a step that is gone, the runs in which something was recorded about it.
    """

    before: Revision
    runs: int
    kept: tuple[tuple[Step, Step], ...]
    new: tuple[Step, ...]
    gone: tuple[Step, ...]
    recorded: Mapping[str, int]

    @property
    def reworded(self) -> list[tuple[Step, Step]]:
        return [(old, new) for old, new in self.kept if old.text != new.text]


def move(session: Session, actor: Actor, now: datetime, run: Run, revision: Revision) -> None:
    """Let an open run go on under `revision`, the one in force. Leads may, where they work.

    Load the run with its lock. Moving it where it is already changes nothing.
    Raises ForbiddenError, ConflictError (closed, retired, or another revision is in force by now).
    """
    access.require(actor, "run.move", run)
    if run.state != "open":
        raise ConflictError(N_("This run is closed. It stays with the revision that it was done by."))
    must_be_in_force(session, revision)
    if run.revision_id == revision.id:
        return
    before = run.revision.label
    run.revision = revision
    _tell(session, actor, now, run.id, before, revision.label)
    session.flush()
    standing.judge_some(session, [run.id])


def must_be_in_force(session: Session, revision: Revision) -> None:
    """Raise ConflictError, saying what to do, unless new runs of its SOP use `revision`, read afresh."""
    query = (
        select(Sop.title, Sop.retired_at, Revision.id, Revision.label)
        .join(Revision, Revision.id == Sop.in_force_id)
        .where(Sop.id == revision.sop_id)
    )
    title, retired_at, now_in_force, label = session.execute(query).one()
    if retired_at is not None:
        raise ConflictError(
            N_("“%(title)s” is retired. Its open runs are finished as they were started."), title=title
        )
    if now_in_force != revision.id:
        raise ConflictError(
            N_("Revision %(label)s is in force by now. Look at what it changes, then move."), label=label
        )


def preview(session: Session, run: Run, revision: Revision) -> Preview:
    """What moving one run to `revision` would mean."""
    return _preview(session, run.revision, revision, 1, Run.id == run.id)


def previews(session: Session, actor: Actor, revision: Revision) -> list[Preview]:
    """What moving all open runs of the SOP that `actor` reaches would mean: one preview for each revision
    they follow."""
    counted = session.execute(
        select(Run.revision_id, func.count()).where(_behind(actor, revision)).group_by(Run.revision_id)
    ).all()
    return [
        _preview(
            session, before, revision, count, and_(Run.revision_id == before.id, _behind(actor, revision))
        )
        for before, count in sorted(
            ((session.get_one(Revision, id), count) for id, count in counted), key=lambda pair: pair[0].id
        )
    ]


def behind(session: Session, actor: Actor) -> list[tuple[Sop, int]]:
    """The SOPs with open runs, within the lead's reach, that follow an older revision; and how many."""
    query = (
        select(Sop, func.count())
        .join(Run, Sop.id == Run.sop_id)
        .where(
            Run.state == "open",
            Sop.retired_at.is_(None),
            Sop.in_force_id != Run.revision_id,
            access.reachable(actor),
        )
        .group_by(Sop.id)
        .order_by(Sop.title_order)
    )
    return [(sop, count) for sop, count in session.execute(query)]


def numbers_to_move(session: Session, actor: Actor, revision: Revision) -> list[int]:
    """The numbers of open runs that `actor` may move and that do not follow `revision` yet, oldest first."""
    return list(session.scalars(select(Run.id).where(_behind(actor, revision)).order_by(Run.id)))


def units(
    actor: Actor, now: datetime, runs: Sequence[int], revision: Revision
) -> Iterator[Callable[[Session], Any]]:
    """The short writes that move many runs. Each checks again whether its runs may still be moved."""
    for start in range(0, len(runs), BATCH):
        yield partial(_move_some, actor=actor, now=now, runs=runs[start : start + BATCH], revision=revision)


def _move_some(
    session: Session, actor: Actor, now: datetime, runs: Sequence[int], revision: Revision
) -> None:
    """Move those of `runs` that are still open and within reach; the others are somebody else's by now."""
    access.require(actor, "run.move")
    must_be_in_force(session, revision)
    locked = (
        select(Run.id, Revision.label)
        .join(Run.revision)
        .where(Run.id.in_(runs), _behind(actor, revision))
        .order_by(Run.id)
        .with_for_update(of=Run)
    )
    rows = session.execute(locked).all()
    moved = update(Run).where(Run.id.in_([id for id, _ in rows])).values(revision_id=revision.id)
    session.execute(moved, execution_options={"synchronize_session": False})
    for id, label in rows:
        _tell(session, actor, now, id, label, revision.label)
    session.flush()
    standing.judge_some(session, [id for id, _ in rows])


def _tell(session: Session, actor: Actor, now: datetime, run_id: int, before: str, after: str) -> None:
    emit(session, actor, now, kinds.RunMoved(revision_before=before, revision_after=after), f"run:{run_id}")


def earlier_steps(session: Session, run: Run, keys: Collection[str]) -> dict[str, Step]:
    """Steps that the run's revision does not have, by key, as the last of its earlier revisions had them."""
    labels = [
        data["revision_before"]
        for data in session.scalars(
            select(Event.data).where(Event.subject == f"run:{run.id}", Event.kind == kinds.RunMoved.kind)
        )
    ]
    query = (
        select(Step)
        .join(Revision, Revision.id == Step.revision_id)
        .where(Revision.sop_id == run.sop_id, Revision.label.in_(labels), Step.key.in_(keys))
        .order_by(Revision.id)
    )
    return {step.key: step for step in session.scalars(query)} if labels and keys else {}


def texts(session: Session, run: Run) -> dict[str, str]:
    """The texts of all steps that anything may be recorded about in the run, gone ones too, by key."""
    text_of = {step.key: step.text for step in steps(run)}
    recorded = {record.step_key for record in run.records} | {o.step_key for o in run.overrides}
    gone = earlier_steps(session, run, recorded - text_of.keys())
    return text_of | {key: step.text for key, step in gone.items()}


def texts_then(session: Session, run: Run, entries: Sequence[Event | Record]) -> dict[UUID, str]:
    """What a record's step said when it was made, by the record's id, where a move has changed the words
    since."""
    moves = [entry for entry in entries if isinstance(entry, Event) and entry.kind == kinds.RunMoved.kind]
    if not moves:
        return {}
    labels = {move.data["revision_before"] for move in moves}
    query = select(Revision.label, Step.key, Step.text).join(Step, Step.revision_id == Revision.id)
    known = session.execute(query.where(Revision.sop_id == run.sop_id, Revision.label.in_(labels)))
    then = {(label, key): text for label, key, text in known}
    now = texts(session, run)
    wording, label = {}, run.revision.label
    for entry in reversed(entries):
        if isinstance(entry, Event) and entry.kind == kinds.RunMoved.kind:
            label = entry.data["revision_before"]
        elif isinstance(entry, Record):
            text = then.get((label, entry.step_key))
            if text is not None and text != now.get(entry.step_key):
                wording[entry.id] = text
    return wording


def _behind(actor: Actor, revision: Revision) -> ColumnElement[bool]:
    return and_(
        Run.sop_id == revision.sop_id,
        Run.state == "open",
        Run.revision_id != revision.id,
        access.reachable(actor),
    )


def _preview(
    session: Session, before: Revision, after: Revision, runs: int, which: ColumnElement[bool]
) -> Preview:
    old = {step.key: step for step in before.steps}
    new = {step.key: step for step in after.steps}
    gone = tuple(step for key, step in old.items() if key not in new)
    counted = (
        select(Record.step_key, func.count(func.distinct(Record.run_id)))
        .join(Run, Run.id == Record.run_id)
        .where(which, Record.step_key.in_([step.key for step in gone]))
        .group_by(Record.step_key)
    )
    return Preview(
        before=before,
        runs=runs,
        kept=tuple((old[key], step) for key, step in new.items() if key in old),
        new=tuple(step for key, step in new.items() if key not in old),
        gone=gone,
        recorded=dict(session.execute(counted).all()) if gone else {},
    )
