"""Of many workers each due job is done by one; a killed one's is taken over; what goes wrong is kept."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import create_engine, event, func, select, text, update
from sqlalchemy.orm import Session

from tests.support import installation
from tests.support.actors import by
from tests.support.installation import Cast
from tests.support.patience import PATIENCE
from tests.worker import worker
from tracker import migrations
from tracker.app import create_app
from tracker.cli import main
from tracker.config import load
from tracker.db import db, writing
from tracker.domain.dispatch import batches
from tracker.models import Batch, Figure, JobState, Run
from tracker.worker import claims, loop
from tracker.worker.jobs import JOBS, PROMPT, Job, Turn

Process = subprocess.Popen[str]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, dict[str, str]]]:
    """An installation on each of the databases, and the settings that a process on it needs."""
    environ = {}
    if request.param == "postgres":
        environ["HOLDFAST_DATABASE_URL"] = request.getfixturevalue("postgres_database")()
    app = installation.build(tmp_path / "workspace", environ)
    with app.app_context():
        yield app, environ
        db.session.remove()
        db.engine.dispose()


def started(workspace: Path, environ: dict[str, str], done: Path, hanging: str = "") -> Process:
    """A worker that is ready."""
    command = [sys.executable, "-m", worker.__name__, str(workspace), str(done), hanging]
    made = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **environ}
    )
    assert made.stdout is not None and made.stdout.readline() == "ready\n"
    return made


def go(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def states(session: Session) -> dict[str, JobState]:
    session.rollback()
    return {
        row.name: row for row in session.scalars(select(JobState).execution_options(populate_existing=True))
    }


def test_of_many_workers_each_job_is_done_by_one_and_a_killed_one_s_is_taken_over(
    house: tuple[Flask, dict[str, str]], tmp_path: Path
) -> None:
    _, environ = house
    place, done = tmp_path / "workspace", tmp_path / "done"
    with ExitStack() as ended:
        workers = [ended.enter_context(started(place, environ, done, worker.NAMES[3])) for _ in range(3)]
        for process in workers:
            ended.callback(process.kill)
            go(process)
        hanging = next(p for p in workers if p.stdout and p.stdout.readline() == "hanging\n")
        for process in workers:
            if process is not hanging:
                assert process.wait(PATIENCE) == 0
        hanging.kill()
    session = db.session()
    counted = sorted(done.read_text().splitlines())
    rows = states(session)
    assert counted == sorted(set(counted)) and worker.NAMES[3] in counted
    cut = rows[worker.NAMES[3]]
    dead = cut.claimed_by
    assert cut.claimed_by and cut.alive_at and cut.begun_at and cut.ended_at is None
    assert all(row.ended_at and not row.claimed_by for row in rows.values() if row is not cut)
    names = dict.fromkeys(rows, cut.next_at)
    assert claims.due(rows, cut.alive_at + claims.SILENT - timedelta(seconds=1), names) == set()
    later = cut.alive_at + claims.SILENT + timedelta(seconds=1)
    assert claims.due(rows, later, names) == {cut.name}
    assert claims.claim(cut.name, "second", later, later + timedelta(hours=1))
    assert not claims.claim(cut.name, "third", later, later + timedelta(hours=1))
    assert not claims.end(cut.name, dead, later, "from the dead")
    claims.end(cut.name, "second", later, "")
    assert states(session)[cut.name].ended_at == later and states(session)[cut.name].error == ""


def test_a_job_that_another_worker_writes_down_while_this_one_looks_is_done(
    house: tuple[Flask, dict[str, str]],
) -> None:
    app, _ = house
    done: list[str] = []
    written = threading.Event()

    def write_down() -> None:
        with app.app_context(), writing() as session:
            session.add(JobState(name="new", next_at=datetime.now(UTC)))

    def before(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "FROM jobs" in statement and not written.is_set():
            written.set()
            other = threading.Thread(target=write_down)
            other.start()
            other.join()

    event.listen(db.engine, "before_cursor_execute", before)
    assert loop.look(app, [Job("new", 3600, lambda turn: done.append("new"))]) == 1 and done == ["new"]


def test_what_goes_wrong_is_kept_and_told_once_and_the_others_go_on(
    app: Flask, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    wrong, told, done = [True], [], []

    def first(turn: Turn) -> None:
        if wrong:
            raise RuntimeError("The figures are out.")

    def look() -> None:
        loop.look(app, [Job("first", 0, first), Job("second", 0, lambda turn: "Done.")], tell=told.append)
        done.append(states(session))

    look()
    assert done[-1]["first"].error == "The figures are out." and done[-1]["second"].error == ""
    assert "RuntimeError" in caplog.text
    look()
    assert [text for text in told if "first" in text] == [
        "error: the job “first” failed and is tried again later: The figures are out."
    ]
    result = CliRunner().invoke(main, ["jobs", "--workspace", str(app.config["HOLDFAST"].workspace)])
    assert result.exit_code == 1
    assert "error: The figures are out." in next(x for x in result.output.splitlines() if "first" in x)
    wrong.clear()
    look()
    assert done[-1]["first"].error == "" and told.count("Done.") == 3
    result = CliRunner().invoke(main, ["jobs", "--workspace", str(app.config["HOLDFAST"].workspace)])
    assert result.exit_code == 0 and "second" in result.output


def begun(session: Session, cast: Cast) -> int:
    """A list that waits to be opened."""
    now = datetime.now(UTC)
    with writing() as write:
        batch = batches.prepare(
            write, by(cast.lead), now, sop_id="pack", text="1\n2\n3\n", name="", assignee=None, team=None,
            role="picker", location=None, due=None, zone="UTC",
        )  # fmt: skip
        batches.begin(write, by(cast.lead), now, batch, anyway=False)
        return batch.id


def test_a_slow_job_keeps_no_list_waiting(app: Flask, session: Session, cast: Cast) -> None:
    begun(session, cast)
    opened, stop, seen = threading.Event(), threading.Event(), []

    def open_list(turn: Turn) -> None:
        PROMPT[0].work(turn)
        opened.set()

    def slow(turn: Turn) -> None:
        seen.append(opened.wait(PATIENCE))
        stop.set()

    prompt = [Job("lists", 0, open_list, waits=PROMPT[0].waits)]
    loop.keep_working(app, stop, lambda text: None, prompt, [Job("slow", 0, slow)])
    session.rollback()
    assert seen == [True] and session.scalar(select(func.count()).select_from(Run)) == 3


def test_the_command_alone_opens_lists_adds_up_and_sweeps(
    app: Flask, workspace: Path, session: Session, cast: Cast
) -> None:
    batch = begun(session, cast)
    with writing() as write:
        write.add(JobState(name="sweep", next_at=datetime.now(UTC)))
    command = [sys.executable, "-m", "tracker.cli", "work", "--once", "--workspace", str(workspace)]
    subprocess.run(command, check=True, timeout=PATIENCE)
    rows = states(session)
    assert session.get_one(Batch, batch).state == "done"
    assert rows.keys() == {job.name for job in JOBS} - {"endings"}  # no run waits to be ended
    assert all(row.ended_at and not row.error for row in rows.values())


def test_a_job_that_was_never_done_waits_for_its_first_time(app: Flask, session: Session) -> None:
    done: list[str] = []
    job = Job("calm", 3600, lambda turn: done.append("calm"), first=600)
    assert loop.look(app, [job]) == 0 and done == []
    session.execute(update(JobState).values(next_at=datetime.now(UTC)))
    session.commit()
    assert loop.look(app, [job]) == 1 and loop.look(app, [job]) == 0 and done == ["calm"]


def test_an_interrupted_worker_gives_its_job_back(app: Flask, session: Session) -> None:
    def work(turn: Turn) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loop.look(app, [Job("cut", 3600, work)])
    assert loop.look(app, [Job("cut", 3600, lambda turn: None)]) == 1


def test_only_what_can_be_computed_again_may_be_lost_with_the_power(workspace: Path) -> None:
    app, found = (
        create_app(load(workspace, {})),
        list[int](),
    )  # its own, for its connections stay as they become

    def work(turn: Turn) -> None:
        found.append(int(turn.session.execute(text("PRAGMA synchronous")).scalar_one()))

    usual = sys.getswitchinterval()
    try:
        loop.prepare(app)
    finally:
        sys.setswitchinterval(usual)
        gc.enable()
        gc.unfreeze()
    loop.look(app, [Job("figures", 0, work), Job("kept", 0, work, durable=True), Job("more", 0, work)])
    normal, full = 1, 2
    assert found == [normal, full, normal]


def test_the_keys_among_the_figures_become_jobs(tmp_path: Path, workspace: Path) -> None:
    from alembic import command
    from alembic.config import Config

    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0018")
        for name in ("job: key people", "job: fold", "key people"):
            row = {"name": name, "at": "2026-03-31 09:00:00.000000"}
            connection.execute(text("INSERT INTO figures (name, at, data) VALUES (:name, :at, '{}')"), row)
    migrations.upgrade(engine)
    with Session(engine) as session:
        assert session.scalars(select(Figure.name)).all() == ["key people"]
        rows = states(session)
        assert rows.keys() == {"fold", "key people"}
        assert {(row.begun_at, row.error, row.claimed_by) for row in rows.values()} == {
            (installation.NOW, "", None)
        }
    engine.dispose()
