"""What breaks inside shows no trace, and leaves no change without its event, nor the reverse."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.faults.clients import STEPS, tick
from tests.faults.words import BROKEN, LEAKS
from tests.support.installation import Cast, Visitor
from tracker.db import db, new_id
from tracker.models import Person

Visit = Callable[[Person | None], Visitor]
CHANGES = {
    "runs": "id, state, closed_at",
    "records": "id, kind",
    "events": "id, kind",
    "outcomes": "run_id, outcome",
}


def contents(database: Path) -> dict[str, list[object]]:
    """What a failed request must leave as it was."""
    with closing(sqlite3.connect(database)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        return {
            table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
            for table, columns in CHANGES.items()
            if table in tables
        }


def spoil(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("DROP TABLE events", {"start", "fail", "close", "end"}),
        ("DROP TABLE deviations", {"fail"}),
        ("DROP TABLE outcomes", {"close", "end"}),
        ("DROP TABLE people", {"start", "fail", "close", "end", "see", "nowhere"}),
        ("UPDATE revisions SET meta = '{'", {"start"}),
    ],
)
def test_a_part_that_is_broken_is_said_without_a_trace_and_nothing_is_half_done(
    workspace: Path, visit: Visit, cast: Cast, statement: str, broken: set[str]
) -> None:
    sam = visit(cast.staff)

    def begin() -> TestResponse:
        return sam.post("/start/opening", {"ref": str(new_id()), "anyway": "1"})

    run, other = begin().headers["Location"], begin().headers["Location"]
    *steps, last = STEPS
    for step in steps:
        assert sam.post(f"{run}/records", tick(step)).status_code == 303
    database = workspace / "instance/holdfast.sqlite3"
    db.session.rollback()
    spoil(database, statement)
    before = contents(database)
    failed = tick(STEPS[0], kind="failed", reason="torn")
    acts = {
        "start": begin,
        "fail": lambda: sam.post(f"{other}/records", failed),
        "close": lambda: sam.post(f"{other}/close", {"omit": list(STEPS)}),
        "end": lambda: sam.post(f"{run}/records", tick(last)),  # nothing is left to say: it ends by itself
        "see": lambda: sam.get("/"),
        "nowhere": lambda: sam.get("/nowhere"),
    }
    for act in sorted(broken):
        answer = acts[act]()
        status, words = (404, "There is no such page") if act == "nowhere" else (500, BROKEN)
        assert answer.status_code == status and words in answer.text
        assert not LEAKS.search(answer.text)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert contents(database) == before


def test_a_database_that_is_none_any_more_is_said_so(workspace: Path, visit: Visit, cast: Cast) -> None:
    sam = visit(cast.staff)
    assert sam.get("/").status_code == 200
    db.session.rollback()
    db.engine.dispose()
    for file in (workspace / "instance").glob("holdfast.sqlite3*"):
        file.write_bytes(b"x" * 100_000)
    for path, status in (("/", 500), ("/login", 500), ("/nowhere", 404)):
        answer = sam.get(path)
        assert answer.status_code == status and not LEAKS.search(answer.text)
        assert "<h1>" in answer.text
