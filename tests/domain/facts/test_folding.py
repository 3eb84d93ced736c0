"""Closed runs are folded into the facts, each exactly once, whatever is done to them before and after."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tests.domain.conftest import Do
from tests.support.actors import by
from tests.support.folded import VALUES, ZONE, filled, recounted, rows
from tests.support.installation import NOW, Cast
from tests.support.patience import PATIENCE
from tracker.db import new_id, snapshot, write_in_chunks, writing
from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts import folding, rebuilding
from tracker.domain.facts.periods import Period
from tracker.domain.records import amending, late_decisions, recording
from tracker.domain.records.clocks import Device
from tracker.domain.runs import lifecycle, loading
from tracker.errors import ConflictError
from tracker.models import (
    JobState,
    LateRecord,
    Location,
    Outcome,
    Person,
    PersonDay,
    Run,
    RunDay,
    StepDay,
    StepMonth,
)
from tracker.stats.durations import bin_of
from tracker.worker import counting, loop


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


@pytest.fixture
def history(session: Session, cast: Cast) -> Callable[[int], None]:
    """Random days on the floor: work across midnights and clock changes, undone, late, moved, amended."""

    def live(seed: int, days: int = 12) -> None:
        chance = random.Random(seed)
        people = [cast.owner, cast.admin]
        start = datetime(2026, 3, 24, 12, tzinfo=UTC)  # clocks go forward on the 29th
        for _ in range(days):
            at = start + timedelta(minutes=chance.randrange(12 * 24 * 60))
            run = lifecycle.start(
                session, by(cast.lead), at, "pack", subject=str(new_id()), assignee=cast.staff
            )
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
    found = loading.load(session, by(cast.admin), run.id, "run.close", lock=True)
    if found.state != "open":
        return True
    if any(state.holds_up for state in loading.states(found)):
        recording.override(session, by(cast.admin), at, found, "scan", "it goes on")
    lifecycle.close(session, by(cast.admin), at, found, omit=["scan", "weigh", "box", "hand"])
    session.commit()
    return True


def act(session: Session, chance: random.Random, people: list[Person], at: datetime, run: Run) -> None:
    """Record something late, from a device whose clock may be three days off; a lead accepts some of it."""
    actor, key = chance.choice(people), chance.choice(list(VALUES))
    run.assignee_id = actor.id
    session.commit()
    found = loading.load(session, by(actor), run.id, "run.record", lock=True)
    kind = chance.choice(("done", "done", "done", "skipped", "failed", "undone"))
    mine = [r for s in loading.states(found) for r in s.records if r.person_id == actor.id]
    if kind == "undone" and not mine:
        return
    target = chance.choice(mine) if kind == "undone" else None
    off = chance.choice((0, 0, 0, 0, 3 * 86400, -3 * 86400, -900))
    sent, age = at + timedelta(seconds=off), chance.choice((90, 90, 2000))
    entry = recording.record(
        session, by(actor), at, found, record_id=new_id(), step_key=target.step_key if target else key,
        kind=kind,
        value=VALUES[key] if kind == "done" else "", cancels=target.id if target else None,
        reason="" if kind == "done" else chance.choice(("torn  label", "no time", "x" * 100)),
        device=Device(at=sent - timedelta(seconds=age), sent_at=sent),
    )  # fmt: skip
    if isinstance(entry, LateRecord) and chance.random() < 0.5:
        other = next(person for person in people if person is not actor)
        with suppress(ConflictError):  # what it takes back may be taken back already
            late_decisions.accept(session, by(other), at, found, entry, "it is right")
    session.commit()


def amend(session: Session, cast: Cast, chance: random.Random, at: datetime, run: Run) -> None:
    found = loading.load(session, by(cast.admin), run.id, "run.see", lock=True)
    state = chance.choice(loading.states(found))
    kind = chance.choice(("done", "skipped", "failed"))
    amending.amend(
        session, by(cast.admin), at, found, record_id=new_id(), step_key=state.step.key, kind=kind,
        reason="m",
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
    assert counting.rebuild(ZONE) == []
    assert rows(session) == recounted(session)


def totals(session: Session) -> list[Any]:
    """What pages read."""
    since = date(2026, 3, 27)
    found: list[Any] = [facts_counts.totals(session), facts_counts.totals(session, since=since, exact=True)]
    found += [
        facts_counts.by_day(session),
        facts_counts.by_day(session, sop_id="pack", step_key="weigh", since=since),
    ]
    found += [facts_counts.apart(session, by, "pack") for by in ("location", "hour", "skipped", "failed")]
    months = Period("", since.replace(day=1))
    found += [facts_counts.apart(session, "hour", "pack", "box", months), facts_counts.times(session, "pack")]
    found += [
        facts_counts.completions(session, since),
        facts_counts.conformity(session),
        facts_counts.runs_closed(session, since),
        facts_counts.days_covered(session),
    ]
    session.rollback()
    return found


@pytest.fixture
def closed(session: Session, cast: Cast, start: Callable[..., Run], do: Do) -> Run:
    """A closed run: scanned, weighed within its limits, the box skipped, not handed over."""
    run = start()
    do(run, "scan", value="T1")
    do(run, "weigh", value="500", now=NOW + timedelta(seconds=40))
    do(run, "box", "skipped", reason="no time")
    lifecycle.close(session, by(cast.staff), NOW, run, omit=["hand"])
    session.commit()
    return run


def weigh_in(session: Session, cast: Cast, run: Run) -> None:
    """A lead says that the weighing failed."""
    found = loading.load(session, by(cast.lead), run.id, "run.see", lock=True)
    standing = [r.id for s in loading.states(found) if s.step.key == "weigh" for r in s.records]
    amending.amend(
        session, by(cast.lead), NOW, found, record_id=new_id(), step_key="weigh", kind="failed",
        reason="open",
        standing=standing,
    )  # fmt: skip
    session.commit()


def test_a_run_that_is_amended_while_it_is_folded_waits(session: Session, cast: Cast, closed: Run) -> None:
    with writing() as write:
        folding.keep_zones(write, NOW, folding.zones_now(write, ZONE))
    look = folding.Fold()
    part = look.read(session)
    assert part and [run.id for run in part.runs] == [closed.id]
    weigh_in(session, cast, closed)
    with writing() as write:
        assert not look.write(write, NOW, part)
    assert not rows(session)["step_days"]
    fold(session)
    assert rows(session) == recounted(session)
    with writing() as write:  # and what is folded is not folded again
        assert not look.write(write, NOW, part)
    assert rows(session) == recounted(session)


def test_an_amendment_changes_the_facts_at_once(session: Session, cast: Cast, closed: Run) -> None:
    fold(session)
    weigh_in(session, cast, closed)
    counts = {row.step_key: row.counts for row in facts_counts.totals(session, sop_id="pack")}
    assert (counts["weigh"]["done"], counts["weigh"]["failed"]) == (0, 1)
    assert facts_counts.apart(session, "failed", "pack")["open"]["failed"] == 1
    assert rows(session) == recounted(session)


@pytest.mark.parametrize(
    ("moment", "place", "day", "hour"),
    [
        ("2026-03-28T22:59:59", "Berlin", "2026-03-28", "23"),
        ("2026-03-28T23:00:00", "Berlin", "2026-03-29", "0"),
        ("2026-03-29T21:59:59", "Berlin", "2026-03-29", "23"),  # the day has 23 hours
        ("2026-03-29T22:00:00", "Berlin", "2026-03-30", "0"),
        ("2026-10-25T22:59:59", "Berlin", "2026-10-25", "23"),  # and this one 25
        ("2026-10-25T01:30:00", "Berlin", "2026-10-25", "2"),
        ("2026-12-31T14:59:59", None, "2026-12-31", "23"),
        ("2026-12-31T15:00:00", None, "2027-01-01", "0"),
    ],
)
def test_days_and_hours_are_those_of_the_place(
    session: Session, closed: Run, moment: str, place: str | None, day: str, hour: str
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    where = session.scalar(select(Location.id).where(Location.name == place)) if place else None
    session.execute(update(Run).values(closed_at=at, location_id=where))
    session.execute(update(Outcome).values(closed_at=at))
    session.commit()
    if place:
        assert {row.day.isoformat() for row in facts_counts.by_day(session)} == {day}
    fold(session)
    assert {row.day.isoformat() for row in facts_counts.by_day(session)} == {day}
    assert list(facts_counts.apart(session, "hour", "pack")) == [hour]
    on = date.fromisoformat(day)
    assert facts_counts.totals(session, since=on) and not facts_counts.totals(
        session, since=on + timedelta(days=1)
    )


def test_a_place_whose_zone_has_changed_is_counted_anew(
    app: Flask, session: Session, closed: Run, cast: Cast
) -> None:
    loop.look(app)
    berlin = session.get_one(Location, closed.location_id)
    berlin.zone = "Pacific/Kiritimati"
    session.commit()
    weigh_in(session, cast, closed)  # still by the clocks of before
    session.execute(delete(JobState))
    session.commit()
    loop.look(app)
    assert rows(session) == recounted(session, "UTC")
    assert list(facts_counts.apart(session, "hour", "pack")) == ["23"]


def test_what_was_read_by_the_clocks_of_before_is_not_folded(session: Session, closed: Run) -> None:
    with writing() as write:
        folding.keep_zones(write, NOW, folding.zones_now(write, ZONE))
    look = folding.Fold()
    part = look.read(session)
    with writing() as write:
        write.get_one(Location, closed.location_id).zone = "Pacific/Kiritimati"
        write.flush()
        rebuilding.begin(write, NOW, "another", ZONE)
    with writing() as write:
        assert part and not look.write(write, NOW, part)
    fold(session)
    assert rows(session) == recounted(session)


def test_a_rebuild_says_what_differed_and_puts_it_right(app: Flask, session: Session, closed: Run) -> None:
    fold(session)
    right = rows(session)
    session.execute(update(StepDay).where(StepDay.step_key == "box").values(skipped=7))
    session.execute(delete(StepMonth).where(StepMonth.by == "all", StepMonth.step_key == "weigh"))
    session.add(PersonDay(day=date(2020, 1, 1), sop_id="pack", location_id=0, person_id=1, runs=3))
    session.commit()
    told = sorted(str(difference) for difference in counting.rebuild(ZONE))
    assert [line.split(" ")[0] for line in told] == ["person_days", "step_days", "step_months"]
    assert told[1] == f"step_days pack · 2026-03-31 · box · {closed.revision_id}: skipped 7, not 1"
    assert rows(session) == right == recounted(session)
    assert counting.rebuild(ZONE) == []


def test_of_two_rebuilds_the_first_gives_way(session: Session, closed: Run) -> None:
    fold(session)
    session.execute(update(RunDay).values(runs=5))
    session.commit()
    with writing() as write:
        rebuilding.begin(write, NOW, "one", ZONE)
    with snapshot() as seen:
        found = rebuilding.differences(seen, rebuilding.folded_runs(seen))
    assert len(found) == 1
    assert counting.rebuild(ZONE) == found
    with pytest.raises(ConflictError, match="Another rebuild"):
        write_in_chunks(rebuilding.units("one", found))
    assert rows(session) == recounted(session)


def test_a_device_whose_clock_is_days_off_has_no_times(
    session: Session, cast: Cast, start: Callable[..., Run], do: Do
) -> None:
    run, wrong = start(), timedelta(days=3)
    for step, value, seconds, device in (
        ("scan", "T1", 0, None),
        ("weigh", "500", 60, wrong),
        ("box", "M", 120, wrong),
        ("hand", "", 180, None),
    ):
        at = NOW + timedelta(seconds=seconds)
        own = Device(at=at + device) if device else Device(at=at)
        do(run, step, value=value, now=at, device=own)
    lifecycle.close(session, by(cast.staff), NOW, run, omit=[])
    session.commit()
    assert facts_counts.times(session, "pack") == {"box": {bin_of(60): 1}}
    assert facts_counts.conformity(session) == {"pack": (1, 1.0)}


def test_a_worker_that_is_killed_amid_its_work_loses_and_doubles_nothing(
    app: Flask, session: Session, workspace: Path
) -> None:
    with writing() as write:
        numbers = filled(write, 500)
    session.rollback()
    command = [sys.executable, "-m", "tracker.cli", "work", "--workspace", str(workspace)]
    folded = select(func.count()).select_from(Run).where(Run.folded)

    with subprocess.Popen(command, env={**os.environ, "HOLDFAST_ZONE": ZONE}) as worker:
        give_up = time.monotonic() + PATIENCE
        while not session.scalar(folded):
            assert time.monotonic() < give_up
            session.rollback()
        worker.kill()
    session.rollback()
    assert 0 < (session.scalar(folded) or 0) < len(numbers)
    assert rows(session) == recounted(session, ZONE, folded=True)
    fold(session)
    assert rows(session) == recounted(session)
    assert counting.rebuild(ZONE) == []
