"""An older installation's database with records, and an upgrade of it in a process that may be killed.

`python -m tests.faults.upgrades URL [N]` upgrades; with N it kills itself before its N-th statement.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, NullPool, create_engine, event, text

from tracker import migrations

FIRST = (
    "locations (id, name, zone) VALUES (1, 'Berlin', 'UTC')",
    "sops (id, title, area) VALUES ('pack', 'Pack', '')",
    "revisions (id, sop_id, number, label, title, source, html, meta, published_at)"
    " VALUES (1, 'pack', 1, '1', 'Pack', '', '', '{}', '2026-01-01')",
    "people (id, login, name, access, location_id, imported, session_token, created_at)"
    " VALUES (1, 'lena', '', 'lead', 1, false, '11111111111111111111111111111111', '2026-01-01'),"
    " (2, 'sam', '', 'staff', 1, false, '22222222222222222222222222222222', '2026-01-01')",
)
"""What the first schema is given; every later one has made something of it."""

RUNS = 120

SHAPE = {
    "sqlite": "SELECT m.type, m.name, p.name, p.type FROM sqlite_master AS m"
    " LEFT JOIN pragma_table_info(m.name) AS p ORDER BY 1, 2, 3",
    "postgresql": "SELECT table_name || '.' || column_name, data_type || is_nullable"
    " FROM information_schema.columns WHERE table_schema = 'public'"
    " UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
}


def versions() -> list[str]:
    """Every revision of the schema, oldest first."""
    return sorted(file.name.partition("_")[0] for file in (migrations.HERE / "versions").glob("[0-9]*.py"))


def furnish(url: str) -> None:
    """Make a database of the first schema with runs, records and events in it."""
    engine = create_engine(url, poolclass=NullPool)
    to(engine, versions()[0])
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for row in FIRST:
            connection.execute(text(f"INSERT INTO {row}"))
        for number in range(1, RUNS + 1):
            connection.execute(
                text(
                    "INSERT INTO runs (id, ref, sop_id, revision_id, subject_kind, subject_ref, state,"
                    " started_at, assignee_id) VALUES (:n, :ref, 'pack', 1, '', :ref, 'open', :at, 2)"
                ),
                {"n": number, "ref": f"r{number}", "at": "2026-01-01"},
            )
            ident = UUID(int=number)
            connection.execute(
                text(
                    "INSERT INTO records (id, run_id, step_key, kind, reason, note, received_at, digest)"
                    " VALUES (:id, :n, 'scan', 'done', '', 'a note', '2026-01-01', '')"
                ),
                {"id": ident.hex if engine.dialect.name == "sqlite" else ident, "n": number},
            )
            connection.execute(
                text(
                    "INSERT INTO events (at, kind, subject, data)"
                    " VALUES ('2026-01-01', 'run.started', :subject, '{}')"
                ),
                {"subject": f"run:{number}"},
            )


def to(engine: Engine, version: str) -> None:
    """Bring the database to that version."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def state(url: str) -> tuple[Any, ...]:
    """Version, shape and contents: all that must be either the old or the new."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        version = migrations.current(connection)
        shape = tuple(connection.execute(text(SHAPE[engine.dialect.name])).all())
        kept = tuple(
            tuple(connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1")).all())
            for table, columns in (
                ("runs", "id, ref, state"),
                ("records", "run_id, step_key, kind, note"),
                ("events", "id, kind, subject"),
                ("people", "id, login"),
            )
        )
    return version, shape, kept


def start(url: str, *words: str, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """An upgrade as a process of its own; `before` may be a tracer and its options."""
    command = [*before, sys.executable, "-m", "tests.faults.upgrades", url, *words]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=root)


def statements(url: str) -> int:
    """How many statements an upgrade of this database takes; it is upgraded by that."""
    engine = create_engine(url, poolclass=NullPool)
    given = count(0)
    event.listen(engine, "before_cursor_execute", lambda *_: next(given))
    migrations.upgrade(engine)
    return next(given)


def main(url: str, at: int = 0) -> None:
    engine = create_engine(url, poolclass=NullPool)
    numbers = count(1)

    @event.listens_for(engine, "before_cursor_execute")
    def _die(*_: Any) -> None:
        if next(numbers) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    migrations.upgrade(engine)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
