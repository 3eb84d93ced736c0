"""Which SOPs there are, and which of them somebody may start."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, defer
from sqlalchemy.orm.attributes import set_committed_value

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.errors import N_, ConflictError, NotFoundError
from tracker.models import (
    Revision,
    Sop,
)
from tracker.models.matter import Matter
from tracker.sop.ordering import order_key


def sops(session: Session, *, most: int | None = None, after: int = 0) -> Sequence[Sop]:
    """The SOPs that can be started, by area and title: `most` of them, past the first `after`."""
    statement = _LIGHT.where(*_STARTABLE).order_by(Sop.area_order, Sop.title_order, Sop.id)
    return session.scalars(statement.limit(most).offset(after)).all()


def with_ids(session: Session, ids: Sequence[str]) -> dict[str, Sop]:
    """Of the SOPs with these ids, those that can be started."""
    return {sop.id: sop for sop in session.scalars(_LIGHT.where(*_STARTABLE, Sop.id.in_(ids)))}


def count(session: Session) -> int:
    """How many SOPs can be started."""
    return session.scalar(select(func.count()).select_from(Sop).where(*_STARTABLE)) or 0


_STARTABLE = (Sop.retired_at.is_(None), Sop.in_force_id.is_not(None))
_LIGHT = (
    select(Sop)
    .join(Sop.in_force)
    .options(contains_eager(Sop.in_force).options(defer(Revision.source), defer(Revision.html)))
)


def titles(session: Session) -> Sequence[tuple[str, str]]:
    """The id and title of each SOP that can be started, by title, without loading the SOPs."""
    query = select(Sop.id, Sop.title).where(Sop.retired_at.is_(None), Sop.in_force_id.is_not(None))
    return [(id, title) for id, title in session.execute(query.order_by(Sop.title_order))]


def startable(session: Session, actor: Actor) -> list[Sop]:
    """The SOPs that the person may start, by area and title."""
    query = (
        select(Sop)
        .where(Sop.retired_at.is_(None), Sop.in_force_id.is_not(None))
        .join(Sop.in_force)
        .options(contains_eager(Sop.in_force).load_only(Revision.meta))
        .order_by(Sop.area_order, Sop.title_order)
    )
    return [sop for sop in session.scalars(query) if access.may_run(actor, meta(sop).roles)]


def meta(sop: Sop) -> Matter:
    """The front matter of the revision in force."""
    return sop.in_force.meta if sop.in_force else Matter()


def areas(session: Session) -> list[str]:
    """The areas of all SOPs. Retired ones count too: somebody still answers for their runs and figures."""
    return sorted(session.scalars(select(Sop.area).where(Sop.area != "").distinct()), key=order_key)


def contains(word: str) -> str:
    """The LIKE pattern for texts that hold the word; its own wildcards are escaped by a backslash."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def in_force(session: Session, sop_id: str) -> Revision:
    """The revision that a new run of the SOP uses. Raises NotFoundError, ConflictError for a retired SOP."""
    sop = session.scalar(_IN_FORCE, {"sop": sop_id})
    if sop is None:
        raise NotFoundError(N_("There is no SOP “%(id)s”. Search for it by its title."), id=sop_id)
    if sop.retired_at is not None or sop.in_force is None:
        raise ConflictError(N_("“%(title)s” is retired and can’t be started any more."), title=sop.title)
    set_committed_value(sop.in_force, "sop", sop)
    return sop.in_force


_IN_FORCE = (
    select(Sop)
    .where(Sop.id == bindparam("sop"))
    .outerjoin(Sop.in_force)
    .options(contains_eager(Sop.in_force).options(defer(Revision.source), defer(Revision.html)))
)
