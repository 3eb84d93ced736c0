"""Verbs as the edge calls them: one run at a time, loaded afresh with its lock, one record in a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.db import new_id
from tracker.domain.records import recording, senders
from tracker.domain.records.clocks import Device
from tracker.domain.runs import lifecycle, loading
from tracker.models import LateRecord, Person, Record, Run

Start = Callable[..., Run]


class Do(Protocol):
    def __call__(self, run: Run, step: str, kind: str = "done", value: str = "", **more: Any) -> Any: ...


def offline(now: datetime, age: timedelta = timedelta(minutes=2), seq: int | None = None) -> Device:
    """A device with a right clock that sends now what was made so long ago."""
    return Device("phone" if seq else None, seq, at=now - age, sent_at=now)


@pytest.fixture
def start(session: Session, cast: Cast) -> Callable[..., Run]:
    """Start a run for the member of the team; the orders count up."""
    count = iter(range(1042, 99999))

    def run(sop: str = "pack", actor: Person | None = None, **more: Any) -> Run:
        actor = actor or cast.staff
        given = {"subject": str(next(count)), "assignee": actor} | more
        found = lifecycle.start(session, by(actor), NOW, sop, **given)
        session.commit()
        return found

    return run


@pytest.fixture
def do(session: Session, cast: Cast) -> Do:
    """Record about a step, as the member of the team unless `actor` says otherwise.

    What came late and waits is a LateRecord.
    """

    def record(run: Run, step: str, kind: str = "done", value: str = "", **more: Any) -> Record | LateRecord:
        actor = more.pop("actor", cast.staff)
        given: dict[str, Any] = {"record_id": new_id(), "now": NOW} | more
        if kind in ("skipped", "failed"):
            given.setdefault("reason", "torn")
        device = given.get("device", Device())
        asked = run.id, given["record_id"], device
        loaded, known, _ = senders.load(session, by(actor), given["now"], *asked)
        given |= {"step_key": step, "kind": kind, "value": value, "known": known}
        entry = recording.record(session, by(actor), run=loaded, **given)
        session.commit()
        return entry

    return record


@pytest.fixture
def undo(do: Do) -> Callable[[Run, Record], Record]:
    return lambda run, record: do(run, record.step_key, "undone", cancels=UUID(str(record.id)))


def outcomes(run: Run) -> dict[str, str | None]:
    """What each touched step of a run has come to so far."""
    return {state.step.key: state.outcome for state in loading.states(run) if state.outcome}
