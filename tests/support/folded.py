"""Runs to be folded into the facts, and the same facts counted by another and slower way."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session, joinedload, selectinload

from tests.support.actors import by
from tests.support.installation import NOW
from tracker.db import new_id
from tracker.domain.facts import folding
from tracker.domain.records import amending
from tracker.domain.runs import loading
from tracker.models import (
    Location,
    Outcome,
    Person,
    Record,
    Run,
    Sop,
)
from tracker.stats.durations import bin_of

TABLES = tuple(folding.KEYS)
ZONE = "Asia/Tokyo"
VALUES = {"scan": "T1", "weigh": "500", "box": "M", "flyer": "", "hand": ""}


def rows(session: Session) -> dict[str, dict[tuple[Any, ...], tuple[int, ...]]]:
    """Everything in the facts that is not nothing."""
    found: dict[str, dict[tuple[Any, ...], tuple[int, ...]]] = {}
    for table in TABLES:
        key, counts = folding.KEYS[table], folding.COUNTS[table]
        columns = [getattr(table, name) for name in key + counts]
        found[table.__tablename__] = {
            tuple(row[: len(key)]): tuple(row[len(key) :])
            for row in session.execute(select(*columns))
            if any(row[len(key) :])
        }
    session.rollback()
    return found


def recounted(
    session: Session, zone: str = ZONE, *, folded: bool = False
) -> dict[str, dict[tuple[Any, ...], tuple[int, ...]]]:
    """The same from outcomes and records, by another and slower way."""
    zones = {0: ZoneInfo(zone)} | {p.id: ZoneInfo(p.zone) for p in session.scalars(select(Location))}
    found: dict[str, Counter[Any]] = defaultdict(Counter)
    endings: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in session.scalars(select(Outcome)):
        endings[outcome.run_id].append(outcome)
    done = select(Run).where(Run.state == "done", Run.folded if folded else Run.id > 0)
    for run in session.scalars(done.options(selectinload(Run.records), joinedload(Run.revision))):
        assert run.closed_at
        place, made = run.location_id or 0, list(run.records)
        local = run.closed_at.astimezone(zones[place])
        day, month = local.date(), local.date().replace(day=1)
        outcomes = endings[run.id]
        for o in outcomes:
            found["step_days"][(run.sop_id, day, o.step_key, run.revision_id), o.outcome] += 1
            found["step_days"][(run.sop_id, day, o.step_key, run.revision_id), "recovered"] += o.recovered
            for apart, which in (("all", ""), ("location", str(place)), ("hour", str(local.hour))):
                found["step_months"][(apart, run.sop_id, month, o.step_key, which), o.outcome] += 1
            if o.outcome in ("skipped", "failed"):
                why = " ".join(o.reason.split())[:80]
                found["step_months"][(o.outcome, run.sop_id, month, o.step_key, why), o.outcome] += 1
        gone = {r.cancels_id for r in made if r.kind == "undone" and r.flag != "amended"}
        ticks = [r for r in made if r.kind != "undone" and r.flag != "amended" and r.id not in gone]
        ticks.sort(key=lambda r: (r.received_at, r.device_at or r.received_at))
        for index, tick in enumerate(ticks):
            mine = [r for r in ticks[:index] if r.person_id == tick.person_id]
            if mine:
                at, before = (r.device_at or r.received_at for r in (tick, mine[-1]))
                if timedelta() <= at - before <= timedelta(hours=12):
                    bin = str(bin_of((at - before).total_seconds()))
                    found["step_months"][("time", run.sop_id, month, tick.step_key, bin), "done"] += 1
        found["run_days"][(day, run.sop_id, place), "runs"] += 1
        found["run_days"][(day, run.sop_id, place), "failed"] += any(o.outcome == "failed" for o in outcomes)
        order = [s.key for s in loading.steps(run)]
        wanted = [k for k in order if any(o.step_key == k and o.outcome != "na" for o in outcomes)]
        first = list(dict.fromkeys(r.step_key for r in ticks if r.kind == "done" and r.step_key in wanted))
        total = len(wanted) + len(first)
        fits = 1 - (total - 2 * longest(wanted, first)) / total if total else 1
        found["run_days"][(day, run.sop_id, place), "conformity"] += round(1000 * fits)
        steps: dict[int, set[str]] = {}
        for r in ticks:
            steps.setdefault(r.person_id or 0, set()).add(r.step_key)
        person = max(steps, key=lambda p: len(steps[p])) if steps else run.closed_by_id
        found["person_days"][(day, run.sop_id, place, person), "runs"] += 1
    session.rollback()
    counts = {table.__tablename__: folding.COUNTS[table] for table in TABLES}
    return {
        name: {
            key: tuple(found[name][key, column] for column in columns)
            for key in {key for key, column in found[name] if found[name][key, column]}
        }
        for name, columns in counts.items()
    }


def longest(one: list[str], other: list[str]) -> int:
    """The length of the longest common subsequence."""
    best = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            best[i + 1][j + 1] = best[i][j] + 1 if a == b else max(best[i][j + 1], best[i + 1][j])
    return best[-1][-1]


def filled(session: Session, count: int) -> list[int]:
    """Closed runs of pack, a minute after each other, in which everything but the last step was done."""
    revision = session.scalars(select(Sop).where(Sop.id == "pack")).one().in_force_id
    person = session.scalars(select(Person.id).where(Person.login == "sam")).one()
    numbers: list[int] = []
    lists: tuple[list[Any], list[Any]] = ([], [])
    for n in range(count):
        at = NOW + timedelta(minutes=n)
        run = {"sop_id": "pack", "revision_id": revision, "state": "done", "started_at": at, "closed_at": at}
        numbers += session.scalars(insert(Run).returning(Run.id), [run | {"ref": f"filled-{n}"}]).all()
        for place, key in enumerate(VALUES):
            what = "omitted" if key == "hand" else "skipped" if n % 7 == place else "done"
            step = {"run_id": numbers[-1], "step_key": key}
            lists[0].append(
                step | {"sop_id": "pack", "revision_id": revision, "outcome": what, "closed_at": at}
            )
            if what != "omitted":
                then = at + timedelta(seconds=20 * place)
                lists[1].append(
                    step | {"id": new_id(), "kind": what, "person_id": person, "received_at": then}
                )
    for table, found in zip((Outcome, Record), lists, strict=True):
        session.execute(insert(table), found)
    return numbers


def amended(engine: Engine, number: int) -> None:
    """A lead says that handing over has failed."""
    with Session(engine) as session, session.begin():
        ada = session.scalars(select(Person).where(Person.login == "ada")).one()
        run = loading.load(session, by(ada), number, "run.see", lock=True)
        amending.amend(
            session, by(ada), NOW, run, record_id=new_id(), step_key="hand", kind="failed", reason="open",
            standing=[],
        )  # fmt: skip
