"""Closed runs by the thousand, straight into the tables, as an import would leave them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tests.support.installation import NOW
from tracker.models import Outcome, Revision, Run, Sop, Step

Closed = tuple[date, Mapping[str, str]]  # a run: its day, and the outcome of each step


def close(session: Session, sop_id: str, found: Iterable[Closed], label: str = "v1") -> None:
    """Write runs of an SOP under the revision of that label; what is not there is made, as by an import."""
    runs = list(found)
    sop = session.get(Sop, sop_id)
    if sop is None:
        sop = Sop(id=sop_id, title=sop_id.capitalize(), retired_at=NOW)
        session.add(sop)
        session.flush()
    query = select(Revision).where(Revision.sop_id == sop_id, Revision.label == label)
    revision = session.scalar(query)
    if revision is None:
        revision = Revision(sop_id=sop_id, label=label, title=sop.title, published_at=NOW)
        revision.steps = [Step(position=place, key=key, text=key) for place, key in enumerate(runs[0][1])]
        session.add(revision)
        session.flush()
    first = (session.scalar(select(func.max(Run.id))) or 0) + 1
    whose = {"sop_id": sop_id, "revision_id": revision.id}
    at = [datetime.combine(day, time(12), UTC) for day, _ in runs]
    session.execute(
        insert(Run),
        [
            {"id": id, "ref": f"c{id}", **whose, "state": "done", "started_at": when, "closed_at": when}
            for id, when in enumerate(at, first)
        ],
    )
    session.execute(
        insert(Outcome),
        [
            {"run_id": id, "step_key": key, **whose, "outcome": outcome, "closed_at": when}
            for id, (when, (_, outcomes)) in enumerate(zip(at, runs, strict=True), first)
            for key, outcome in outcomes.items()
        ],
    )
    session.commit()


def spread(
    n: int, lost: Mapping[str, Mapping[str, int]], first: date, days: int, seed: int = 1
) -> Iterator[Closed]:
    """n runs, spread evenly over days; of each step the given number of each outcome, else done."""
    chance = random.Random(seed)
    columns = {}
    for key, counts in lost.items():
        outcomes = [outcome for outcome, count in counts.items() for _ in range(count)]
        columns[key] = outcomes + ["done"] * (n - len(outcomes))
        chance.shuffle(columns[key])
    for number in range(n):
        day = first + timedelta(days=number * days // n)
        yield day, {key: outcomes[number] for key, outcomes in columns.items()}
