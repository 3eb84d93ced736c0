"""Closed runs with everything that was recorded in them, some at a time however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tracker.domain.facts import closed as facts_closed
from tracker.domain.facts.closed import Which
from tracker.models import (
    Evidence,
    Location,
    Outcome,
    Override,
    Person,
    Record,
    Revision,
    Run,
    SignOff,
    Sop,
    Step,
)
from tracker.sop.numbering import numbers

AT_ONCE = 1000
"""Rows of the list that are looked up at a time: what is held, however many there are."""

_MOST_REVISIONS = 100

_RUN = (
    select(
        *(Run.id, Run.ref, Run.sop_id, Sop.title, Run.revision_id, Revision.label, Run.subject_ref),
        *(Run.subject_kind, Location.name.label("place"), Location.zone, Run.started_at, Run.started_by_id),
        *(Run.due_at, Run.closed_at, Run.closed_by_id),
    )
    .join(Sop, Sop.id == Run.sop_id)
    .join(Revision, Revision.id == Run.revision_id)
    .outerjoin(Location, Location.id == Run.location_id)
)
_RECORD = select(
    *(Record.run_id, Record.step_key, Record.id, Record.kind, Record.value, Record.reason, Record.note),
    *(Record.person_id, Record.cancels_id, Record.device_at, Record.made_at, Record.received_at, Record.flag),
)


def whole_runs(
    opened: Callable[[], AbstractContextManager[Session]],
    theirs: ColumnElement[bool],
    which: Which,
    zone: str,
) -> Iterator[dict[str, Any]]:
    """Each closed run that is asked for, the latest first, as values that JSON knows.

    `opened` gives a session for some runs at a time, so that a slow reader keeps none open. `theirs`: the
    runs that the reader may see, as a condition on the table. `zone`: that of runs without a location.
    """
    teller, after = _Teller(zone), None
    while True:
        with opened() as session:
            ids, after = facts_closed.run_ids(session, theirs, which, most=AT_ONCE, after=after)
            told = teller.runs(session, ids)
        yield from told
        if after is None:
            return


class _Teller:
    """Tells of runs; keeps the names of people and the steps of the last revisions for the next ones."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._logins: dict[int, str] = {}
        self._steps: dict[int, dict[str, dict[str, Any]]] = {}

    def runs(self, session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Some runs, in the order of their ids."""
        if not ids:
            return []
        rows = {row.id: row for row in session.execute(_RUN.where(Run.id.in_(ids)))}
        said = _by_step(
            session.execute(_RECORD.where(Record.run_id.in_(ids)).order_by(Record.received_at, Record.id))
        )
        came = _by_step(session.execute(select(Outcome.__table__).where(Outcome.run_id.in_(ids))))
        past = _by_step(session.execute(select(Override.__table__).where(Override.run_id.in_(ids))))
        files, signed = _files(session, ids), _signed(session, ids)
        self._learn(session, {row.revision_id for row in rows.values()})
        found = []
        for id in ids:
            row = rows[id]
            known = self._steps[row.revision_id]
            keys = dict.fromkeys([*known, *came[id], *said[id]])
            steps = [
                self._step(
                    key, known.get(key, {}), came[id][key], said[id][key], past[id][key], files, signed
                )
                for key in keys
                if came[id][key] or said[id][key]
            ]
            found.append(
                {**self._run(row), "steps": steps, "signed": [self._sign(s) for s in signed[None, id]]}
            )
        return found

    def _run(self, row: Any) -> dict[str, Any]:
        return {
            "run": row.ref,
            "number": row.id,
            "sop": row.sop_id,
            "title": row.title,
            "revision": row.label,
            "subject": row.subject_ref,
            "kind": row.subject_kind,
            "location": row.place or "",
            "zone": row.zone or self._zone,
            "started_at": _iso(row.started_at),
            "started_by": self._login(row.started_by_id),
            "due_at": _iso(row.due_at),
            "closed_at": _iso(row.closed_at),
            "closed_by": self._login(row.closed_by_id),
        }

    def _step(
        self,
        key: str,
        known: dict[str, Any],
        came: list[Any],
        said: list[Any],
        past: list[Any],
        files: Any,
        signed: Any,
    ) -> dict[str, Any]:
        taken_back = {one.cancels_id for one in said if one.cancels_id}
        outcome = came[0] if came else None
        told = {
            "step": key,
            "name": known.get("number", ""),
            "text": known.get("text", ""),
            "unit": known.get("unit", ""),
            "outcome": outcome.outcome if outcome else "",
            "reason": outcome.reason if outcome else "",
            "put_right": bool(outcome and outcome.recovered),
            "records": [self._record(one, one.id in taken_back, files, signed) for one in said],
        }
        if past:
            told["passed_by"] = self._login(past[0].person_id)
            told["passed_because"] = past[0].reason
        return told

    def _record(self, row: Any, is_taken_back: bool, files: Any, signed: Any) -> dict[str, Any]:
        return {
            "id": str(row.id),
            "recorded": row.kind,
            "counts": row.kind != "undone" and not is_taken_back,
            "value": row.value,
            "reason": row.reason,
            "note": row.note,
            "person": self._login(row.person_id),
            "at": _iso(row.made_at or row.device_at or row.received_at),
            "received_at": _iso(row.received_at),
            "flags": (row.flag or "").split(),
            "files": files[row.id],
            "signed": [self._sign(one) for one in signed[row.id, row.run_id]],
        }

    def _sign(self, row: Any) -> dict[str, Any]:
        return {
            "person": self._login(row.person_id),
            "at": _iso(row.at),
            "verdict": row.verdict,
            "meaning": row.meaning,
        }

    def _login(self, id: int | None) -> str:
        return self._logins.get(id or 0, "")

    def _learn(self, session: Session, revisions: set[int]) -> None:
        """Look up the steps of revisions that are not known yet, and the people, once."""
        if not self._logins:
            self._logins = {0: "", **dict(session.execute(select(Person.id, Person.login)).all())}
        new = revisions - self._steps.keys()
        if len(self._steps) + len(new) > _MOST_REVISIONS:
            self._steps, new = {}, revisions
        steps: dict[int, list[Step]] = {id: [] for id in new}
        query = select(Step).where(Step.revision_id.in_(new)).order_by(Step.revision_id, Step.position)
        for step in session.scalars(query):
            steps[step.revision_id].append(step)
        for id, several in steps.items():
            names = numbers(several)
            self._steps[id] = {
                step.key: {
                    "number": names[step.key],
                    "text": step.text,
                    "unit": step.attributes.get("unit", ""),
                }
                for step in several
            }


def _by_step(rows: Any) -> dict[int, dict[str, list[Any]]]:
    """Rows by their run and their step."""
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.run_id][row.step_key].append(row)
    return found


def _files(session: Session, ids: Sequence[int]) -> dict[Any, list[dict[str, str]]]:
    """The files of records, by the record."""
    query = select(Evidence.record_id, Evidence.name, Evidence.media_type, Evidence.digest)
    query = query.join(Record, Record.id == Evidence.record_id).where(Record.run_id.in_(ids))
    found: dict[Any, list[dict[str, str]]] = defaultdict(list)
    for row in session.execute(query.order_by(Evidence.id)):
        found[row.record_id].append({"name": row.name, "type": row.media_type, "digest": row.digest})
    return found


def _signed(session: Session, ids: Sequence[int]) -> dict[tuple[Any, int], list[Any]]:
    """Signatures by their record (None: under the whole run) and their run."""
    found: dict[tuple[Any, int], list[Any]] = defaultdict(list)
    for row in session.execute(select(SignOff.__table__).where(SignOff.run_id.in_(ids)).order_by(SignOff.id)):
        found[row.record_id, row.run_id].append(row)
    return found


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
