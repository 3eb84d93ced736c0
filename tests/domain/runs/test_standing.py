"""What is kept in an open run's row is what its records say, whatever happened to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, offline
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.authoring.sync import publish
from tracker.db import new_id, write_in_chunks
from tracker.domain.library import catalogue
from tracker.domain.records import recording, signing
from tracker.domain.records.clocks import Device
from tracker.domain.runs import loading, moving, standing
from tracker.domain.runs.standing import Standing
from tracker.errors import HoldfastError
from tracker.models import Run

MIXED = """\
---
id: mixed
owner: olga
---
1. Scan the tote {#scan .critical}
2. Is it fragile? {#fragile input=choice options="yes, no"}
3. Wrap it {#wrap .critical .verify when="fragile = yes"}
    1. Take foil {#foil}
4. Check the address {#address .verify}
5. Weigh it in {#weigh role=checker}
6. Close the box {#close .critical role=closer}
"""
CHANGED = MIXED.replace("#scan .critical", "#scan").replace("#address .verify", "#address .critical")
KEYS = ("scan", "fragile", "wrap", "foil", "address", "weigh", "close")

Start = Callable[..., Run]


@pytest.fixture
def put(app: Flask, workspace: Path, session: Session) -> Callable[[str], None]:
    """Publish the SOP with this text."""

    def write(text: str) -> None:
        (workspace / "sops/mixed.md").write_text(text)
        publish(app, app.config["HOLDFAST"])
        session.rollback()
        session.expire_all()

    return write


def kept(session: Session, run: Run) -> Standing:
    columns = select(Run.held_by, Run.unsigned, Run.wants_role).where(Run.id == run.id)
    return Standing(*session.execute(columns).one())


def computed(session: Session, cast: Cast, run: Run) -> Standing:
    session.expire_all()
    found = loading.load(session, by(cast.admin), run.id, "run.see", lock=True)
    return standing.judge(loading.states(found), loading.whole(found, loading.states(found)))


def test_a_fresh_run_is_held_up_by_nothing_though_its_first_step_is_critical(
    session: Session, start: Start, put: Callable[[str], None]
) -> None:
    assert kept(session, start()) == Standing(None, 0, None)
    put("---\nid: mixed\n---\n1. Weigh it in {#weigh role=checker}\n")
    assert kept(session, start("mixed", subject="")) == Standing(None, 0, "checker")


def test_a_failed_critical_step_holds_a_run_up_until_it_is_done_or_overridden(
    session: Session, cast: Cast, start: Start, do: Do
) -> None:
    run, other = start(), start()
    for each in (run, other):
        do(each, "scan", "failed")
        assert kept(session, each).held_by == "scan"
    do(run, "scan", value="T1")
    recording.override(session, by(cast.lead), NOW, other, "scan", "no code")
    session.commit()
    assert kept(session, run).held_by is None is kept(session, other).held_by


@pytest.mark.parametrize("seed", range(6))
def test_after_every_act_of_a_random_history(
    session: Session, cast: Cast, start: Start, put: Callable[[str], None], seed: int
) -> None:
    put(MIXED)
    chance = random.Random(seed)
    run, seen = start("mixed", subject=""), set()

    def record(found: Run, key: str, kind: str, value: str = "", **more: Any) -> None:
        actor = chance.choice([cast.admin, cast.lead])
        recording.record(
            session, by(actor), NOW, found, record_id=new_id(), step_key=key, kind=kind, value=value,
            reason="torn", device=offline(NOW) if chance.random() < 0.2 else Device(), **more,
        )  # fmt: skip

    def act(found: Run) -> None:
        key, lot = chance.choice(KEYS), chance.random()
        if lot < 0.5:
            record(found, key, "done", chance.choice(["yes", "no"]) if key == "fragile" else "")
        elif lot < 0.65:
            record(found, key, chance.choice(["failed", "skipped"]))
        elif lot < 0.75 and found.records:
            last = chance.choice(found.records)
            record(found, last.step_key, "undone", cancels=last.id)
        elif lot < 0.85:
            recording.override(session, by(cast.lead), NOW, found, key, "no time")
        elif lot < 0.97 and found.records:
            verb = signing.sign if chance.random() < 0.7 else signing.reject
            given = ("wrong",) if verb is signing.reject else ()
            verb(session, by(cast.owner), NOW, found, chance.choice(found.records).id, *given)
        else:
            moving.move(session, by(cast.lead), NOW, found, catalogue.in_force(session, "mixed"))

    for number in range(60):
        if number == 30:
            put(CHANGED)
        found = loading.load(session, by(cast.admin), run.id, "run.see", lock=True)
        try:
            act(found)
            session.commit()
        except HoldfastError:
            session.rollback()
        assert kept(session, run) == computed(session, cast, run)
        seen.add(kept(session, run))
    assert len(seen) > 1


def test_runs_that_are_moved_together_are_judged_by_their_new_revision(
    session: Session, cast: Cast, start: Start, put: Callable[[str], None]
) -> None:
    put(MIXED)
    moved = [start("mixed", subject="") for _ in range(3)]
    for run in moved:
        found = loading.load(session, by(cast.admin), run.id, "run.see", lock=True)
        recording.record(
            session,
            by(cast.admin),
            NOW,
            found,
            record_id=new_id(),
            step_key="scan",
            kind="failed",
            reason="torn",
        )
    session.commit()
    assert {kept(session, run).held_by for run in moved} == {"scan"}
    put(CHANGED)
    revision = catalogue.in_force(session, "mixed")
    write_in_chunks(
        moving.units(by(cast.lead), NOW, moving.numbers_to_move(session, by(cast.lead), revision), revision)
    )
    assert {kept(session, run).held_by for run in moved} == {None}


def test_runs_from_before_rows_had_a_standing_are_judged_by_the_next_sync(
    app: Flask, session: Session, cast: Cast, start: Start, do: Do
) -> None:
    blocked, free = start(), start()
    do(blocked, "scan", "failed")
    session.execute(update(Run).values(held_by=None, unsigned=None))
    session.commit()
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    assert (kept(session, blocked).held_by, kept(session, free)) == ("scan", Standing(None, 0, None))
    assert list(standing.units(session)) == []
