"""What others have done to a run since a page was drawn. A short mark says what the page shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import event_kinds as kinds
from tracker.domain.runs import loading
from tracker.domain.runs.progress import StepState, step_states
from tracker.models import Event, Record, Run

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARK = re.compile(r"(\d{1,9})\.(\d{1,18})\.(\d{1,18})\.(\d{1,9})\.(\d{1,9})")

_OWN: BindParameter[int] = bindparam("run")
_COUNTED = select(
    select(func.count()).where(Record.run_id == _OWN).scalar_subquery(),
    select(func.max(Record.received_at)).where(Record.run_id == _OWN).scalar_subquery(),
    select(func.max(Event.id)).where(Event.subject == bindparam("subject")).scalar_subquery(),
    select(func.count()).where(Run.from_run_id == _OWN).scalar_subquery(),
    select(func.count(Run.closed_at)).where(Run.from_run_id == _OWN).scalar_subquery(),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How much of a run a page shows: everything that happens to it is a record or an event.

    `last` is when the newest record was received; `linked` and `ended` count the runs that it has led to.
    """

    records: int
    last: datetime
    event: int
    linked: int = 0
    ended: int = 0

    def __str__(self) -> str:
        microseconds = (self.last - _EPOCH) // timedelta(microseconds=1)
        return f"{self.records}.{microseconds}.{self.event}.{self.linked}.{self.ended}"

    def with_records(self, records: Sequence[Record]) -> Mark:
        """The mark after the page was told of these records, and of nothing else."""
        return replace(self, records=len(records), last=max((r.received_at for r in records), default=_EPOCH))


def mark(session: Session, run_id: int) -> Mark:
    """The mark of a page that shows the run as it is now. Cheap: it is asked every second or two."""
    row = session.execute(_COUNTED, {"run": run_id, "subject": f"run:{run_id}"}).one()
    records, last, event, linked, ended = row
    return Mark(records, last or _EPOCH, event or 0, linked, ended)


def read(text: str) -> Mark | None:
    """The mark that a page sends; None for what is none.

    >>> str(read("3.1774947600000000.17.1.0"))
    '3.1774947600000000.17.1.0'
    >>> read("yesterday") is None
    True
    """
    match = _MARK.fullmatch(text)
    if not match:
        return None
    records, microseconds, event, linked, ended = map(int, match.groups())
    try:
        return Mark(records, _EPOCH + timedelta(microseconds=microseconds), event, linked, ended)
    except OverflowError:
        return None


def events(session: Session, run: Run, then: Mark) -> Sequence[Event]:
    """What happened to the run since, but for its records; oldest first."""
    query = select(Event).where(Event.subject == f"run:{run.id}", Event.id > then.event)
    return session.scalars(query.options(joinedload(Event.person)).order_by(Event.id)).all()


def records(run: Run, then: Mark) -> list[Record]:
    """The run's records since, oldest first."""
    return [record for record in run.records if record.received_at > then.last]


def states(run: Run, then: Mark, since: Sequence[Event] = ()) -> list[StepState]:
    """The state of every step as the page shows it; empty where that can't be told any more.

    That is so when a record was written after the mark but received before the newest one that it counts.
    """
    seen = [record for record in run.records if record.received_at <= then.last]
    if len(seen) != then.records:
        return []
    overridden = {event.data.get("step") for event in since if event.kind == kinds.StepOverridden.kind}
    signed = {event.data.get("step") for event in since if event.kind == kinds.StepSigned.kind}
    return step_states(
        loading.steps(run),
        seen,
        (o.step_key for o in run.overrides if o.step_key not in overridden),
        [s for s in run.sign_offs if s.step_key not in signed] if loading.plan(run).signs else (),
    )
