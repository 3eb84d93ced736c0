"""Who can give the signature that a run waits for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session

from tracker.domain.runs import signatures
from tracker.models import Person, Role, Run
from tracker.sop.text import fold

MOST = 50


def signers(session: Session, run: Run, role: str | None) -> Sequence[Person]:
    """The people where the run is done who may sign for the role, or for anybody: whose job it is, and leads.

    Without those who did or skipped a step of the run. As `access.may_sign`; whoever else could sign, such as
    an admin, is not named. By name, MOST at most.
    """
    here = or_(Person.location_id.is_(None), Person.location_id == run.location_id)
    theirs = Person.roles.any(Role.name_key == fold(role)) if role else Person.access.in_(("staff", "lead"))
    leads = Person.location_id == run.location_id if run.location_id is not None else false()
    which = or_(
        and_(theirs, here if run.location_id is not None else Person.id.is_not(None)),
        and_(Person.access == "lead", leads),
    )
    query = (
        select(Person)
        .where(Person.disabled_at.is_(None), Person.imported.is_(False), which)
        .order_by(Person.name_order)
        .limit(MOST)
    )
    not_they = signatures.workers(run)
    return [person for person in session.scalars(query) if person.id not in not_they]
