"""What is acknowledged is durable, writers take turns, and the database keeps what was appended."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.orm import Session

from tests.support.installation import NOW
from tests.support.patience import PATIENCE
from tests.support.upgrading import engines, together
from tracker import migrations
from tracker.db import CHUNK_SECONDS, FairLock, db, new_id, write_in_chunks, writing
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import SYSTEM
from tracker.domain.events import emit
from tracker.models import Comment, Event, Location, Record, Run

OWN = {
    "include_name": lambda name, kind, _: (
        kind != "table" or not name.startswith(("search_index", "search_parts"))
    )
}
"""The index of what is searched is each database's own: no model describes its tables."""


def add(session: Session, name: str) -> None:
    session.add(Location(name=name, zone="UTC"))
    session.flush()


def names(session: Session) -> set[str]:
    return set(session.scalars(select(Location.name)))


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_every_commit_is_synced_to_the_write_ahead_log(session: Session, pragma: str, value: object) -> None:
    assert session.scalar(text(f"PRAGMA {pragma}")) == value
    with writing() as writer:
        assert writer.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_write_is_whole_or_not_at_all(session: Session) -> None:
    with pytest.raises(StatementError), writing() as writer:
        writer.add_all([Location(name="Lyon", zone="UTC"), Location(name="Lyon", zone="UTC")])
    assert "Lyon" not in names(session)
    with writing() as writer:
        add(writer, "Lyon")
    assert "Lyon" in names(session)


def test_chunks_keep_what_was_whole_before_an_error(session: Session) -> None:
    def broken(_: Session) -> None:
        raise ZeroDivisionError

    slow = threading.Event()
    units = [lambda s: add(s, "one"), lambda _: slow.wait(CHUNK_SECONDS), lambda s: add(s, "two"), broken]
    with pytest.raises(ZeroDivisionError):
        write_in_chunks(units)
    assert names(session) >= {"one"} and "two" not in names(session)


def test_writers_take_turns_while_a_bulk_write_goes_on(app: Flask, session: Session) -> None:
    begun, ticked = threading.Event(), threading.Event()

    def bulk() -> None:
        def unit(_: Session) -> None:
            begun.set()

        def more():  # type: ignore[no-untyped-def]
            while not ticked.is_set():
                yield unit

        with app.app_context():
            write_in_chunks(more())

    thread = threading.Thread(target=bulk)
    thread.start()
    assert begun.wait(PATIENCE)
    with writing() as writer:  # the bulk write never ends unless this gets its turn
        add(writer, "Lyon")
    ticked.set()
    thread.join(PATIENCE)
    assert not thread.is_alive() and "Lyon" in names(session)


def test_the_lock_serves_in_the_order_of_asking() -> None:
    lock, served, waiting = FairLock(), [], []

    def ask(number: int) -> None:
        with lock:
            served.append(number)

    with lock:
        for number in range(8):
            thread = threading.Thread(target=ask, args=(number,))
            thread.start()
            waiting.append(thread)
            while len(lock._waiting) <= number:
                threading.Event().wait(0.001)
    for thread in waiting:
        thread.join(PATIENCE)
    assert served == list(range(8))


def test_a_moment_comes_back_in_utc(session: Session) -> None:
    at = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    with writing() as writer:
        event = emit(writer, SYSTEM, at, kinds.TeamAdded(name="Early"), "team:1")
    session.expire_all()
    found = session.get_one(Event, event.id).at
    assert found == at and found.utcoffset() == timedelta(0) and found.hour == 10


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="needs its zone"), writing() as writer:
        emit(writer, SYSTEM, datetime(2026, 7, 1), kinds.TeamAdded(name="Early"), "team:1")


def test_ids_are_uuid7_and_sort_by_their_time() -> None:
    before = datetime.now(UTC)
    ids = [new_id() for _ in range(200)]
    assert len(set(ids)) == 200
    for made in ids:
        assert UUID(str(made)).version == 7 and made.variant == "specified in RFC 4122"
        stamp = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
        assert abs(stamp - before) < timedelta(seconds=30)


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize(
    ("table", "column"),
    [("records", "reason"), ("events", "kind"), ("security_log", "kind"), ("comments", "text")],
)
def test_records_and_events_are_append_only_in_the_database(
    session: Session, statement: str, table: str, column: str
) -> None:
    with writing() as writer:
        run = Run(sop_id="pack", revision_id=1, started_at=NOW)
        writer.add(run)
        writer.flush()
        writer.add(Record(id=new_id(), run_id=run.id, step_key="scan", kind="done", received_at=NOW))
        writer.add(Comment(run_id=run.id, person_id=1, at=NOW, text="Look here"))
    with pytest.raises(DatabaseError, match="append-only"), writing() as writer:
        writer.execute(text(statement.format(table, column)))
    assert session.scalar(select(func.count()).select_from(Record)) == 1


@pytest.mark.parametrize("by", ["id", "rowid"])
@pytest.mark.parametrize("table", ["records", "events", "security_log", "comments"])
def test_what_was_appended_cannot_be_replaced(session: Session, table: str, by: str) -> None:
    with writing() as writer:
        run = Run(sop_id="pack", revision_id=1, started_at=NOW)
        writer.add(run)
        writer.flush()
        writer.add(Record(id=new_id(), run_id=run.id, step_key="scan", kind="done", received_at=NOW))
        writer.add(Comment(run_id=run.id, person_id=1, at=NOW, text="Look here"))
    kept = session.execute(text(f"SELECT * FROM {table} ORDER BY rowid")).mappings().all()
    first = dict(kept[0])
    if by == "rowid" and table == "records":
        first |= {"id": new_id().hex, "rowid": 1}
    names = ", ".join(first)
    statement = text(f"INSERT OR REPLACE INTO {table} ({names}) VALUES (:{names.replace(', ', ', :')})")
    with pytest.raises(DatabaseError, match="append-only"), writing() as writer:
        writer.execute(statement, first)
    assert session.execute(text(f"SELECT * FROM {table} ORDER BY rowid")).mappings().all() == kept


def test_processes_that_upgrade_at_once_do_it_once(tmp_path: Path) -> None:
    with engines(f"sqlite:///{tmp_path / 'new.sqlite'}", 3) as made:
        together(made)


def test_upgrading_an_upgraded_database_does_nothing(session: Session) -> None:
    migrations.upgrade(db.engine)
    with db.engine.connect() as connection:
        assert migrations.current(connection) == migrations.head()


def test_the_migrations_make_the_tables_that_the_models_describe(session: Session) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, **OWN})
        assert compare_metadata(context, db.metadata) == []


def test_an_older_database_keeps_its_rows_and_gets_the_shape_of_the_models(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for row in (
            "sops (id, title, area) VALUES ('pack', 'Pack', '')",
            "revisions (id, sop_id, number, label, title, source, html, meta, published_at)"
            " VALUES (1, 'pack', 1, '1', 'Pack', '', '', '{}', '2026-01-01')",
            "runs (id, ref, sop_id, revision_id, subject_kind, subject_ref, state, started_at)"
            " VALUES (1, 'a', 'pack', 1, '', '1042', 'open', '2026-01-01')",
            "locations (id, name, zone) VALUES (1, 'Berlin', 'UTC')",
            "people (id, login, name, access, location_id, imported, session_token, created_at)"
            " VALUES (1, 'olga', '', 'owner', 1, 0, 'a', '2026'), (2, 'lena', '', 'lead', 1, 0, 'b', '2026'),"
            " (3, 'lou', '', 'lead', NULL, 0, 'c', '2026'), (4, 'sam', '', 'staff', NULL, 0, 'd', '2026')",
        ):
            connection.execute(text(f"INSERT INTO {row}"))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT subject_ref, from_run_id FROM runs")).all() == [("1042", None)]
        reach = connection.execute(text("SELECT login FROM people WHERE everywhere")).scalars().all()
        assert reach == ["olga", "lou"]  # those who reached everything before
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert compare_metadata(MigrationContext.configure(connection, opts=OWN), db.metadata) == []
    engine.dispose()


def test_whoever_is_interrupted_while_waiting_keeps_nobody_waiting() -> None:
    lock, held, end = FairLock(), threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            end.wait(PATIENCE)

    def interrupt(*_: object) -> None:
        raise InterruptedError

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(PATIENCE)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(InterruptedError):
            lock.take()
    finally:
        signal.signal(signal.SIGALRM, before)
    end.set()
    holder.join()
    assert lock.take_if_free()
