"""What Today asks beside `lists`: what is open to somebody, who is on what else, what they have finished."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.runs import assignment, subjects
from tracker.models import IS_DONE, IS_OPEN, Record, Run, Sop
from tracker.sop.text import fold

DUE = ("late", "today")
"""What a filter may ask of the time when runs are due."""

LATELY = 200
"""Records of somebody that are looked through for the SOPs that they used last."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the open runs have in common that somebody looks for; what is "" does not matter.

    `text`: a part of what runs are about, or another name of it. `due`: one of DUE.
    """

    text: str = ""
    sop: str = ""
    due: str = ""

    @property
    def any(self) -> bool:
        return self != Wanted()


class Of(NamedTuple):
    """How many open runs of an SOP are open to somebody, and how many of these are late."""

    sop: str
    title: str
    all: int
    late: int


def matching(
    session: Session, wanted: Wanted, now: datetime, tomorrow: datetime
) -> list[ColumnElement[bool]]:
    """The filter as conditions on the table of runs. `tomorrow`: when the reader's day ends."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        said = func.lower(Run.subject_kind) + " " + Run.subject_key  # "van 1", as pages say it
        holds = said.contains(fold(wanted.text), autoescape=True)
        conditions.append(or_(holds, Run.subject_key.in_(subjects.same_as(session, wanted.text))))
    if wanted.sop:
        conditions.append(Run.sop_id == wanted.sop)
    if wanted.due:
        conditions.append(Run.due_at < (now if wanted.due == "late" else tomorrow))
    return conditions


def open_by_sop(session: Session, actor: Actor, now: datetime) -> list[Of]:
    """How much is open to the person, by SOP; most first."""
    late = func.count().filter(Run.due_at < now)
    query = (
        select(Run.sop_id, Sop.title, func.count(), late)
        .join(Sop, Sop.id == Run.sop_id)
        .where(IS_OPEN, access.open_to(actor.holder))
        .group_by(Run.sop_id, Sop.title)
        .order_by(func.count().desc(), Sop.title)
    )
    return [Of(*row) for row in session.execute(query)]


def next_one(session: Session, actor: Actor, sop: str = "", *conditions: ColumnElement[bool]) -> Run | None:
    """The run that is due first of those open to the person under the conditions; of the SOP `sop` first.

    Not one that is paused.
    """
    return session.scalar(_next(actor, sop, conditions))


def take_next(
    session: Session, actor: Actor, now: datetime, sop: str = "", *conditions: ColumnElement[bool]
) -> Run | None:
    """Make `next_one` the person's own, or return None where there is none.

    Two who ask at once get different ones: each passes over the rows that the other has locked.
    """
    number = session.scalar(
        _next(actor, sop, conditions).with_only_columns(Run.id).with_for_update(skip_locked=True, of=Run)
    )
    if number is None:
        return None
    run = session.get_one(Run, number, populate_existing=True)
    assignment.claim(session, actor, now, run)
    return run


def others(session: Session, actor: Actor, *, most: int) -> tuple[Sequence[Run], bool]:
    """Runs of the person's team or roles that somebody else has: the `most` due first; and are there more?"""
    query = select(Run).where(IS_OPEN, access.shared_with(actor.holder)).options(*_SHOWN)
    runs = session.scalars(query.order_by(*_DUE_FIRST).limit(most + 1)).all()
    return runs[:most], len(runs) > most


def to_be_seen(session: Session, actor: Actor, runs: Collection[Run]) -> set[int]:
    """The numbers of those of the runs that the person may open."""
    numbers = [run.id for run in runs]
    query = select(Run.id).where(Run.id.in_(numbers), access.visible(actor))
    return set(session.scalars(query)) if numbers else set()


def finished(session: Session, actor: Actor, since: datetime, *, most: int) -> tuple[int, Sequence[Run]]:
    """The runs that the person has closed, or that were theirs, since a moment: how many, and the latest."""
    person = actor.holder.id
    which = IS_DONE, Run.closed_at >= since, or_(Run.closed_by_id == person, Run.assignee_id == person)
    count = session.scalar(select(func.count()).where(*which)) or 0
    query = select(Run).where(*which).options(*_SHOWN).order_by(Run.closed_at.desc(), Run.id.desc())
    return count, session.scalars(query.limit(most)).all() if count else []


def last_used(session: Session, actor: Actor, startable: Sequence[Sop]) -> list[Sop]:
    """Those of some SOPs in whose runs the person has recorded something lately, the latest first."""
    latest = (
        select(Record.run_id, Record.received_at)
        .where(Record.person_id == actor.holder.id)
        .order_by(Record.received_at.desc())
        .limit(LATELY)
        .subquery()
    )
    at = func.max(latest.c.received_at)
    query = select(Run.sop_id).join(latest, latest.c.run_id == Run.id).group_by(Run.sop_id)
    known = {sop.id: sop for sop in startable}
    return [known[sop] for sop in session.scalars(query.order_by(at.desc())) if sop in known]


_SHOWN = tuple(map(joinedload, (Run.sop, Run.assignee, Run.team, Run.location)))
_DUE_FIRST = Run.due_at.is_(None), Run.due_at, Run.started_at, Run.id


def _next(actor: Actor, sop: str, conditions: Sequence[ColumnElement[bool]]) -> Select[Run]:
    which = and_(IS_OPEN, Run.paused_at.is_(None), access.open_to(actor.holder), *conditions)
    first = (Run.sop_id != sop,) if sop else ()
    return select(Run).where(which).order_by(*first, *_DUE_FIRST).limit(1)
