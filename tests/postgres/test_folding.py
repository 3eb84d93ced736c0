"""On PostgreSQL several workers fold at once while runs are amended; nothing is lost or counted twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.support import installation
from tests.support.folded import amended, filled, recounted, rows
from tests.support.installation import NOW
from tests.support.patience import PATIENCE
from tracker.db import db, snapshot, writing
from tracker.domain.facts import counts, folding
from tracker.models import IS_UNFOLDED, Run
from tracker.reports import data
from tracker.worker import counting, loop

pytestmark = pytest.mark.postgres
RUNS = 90


@pytest.fixture
def app(postgres_database: Callable[[], str], tmp_path: Path) -> Iterator[Flask]:
    app = installation.build(tmp_path / "workspace", {"HOLDFAST_DATABASE_URL": postgres_database()})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_two_fold_at_once_while_runs_are_amended(app: Flask) -> None:
    with writing() as session:
        numbers = filled(session, RUNS)
        folding.keep_zones(session, NOW, folding.zones_now(session, "UTC"))
    engine, gate, others = db.engine, threading.Barrier(3), []

    def fold() -> int:
        gate.wait(PATIENCE)
        folded = 0
        with Session(engine) as session:
            while session.scalar(select(func.count()).where(IS_UNFOLDED)):
                look = folding.Fold(most=3)
                while part := look.read(session):
                    session.rollback()
                    if not look.write(session, NOW, part):
                        others.append(part)
                    session.commit()
                folded += look.runs
        return folded

    def amend() -> None:
        gate.wait(PATIENCE)
        for number in numbers[:: RUNS // 30]:
            amended(engine, number)

    with ThreadPoolExecutor(3) as pool:
        folders = [pool.submit(fold), pool.submit(fold)]
        pool.submit(amend).result()
        assert sum(folder.result() for folder in folders) == RUNS
    session = db.session()
    assert rows(session) == recounted(session, "UTC")
    assert counts.runs_closed(session) == {"pack": RUNS}
    assert counting.rebuild("UTC") == []
    assert session.scalar(select(func.count()).select_from(Run).where(Run.folded)) == RUNS


def test_a_worker_does_what_is_due(app: Flask) -> None:
    with writing() as session:
        filled(session, 5)
    loop.look(app)
    assert rows(db.session()) == recounted(db.session(), "UTC")
    assert counts.as_of(db.session()) is not None


@pytest.mark.parametrize("table", ["records", "outcomes"])
def test_a_run_that_is_amended_while_it_is_read_waits_for_the_next_look(app: Flask, table: str) -> None:
    with writing() as session:
        (number,) = filled(session, 1)
        folding.keep_zones(session, NOW, folding.zones_now(session, "UTC"))
    engine, reader, waiting = db.engine, db.engine.connect(), [number]

    def amend(connection: object, cursor: object, statement: str, *_: object) -> None:
        if waiting and f"FROM {table}" in statement:
            amended(engine, waiting.pop())

    event.listen(reader, "after_cursor_execute", amend)
    with Session(reader) as session:
        look = folding.Fold()
        part = look.read(session)
        session.rollback()
        assert part and not waiting and not look.write(session, NOW, part)
        session.rollback()
    reader.close()
    loop.look(app)
    assert rows(db.session()) == recounted(db.session(), "UTC")
    assert [row.counts["failed"] for row in counts.totals(db.session()) if row.step_key == "hand"] == [1]


def test_what_is_folded_while_it_is_counted_is_counted_once(app: Flask) -> None:
    with writing() as session:
        filled(session, 9)
    waiting = [True]

    def fold(connection: object, cursor: object, statement: str, *_: object) -> None:
        if waiting and "FROM step_months" in statement:
            waiting.clear()
            counting.fold(db.session(), NOW)

    with snapshot() as session:
        reader = session.connection()
        event.listen(reader, "after_cursor_execute", fold)
        found = data.weak_points(session)
    assert not waiting and {row["n"] for row in found if row["step"] != "flyer"} == {9}
