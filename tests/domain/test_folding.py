"""Closed runs are folded into the facts, each exactly once, whatever is done to them before and after."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.installation import NOW, Cast
from tracker import working
from tracker.db import new_id, writing
from tracker.domain import amending, facts, folding, records, runs
from tracker.models import (
    Location,
    Outcome,
    Person,
    Run,
)
from tracker.stats.durations import bin_of

TABLES = tuple(folding.KEYS)
ZONE = "Asia/Tokyo"


def fold(session: Session, zone: str = ZONE) -> folding.Fold:
    """One look of the worker, in small parts."""
    with writing() as write:
        right, kept = folding.zones_now(write, zone), folding.kept_zones(write)
        folding.keep_zones(write, NOW, right | kept)
    look = folding.Fold(most=2)
    while part := look.read(session):
        with writing() as write:
            assert look.write(write, NOW, part)
    session.rollback()
    return look


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


def recounted(session: Session, zone: str = ZONE) -> dict[str, dict[tuple[Any, ...], tuple[int, ...]]]:
    """The same from outcomes and records, by another and slower way."""
    zones = {0: ZoneInfo(zone)} | {p.id: ZoneInfo(p.zone) for p in session.scalars(select(Location))}
    found: dict[str, Counter[Any]] = defaultdict(Counter)
    for run in session.scalars(select(Run).where(Run.state == "done")):
        assert run.closed_at
        place, made = run.location_id or 0, list(run.records)
        local = run.closed_at.astimezone(zones[place])
        day, month = local.date(), local.date().replace(day=1)
        outcomes = session.scalars(select(Outcome).where(Outcome.run_id == run.id)).all()
        for o in outcomes:
            found["step_days"][(run.sop_id, day, o.step_key, run.revision_id), o.outcome] += 1
            found["step_days"][(run.sop_id, day, o.step_key, run.revision_id), "recovered"] += o.recovered
            for by, which in (("all", ""), ("location", str(place)), ("hour", str(local.hour))):
                found["step_months"][(by, run.sop_id, month, o.step_key, which), o.outcome] += 1
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
        order = [s.key for s in runs.steps(run)]
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


VALUES = {"scan": "T1", "weigh": "500", "box": "M", "flyer": "", "hand": ""}


@pytest.fixture
def history(session: Session, cast: Cast) -> Callable[[int], None]:
    """Random days on the floor: work across midnights and clock changes, undone, late, moved, amended."""

    def live(seed: int, days: int = 12) -> None:
        chance = random.Random(seed)
        people = [cast.staff, cast.admin]
        start = datetime(2026, 3, 24, 12, tzinfo=UTC)  # clocks go forward on the 29th
        for _ in range(days):
            at = start + timedelta(minutes=chance.randrange(12 * 24 * 60))
            run = runs.start(session, cast.lead, at, "pack", subject=str(new_id()), assignee=cast.staff)
            if chance.random() < 0.3:
                run.location_id = None
            session.commit()
            closed = False
            for number in range(chance.randrange(4, 16)):
                at += timedelta(seconds=chance.choice((1, 20, 70, 600, 40_000)))
                if not closed and number > 3 and chance.random() < 0.3:
                    closed = close(session, cast, at, run)
                act(session, chance, people, at, run)
                if chance.random() < 0.15:
                    fold(session)
            if not closed:
                close(session, cast, at, run)
            for _ in range(chance.randrange(3)):
                amend(session, cast, chance, at + timedelta(days=2), run)
            if chance.random() < 0.3:
                fold(session)

    return live


def close(session: Session, cast: Cast, at: datetime, run: Run) -> bool:
    found = runs.load(session, cast.admin, run.id, "run.close", lock=True)
    if found.state != "open":
        return True
    if any(state.holds_up for state in runs.states(found)):
        records.override(session, cast.admin, at, found, "scan", "it goes on")
    runs.close(session, cast.admin, at, found, omit=["scan", "weigh", "box", "hand"])
    session.commit()
    return True


def act(session: Session, chance: random.Random, people: list[Person], at: datetime, run: Run) -> None:
    """Record something, from a device that may be offline or whose clock may be three days off."""
    actor, key = chance.choice(people), chance.choice(list(VALUES))
    run.assignee_id = actor.id
    session.commit()
    found = runs.load(session, actor, run.id, "run.record", lock=True)
    kind = chance.choice(("done", "done", "done", "skipped", "failed", "undone"))
    mine = [r for s in runs.states(found) for r in s.records if r.person_id == actor.id]
    if kind == "undone" and not mine:
        return
    target = chance.choice(mine) if kind == "undone" else None
    off = chance.choice((0, 0, 0, 0, 3 * 86400, -3 * 86400, -900))
    records.record(
        session, actor, at, found, record_id=new_id(), step_key=target.step_key if target else key, kind=kind,
        value=VALUES[key] if kind == "done" else "", cancels=target.id if target else None,
        reason="" if kind == "done" else chance.choice(("torn  label", "no time", "x" * 100)),
        device=records.Device(at=at + timedelta(seconds=off)) if chance.random() < 0.9 else records.Device(),
        offline=True,
    )  # fmt: skip
    session.commit()


def amend(session: Session, cast: Cast, chance: random.Random, at: datetime, run: Run) -> None:
    found = runs.load(session, cast.admin, run.id, "run.see", lock=True)
    state = chance.choice(runs.states(found))
    kind = chance.choice(("done", "skipped", "failed"))
    amending.amend(
        session, cast.admin, at, found, record_id=new_id(), step_key=state.step.key, kind=kind, reason="m",
        value=VALUES[state.step.key] if kind == "done" else "",
        standing=[record.id for record in state.records],
    )  # fmt: skip
    session.commit()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_facts_are_what_outcomes_and_records_add_up_to(
    app: Flask, session: Session, history: Callable[[int], None], seed: int
) -> None:
    history(seed)
    before = totals(session)
    fold(session)
    assert rows(session) == recounted(session)
    assert totals(session) == before
    assert working.rebuild(ZONE) == []
    assert rows(session) == recounted(session)


def totals(session: Session) -> list[Any]:
    """What pages read."""
    since = date(2026, 3, 27)
    found: list[Any] = [facts.totals(session), facts.totals(session, since=since, exact=True)]
    found += [facts.by_day(session), facts.by_day(session, sop_id="pack", step_key="weigh", since=since)]
    found += [facts.apart(session, by, "pack") for by in ("location", "hour", "skipped", "failed")]
    found += [facts.apart(session, "hour", "pack", "box", since), facts.times(session, "pack")]
    found += [facts.load(session, since), facts.load(session, since, 1), facts.completions(session, since)]
    found += [facts.conformity(session), facts.runs_closed(session, since), facts.days_covered(session)]
    session.rollback()
    return found
