"""Lists of runs, and how far each is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.runs import loading, subjects
from tracker.domain.runs.progress import STRENGTH, Tally, tally
from tracker.models import IS_OPEN, Record, Run, Step

MOST = 50

FEW = 5
"""Runs of others that are told of where somebody looks for what they are about."""

_SHOWN = tuple(map(joinedload, (Run.sop, Run.assignee, Run.team, Run.location)))
"""What a card or line says of a run: loaded with all of them, not with each."""


class OpenRuns(NamedTuple):
    """How many runs are open, and how many of these are late or nobody's yet."""

    all: int
    late: int
    unassigned: int


def open_runs(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> OpenRuns:
    """How many runs are open under the conditions, however few of them a page shows."""
    late, unassigned = Run.due_at < now, Run.assignee_id.is_(None)
    counts = (func.count(), func.count().filter(late), func.count().filter(unassigned))
    return OpenRuns(*session.execute(select(*counts).where(IS_OPEN, *conditions)).one())


def runs(
    session: Session,
    *conditions: ColumnElement[bool],
    most: int | None = 200,
    after: int = 0,
    options: Sequence[ExecutableOption] = (),
) -> Sequence[Run]:
    """Open runs under the conditions: due first, then oldest first; all with `most=None`, else past `after`.

    `options`: what else is to be loaded with them.
    """
    query = (
        select(Run)
        .where(IS_OPEN, *conditions)
        .options(*_SHOWN, *options)
        .order_by(Run.due_at.is_(None), Run.due_at, Run.started_at, Run.id)
        .limit(most)
        .offset(after)
    )
    return session.scalars(query).all()


def in_progress(session: Session, actor: Actor) -> Run | None:
    """The open run that is theirs to do in which they last recorded something."""
    latest = (
        select(Record.run_id, Record.received_at)
        .where(Record.person_id == actor.holder.id)
        .order_by(Record.received_at.desc())
        .limit(200)
        .subquery()
    )
    query = (
        select(Run)
        .join(latest, latest.c.run_id == Run.id)
        .where(
            IS_OPEN,
            Run.paused_at.is_(None),
            or_(Run.assignee_id == actor.holder.id, access.open_to(actor.holder)),
        )
        .order_by(latest.c.received_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def about(session: Session, text: str, actor: Actor, *, after: int = 0) -> tuple[int, Sequence[Run]]:
    """Runs about a subject under any of its names that the person may see: open ones, then the latest.

    How many there are, and MOST of them, past the first `after`.
    """
    which = subjects.runs_about(session, text), access.visible(actor)
    query = (
        select(Run)
        .where(*which)
        .options(*_SHOWN)
        .order_by(Run.state != "open", Run.started_at.desc(), Run.id.desc())
        .limit(MOST)
        .offset(after)
    )
    page_of_runs = session.scalars(query).all()
    if not after and len(page_of_runs) < MOST:
        return len(page_of_runs), page_of_runs
    return session.scalar(select(func.count()).select_from(Run).where(*which)) or 0, page_of_runs


def heard_of(session: Session, text: str, actor: Actor) -> Sequence[Run]:
    """Runs about a subject somebody may not see, but may hear whose they are: a few, open ones first."""
    if actor.person is None:
        return []
    unseen = not_(func.coalesce(access.visible(actor), false()))  # what is offered to nobody is NULL in it
    query = (
        select(Run)
        .where(subjects.runs_about(session, text), access.beside(actor.person), unseen)
        .options(*_SHOWN, joinedload(Run.closed_by))
        .order_by(Run.state != "open", Run.started_at.desc(), Run.id.desc())
        .limit(FEW)
    )
    return session.scalars(query).all()


def progress(session: Session, run_list: Sequence[Run]) -> dict[int, Tally]:
    """How far each run is, as on its page.

    The database counts; the records are read only where steps have conditions or are nested, or where the
    run is over: then more than its records decides what is settled.
    """
    if not run_list:
        return {}
    loading.keep_plans(session, {run.revision_id for run in run_list})
    plain = [run for run in run_list if run.state == "open" and loading.plan(run).is_even]
    counted = {run.id for run in plain}
    tallies = _judged(session, [run.id for run in run_list if run.id not in counted])
    return tallies | _counted(session, plain) if plain else tallies


def _judged(session: Session, ids: Sequence[int]) -> dict[int, Tally]:
    """How far runs are, by the states of their steps."""
    if not ids:
        return {}
    parts = (selectinload(Run.records), selectinload(Run.overrides), selectinload(Run.sign_offs))
    runs = session.scalars(select(Run).where(Run.id.in_(ids)).options(*parts))
    return {run.id: tally(loading.states(run), run.state) for run in runs}


def _counted(session: Session, run_list: Sequence[Run]) -> dict[int, Tally]:
    """How far open runs are whose steps all apply and lie on one level."""
    ids = [run.id for run in run_list]
    cancelled = select(Record.cancels_id).where(Record.run_id.in_(ids), Record.cancels_id.is_not(None))
    done, skipped, failed = (
        func.count().filter(Record.kind == kind) > 0 for kind in ("done", "skipped", "failed")
    )
    touched = (
        select(Record.run_id, done.label("done"), skipped.label("skipped"), failed.label("failed"))
        .join(Run, Run.id == Record.run_id)
        .join(Step, and_(Step.revision_id == Run.revision_id, Step.key == Record.step_key))
        .where(Record.run_id.in_(ids), Record.kind.in_(STRENGTH), Record.id.not_in(cancelled))
        .group_by(Record.run_id, Record.step_key)
        .subquery()
    )
    is_done, is_skipped, is_failed = touched.c.done, touched.c.skipped, touched.c.failed
    counts = [
        func.count().filter(which)
        for which in (
            is_done,
            and_(is_failed, is_done),
            and_(is_skipped, not_(is_failed), is_done),
            and_(is_skipped, not_(is_failed), not_(is_done)),
            and_(is_failed, not_(is_done)),
        )
    ]
    found = {
        id: row for id, *row in session.execute(select(touched.c.run_id, *counts).group_by(touched.c.run_id))
    }
    tallies = {}
    for run in run_list:
        size = len(loading.steps(run))
        done, *amiss = found.get(run.id, [0] * len(counts))
        own = dict(zip(("after_failure", "after_skip", "skipped", "failed"), amiss, strict=True))
        tallies[run.id] = Tally(done, all=size, share=done / size if size else 0.0, **own)
    return tallies


def open_by_person(session: Session, people: Collection[int], actor: Actor) -> dict[int, int]:
    """How many open runs each of these people has, of those that the reader reaches."""
    query = select(Run.assignee_id, func.count()).where(IS_OPEN, Run.assignee_id.in_(people))
    counted = session.execute(query.where(access.reachable(actor)).group_by(Run.assignee_id))
    return {person: count for person, count in counted if person is not None}
