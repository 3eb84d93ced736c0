"""When an SOP was last reviewed, which its time of review counts from, and which revisions count as that.

Somebody says so, or publishes a revision that asks for something else to be done. A typo that was corrected
is no review.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.domain.facts import figures
from tracker.domain.library import revisions
from tracker.errors import N_, ConflictError, InvalidError
from tracker.models import REVISIONS, Event, Revision, Sop


def review(session: Session, actor: Actor, now: datetime, sop: Sop) -> Event:
    """Say that the revision in force was read as a whole and holds. Owners may.

    Raises ForbiddenError, ConflictError for a retired SOP.
    """
    access.require(actor, "sop.review", sop)
    alone(session, REVISIONS)
    session.refresh(sop, with_for_update={"key_share": True})
    revision = sop.in_force
    if revision is None or revision.number is None or sop.retired_at is not None:
        raise ConflictError(N_("“%(title)s” is retired, so there is nothing to review."), title=sop.title)
    sop.reviewed_at = now
    event = emit(session, actor, now, kinds.SopReviewed(revision=revision.number), f"sop:{sop.id}")
    session.flush()
    return event


def judge(
    session: Session, actor: Actor, now: datetime, sop: Sop, number: int, judgement: str
) -> Event | None:
    """Decide whether a revision is editorial or material, whatever was proposed. Owners may.

    The revision itself stays as it is; the last decision counts, also for when the SOP was last reviewed.
    None where it was decided so already. Raises ForbiddenError, NotFoundError, InvalidError.
    """
    access.require(actor, "revision.judge", sop)
    if judgement not in revisions.JUDGEMENTS:
        raise InvalidError(N_("A revision is editorial or material. Choose one of the two."))
    alone(session, REVISIONS)  # a revision that is published meanwhile is a review too
    revisions.by_number(session, sop, number)
    if number == 1:
        raise InvalidError(N_("The first revision changes nothing. Choose a later one."))
    last = revisions.judgements(session, sop.id).get(number)
    if last is not None and last.data["judgement"] == judgement:
        return None
    session.refresh(sop, with_for_update={"key_share": True})
    event = emit(
        session, actor, now, kinds.RevisionJudged(revision=number, judgement=judgement), f"sop:{sop.id}"
    )
    figures.look_again(session, sop.id)  # an editorial change is none: the figures of its steps run on
    _count_anew(session, sop)
    session.flush()
    return event


def _count_anew(session: Session, sop: Sop) -> None:
    """Say anew when the SOP was last reviewed, after a decision whether one of its revisions matters."""
    said = session.scalar(
        select(Event.at)
        .where(Event.subject == f"sop:{sop.id}", Event.kind == kinds.SopReviewed.kind)
        .order_by(Event.at.desc())
        .limit(1)
    )
    last = _last_material(session, sop)
    sop.reviewed_at = max((at for at in (said, last) if at is not None), default=sop.reviewed_at)


def _last_material(session: Session, sop: Sop) -> datetime | None:
    """When the last revision was published that asks for something else; the first one does."""
    decided = revisions.judgements(session, sop.id)
    query = select(Revision).where(Revision.sop_id == sop.id, Revision.number.is_not(None))
    after: Revision | None = None
    for revision in session.scalars(query.order_by(Revision.number.desc())):
        if after is not None and _matters(decided, revision, after):
            return after.published_at
        after = revision
    return after.published_at if after else None


def _matters(decided: dict[int, Event], before: Revision, after: Revision) -> bool:
    if decision := decided.get(after.number or 0):
        return bool(decision.data["judgement"] == revisions.MATERIAL)
    rows, beside = revisions.rows(before, after), revisions.beside(before, after)
    return revisions.proposal(rows, beside) == revisions.MATERIAL
