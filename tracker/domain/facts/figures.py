"""Results that are slow to compute: kept by the worker, read by the pages, with when they were computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.db import alone, new_id
from tracker.models import Figure


def get(session: Session, name: str) -> Figure | None:
    """A kept result, or None if nobody has computed it yet."""
    return session.get(Figure, name, populate_existing=True)


def several(session: Session, names: Iterable[str]) -> dict[str, Figure]:
    """Those of these results that are kept, by name."""
    rows = session.scalars(select(Figure).where(Figure.name.in_(list(names))))
    return {figure.name: figure for figure in rows}


def keep(session: Session, now: datetime, name: str, data: dict[str, Any]) -> None:
    """Write a result in place of the last one, in the caller's transaction. Two workers may do so at once."""
    database = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = database.insert(Figure).values(name=name, at=now, data=data)
    new = {"at": row.excluded.at, "data": row.excluded.data}
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_=new))


def still_right(session: Session, now: datetime, names: Collection[str]) -> None:
    """Note that these results would be the same if they were computed now; in the caller's write
    transaction."""
    session.execute(update(Figure).where(Figure.name.in_(names)).values(at=now))


FINDINGS = "findings of "


def look_again(session: Session, sop_id: str) -> None:
    """Figures of an SOP were put right, which its number of runs does not show: judge it at the next look.

    The digest of its figures is emptied, so that a worker that is judging the SOP just now notices as well.
    """
    alone(session, "findings")
    figure = session.get(Figure, FINDINGS + sop_id, populate_existing=True)
    if figure is not None:
        figure.data = {**figure.data, "digest": [str(new_id())]}
        session.flush()
