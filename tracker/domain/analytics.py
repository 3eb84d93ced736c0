"""Queries over the library that reports ask for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from tracker.models import Revision, Sop, Step


def revisions(session: Session, sop: Sop) -> Sequence[Revision]:
    """An SOP's revisions, latest first, their texts to be loaded when they are asked for."""
    texts = (Revision.source, Revision.html, Revision.meta)
    query = select(Revision).where(Revision.sop_id == sop.id).options(*map(defer, texts))
    return session.scalars(query.order_by(Revision.published_at.desc(), Revision.id.desc())).all()


def step_texts(session: Session, sop_id: str) -> dict[str, str]:
    """The latest wording of every step that an SOP has or had, by key."""
    query = (
        select(Step.key, Step.text)
        .join(Revision, Step.revision_id == Revision.id)
        .where(Revision.sop_id == sop_id)
        .order_by(Revision.published_at, Revision.id)
    )
    return dict(session.execute(query).all())
