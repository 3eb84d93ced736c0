"""By what a phone knows this database: its name, and whether it remembers what it has acknowledged."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tracker.models import Installation, LateRecord, Record, Run


def name(session: Session) -> str:
    """The name of this database, made by chance with it."""
    return session.scalars(select(Installation.instance).order_by(Installation.id).limit(1)).one()


def knows(session: Session, id: UUID) -> bool:
    """Whether a record, or a run of a phone, is here for which a phone has a receipt.

    If not, the database was put back from a backup that is older than the receipt.
    """
    here = (
        exists().where(Record.id == id),
        exists().where(LateRecord.id == id),
        exists().where(Run.ref == str(id)),
    )
    return any(session.scalar(select(condition)) for condition in here)
