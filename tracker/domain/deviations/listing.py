"""Deviations as people look at them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.models import Deviation, Run


def of_run(session: Session, run: Run) -> Sequence[Deviation]:
    """The deviations that a run's records have opened and nobody has withdrawn, oldest first."""
    query = select(Deviation).where(Deviation.run_id == run.id, Deviation.state != "withdrawn")
    return session.scalars(query.options(joinedload(Deviation.owner)).order_by(Deviation.id)).all()
