"""Weak points as people read them: whose they are, since when, what is being done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain.access.owners import owners, spellings
from tracker.domain.actor import Actor
from tracker.domain.library import revisions
from tracker.domain.weakpoints.tried import Tried, of_points
from tracker.models import Person, Revision, Sop, Step, Verdict, WeakPoint
from tracker.sop.text import fold

IN_USE = or_(
    Sop.in_force_id.is_(None),  # a history that has no document
    and_(
        Sop.retired_at.is_(None),
        exists().where(Step.revision_id == Sop.in_force_id, Step.key == WeakPoint.step_key),
    ),
)
"""The steps about which something can be decided: those in force. Others are seen with their SOP."""


def steps_in_use(session: Session) -> Callable[[str, str], bool]:
    """What says of a step, by its SOP and key, whether it is in use: the rule of `IN_USE`, of any step."""
    histories = set(session.scalars(select(Sop.id).where(Sop.in_force_id.is_(None))))
    in_force = select(Sop.id, Step.key).join(Step, Step.revision_id == Sop.in_force_id)
    steps = set(session.execute(in_force.where(Sop.retired_at.is_(None))))
    return lambda sop_id, key: sop_id in histories or (sop_id, key) in steps


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which weak points: of a band, an area, an SOP, a kind; only what the reader owns; only flagged ones;
    only those that are being tried."""

    band: str = ""
    area: str = ""
    sop: str = ""
    kind: str = ""
    mine: bool = False
    flagged: bool = False
    tried: bool = False


class Undecided(NamedTuple):
    """How many steps are being tried, and of how many others it is too early to say anything."""

    tried: int
    early: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One weak point. `revision`: the label of the one that changed the step last, if it was changed;
    `trial`: what the latest revision does to it, as far as is known; `tried`: what is being tried.
    """

    point: WeakPoint
    sop: Sop
    text: str
    owner: Person | None
    revision: str | None
    trial: Verdict | None
    tried: Tried | None = None


def weak(
    session: Session, actor: Actor, wanted: Wanted, *, most: int | None = None, after: int = 0
) -> list[Finding]:
    """The weak points that are asked for, of the SOPs that the reader answers for; what costs most first."""
    query = _of(session, actor, wanted, select(WeakPoint, Sop)).order_by(
        WeakPoint.priority.desc(), WeakPoint.sop_id, WeakPoint.step_key, WeakPoint.kind
    )
    return _claims(session, [(point, sop) for point, sop in session.execute(query.limit(most).offset(after))])


def alarms(session: Session, actor: Actor, since: date) -> list[Finding]:
    """The steps with an alarm since a day."""
    query = _of(session, actor, Wanted(), select(WeakPoint, Sop)).where(WeakPoint.alarm_on >= since)
    query = query.order_by(WeakPoint.alarm_on.desc(), WeakPoint.priority.desc())
    return _claims(session, [(point, sop) for point, sop in session.execute(query)])


def counts(session: Session, actor: Actor, wanted: Wanted) -> dict[str, int]:
    """How many weak points each band has, whichever band is asked for."""
    whole = replace(wanted, band="")
    query = _of(session, actor, whole, select(WeakPoint.band, func.count())).group_by(WeakPoint.band)
    return dict(session.execute(query).all())


def undecided(session: Session, actor: Actor, wanted: Wanted) -> Undecided:
    """How many steps are not decided; while there are any, nobody can say that nothing is weak."""
    columns = (WeakPoint.sop_id, WeakPoint.step_key)
    early = _of(session, actor, replace(wanted, band="too-early"), select(*columns))
    tried = _of(session, actor, replace(wanted, tried=True), select(*columns))
    first = set(session.execute(tried))
    return Undecided(len(first), len(set(session.execute(early)) - first))


def _of(session: Session, actor: Actor, wanted: Wanted, query: Any) -> Any:
    conditions: list[ColumnElement[bool]] = [access.sops_answered_for(actor), IN_USE]
    for column, value in (
        (WeakPoint.band, wanted.band),
        (Sop.area, wanted.area),
        (Sop.id, wanted.sop),
        (WeakPoint.kind, wanted.kind),
    ):
        if value:
            conditions.append(column == value)
    if wanted.flagged:
        conditions.append(WeakPoint.flagged.is_(True))
    if wanted.tried:
        conditions.append(WeakPoint.tried_id.is_not(None))
    if wanted.mine:
        conditions.append(Sop.owner_name.in_(spellings(session, actor.holder)))
    return query.join(Sop, Sop.id == WeakPoint.sop_id).where(*conditions)


def _claims(session: Session, found: Sequence[tuple[WeakPoint, Sop]]) -> list[Finding]:
    said, known = texts(session, {(sop, point.step_key) for point, sop in found}), owners(session)
    labels = labels_of(session, {p.since_revision_id for p, _ in found if p.since_revision_id})
    trials = _trials(session, found)
    tried = of_points(session, [point for point, _ in found])
    return [
        Finding(
            point,
            sop,
            said[sop.id, point.step_key],
            known.get(fold(sop.owner_name or "")),
            labels.get(point.since_revision_id or 0),
            trials.get((point.sop_id, point.step_key, point.kind)),
            tried.get((point.sop_id, point.step_key, point.kind)),
        )
        for point, sop in found
    ]


def texts(session: Session, wanted: set[tuple[Sop, str]]) -> dict[tuple[str, str], str]:
    """What steps say: as in force, or as they said last."""
    places = [(sop.in_force_id, key) for sop, key in wanted if sop.in_force_id]
    query = select(Step.revision_id, Step.key, Step.text)
    query = query.where(tuple_(Step.revision_id, Step.key).in_(places))
    in_force = {(id, key): text for id, key, text in session.execute(query)} if places else {}
    found, earlier = {}, {}
    for sop, key in wanted:
        text = in_force.get((sop.in_force_id or 0, key))
        if text is None:
            if sop.id not in earlier:
                earlier[sop.id] = revisions.step_texts(session, sop.id)
            text = earlier[sop.id].get(key, key)
        found[sop.id, key] = text.rstrip(" .")
    return found


def labels_of(session: Session, ids: set[int]) -> dict[int, str]:
    """The labels of revisions."""
    query = select(Revision.id, Revision.label).where(Revision.id.in_(ids))
    return dict(session.execute(query).all()) if ids else {}


def _trials(session: Session, found: Sequence[tuple[WeakPoint, Sop]]) -> dict[tuple[str, str, str], Verdict]:
    """The latest verdict about each, decided or not."""
    query = select(Verdict).where(Verdict.sop_id.in_({sop.id for _, sop in found}))
    query = query.order_by(Verdict.revision_id)
    return {(v.sop_id, v.step_key, v.kind): v for v in session.scalars(query)} if found else {}
