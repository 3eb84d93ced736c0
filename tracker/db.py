"""Engine, session, types, and the one way to write.

SQLite has one writer. Every write of this process takes one fair lock, so that nobody starves, and starts
with BEGIN IMMEDIATE, so that a transaction never finds out at its end that it may not write.

A write may wait for that lock, and others change the database meanwhile. So `writing` forgets the rows that
were read before it: whoever looks at one of them under the lock reads it again. Only the rows that say who
asks stay as they were (see `stays`), and to change one of those without reading it again is a StaleRowError.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID
from weakref import WeakSet

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as AppSession
from sqlalchemy import DateTime, Dialect, MetaData, String, TypeDecorator, event, inspect, text
from sqlalchemy.engine import Connection, Engine, Transaction
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, object_session

from tracker.errors import N_, UncertainError

CHUNK_SECONDS = 0.015
"""A bulk write holds the lock about this long at a time; with its commit it stays below 20 ms."""

PAUSE_SECONDS = 0.002
"""Between two chunks: long enough for a writer of another process, which asks five times a millisecond."""

_BUSY_SECONDS = 15

_SYNCED = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)
"""PostgreSQL answers a commit once it is on the disk, whatever is usual on its server. A setting that waits
for more than that, a second server for instance, stays as it is."""

_SAFE = ("fsync", "full_page_writes")

_UNCERTAIN = N_(
    "The disk or the database failed while this was being saved, so it may be saved or not. Try again: "
    "no step is recorded twice."
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs its zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


LETTER_BY_LETTER = String().with_variant(String(collation="C"), "postgresql")
"""Text that sorts by the numbers of its letters, as SQLite sorts all, in whatever language a server is."""


class Base(DeclarativeBase):
    """Every table's base. Named constraints, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


class BoundSession(AppSession):
    """A session that works on a connection which was lent to it, in a savepoint, as long as it has one."""

    lent: Connection | None = None

    def get_bind(self, *args: Any, **given: Any) -> Engine | Connection:
        return self.lent or super().get_bind(*args, **given)


db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={
        "class_": BoundSession,
        "expire_on_commit": False,
        "join_transaction_mode": "create_savepoint",
    },
)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then chance, so that ids sort by their time."""
    stamp = int(time.time() * 1000).to_bytes(6, "big")
    rest = bytearray(secrets.token_bytes(10))
    rest[0] = 0x70 | rest[0] & 0x0F
    rest[2] = 0x80 | rest[2] & 0x3F
    return UUID(bytes=stamp + bytes(rest))


class FairLock:
    """First come, first served: Python's own lock lets a busy thread overtake those who wait."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[tuple[threading.Lock, object]] = deque()
        self._held = False

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *_: object) -> None:
        self.give()

    def take_if_free(self) -> bool:
        """Take one's turn if nobody has theirs; whether that is so."""
        with self._guard:
            free, self._held = not self._held, True
        return free

    def take(self, sharing: object = None) -> None:
        """Wait for one's turn; `sharing` is what one would go on with if its holder has it."""
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append((turn, sharing))
        try:
            turn.acquire()
        except BaseException:  # interrupted by a signal: nobody must wait for one who is gone
            self._leave((turn, sharing))
            raise

    def _leave(self, ticket: tuple[threading.Lock, object]) -> None:
        """Wait no more; where one's turn has come meanwhile, it is the next one's."""
        with self._guard:
            waits = ticket in self._waiting
            if waits:
                self._waiting.remove(ticket)
        if not waits:
            self.give()

    def give(self) -> None:
        """End one's turn; the next one's begins."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft()[0].release()
            else:
                self._held = False

    def next_shares(self, what: object) -> bool:
        """Whether the next in the row waits already, and would go on with this."""
        with self._guard:
            return bool(self._waiting) and self._waiting[0][1] is what


one_writer = FairLock()

_STAYS, _OLD = "rows that stay", "rows from before the lock"
"""Where a session keeps the rows named to `stays`, and those of them not yet read under the lock."""


_KEPT = "what was worked out"


def kept(session: Session, what: str) -> dict[Any, Any]:
    """What was worked out from rows, to be kept until the transaction ends, writes, or takes the lock."""
    found: dict[Any, Any] = session.info.setdefault(_KEPT, {}).setdefault(what, {})
    return found


@event.listens_for(Session, "after_transaction_end")
@event.listens_for(Session, "after_flush")
def _keep_no_more(session: Session, _: object) -> None:
    session.info.pop(_KEPT, None)


class StaleRowError(RuntimeError):
    """A fault in our own code: a row is changed by what was read of it before the write lock was taken."""


def stays(session: Session, *rows: object) -> None:
    """Let rows, and those that their loaded relationships hold, stay as they are while `writing`.

    For the rows that say who asks: what somebody has shown (a password, a PIN) was compared with them, and
    `entrance.sessions.begin` compares them with what is true under the lock.
    """
    session.info.setdefault(_STAYS, WeakSet()).update(rows)


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction: committed at the end, rolled back as a whole on any error.

    For the edge only (a view, a command). Who acts stays as it was read at the start of the request. Every
    other row is read again when it is looked at, so that a rule is checked against what is true now.
    Raises UncertainError where nobody can tell whether it was committed, and StaleRowError where a row that
    stays is changed although it was not read again.
    """
    session = db.session()
    with afresh(session):
        end_reading(session)
        with one_writer, whole(session):
            yield session


def end_reading(session: Session) -> None:
    """End what the session reads from; nothing is pending, and what was read stays at hand."""
    session.connection().connection.commit()


@contextmanager
def whole(session: Session) -> Iterator[None]:
    """One write transaction on the session's own connection, for whoever has `one_writer`."""
    connection = session.connection()
    try:
        if connection.dialect.name == "sqlite":
            _begin_writing(connection.connection.dbapi_connection)
        yield
        commit_certainly(session)
    except BaseException:
        session.rollback()
        raise


@contextmanager
def afresh(session: Session) -> Iterator[None]:
    """Whatever of a session is looked at here is read again, but for the rows that stay (see `writing`)."""
    _forget(session)
    try:
        yield
    finally:
        session.info.pop(_OLD, None)


def _forget(session: Session) -> None:
    """Let all rows but those that stay be read again. Raises StaleRowError for what was changed already."""
    if session.new or session.dirty or session.deleted:
        raise StaleRowError("something was changed before `writing`; change it inside")
    old: set[object] = set()
    for row in session.info.get(_STAYS, ()):
        old.add(row)
        for relationship in inspect(row).mapper.relationships:
            held = inspect(row).dict.get(relationship.key)
            old.update(held if isinstance(held, list) else () if held is None else (held,))
    for row in session.identity_map.values():
        if row not in old:
            session.expire(row)
    session.info[_OLD] = old
    session.info.pop(_KEPT, None)


@event.listens_for(Base, "refresh", propagate=True)
def _is_refreshed(row: Base, context: Any, _: Any) -> None:
    if (session := object_session(row)) is not None:
        is_read_again(session, row)


def is_read_again(session: Session, row: Base) -> None:
    """Take note that a row was read under the lock, so that it may be changed there."""
    session.info.get(_OLD, set()).discard(row)


@event.listens_for(Session, "before_flush")
def _refuse_stale(session: Session, *_: Any) -> None:
    if not (old := session.info.get(_OLD)):
        return
    for row in session.dirty:
        if row in old and session.is_modified(row):
            raise StaleRowError(f"{row!r} was read before the write lock: read it again, then change it")


def commit_certainly(session: Session | Transaction) -> None:
    """Commit. Raises UncertainError where the database failed amid this.

    A sync that fails may have reached the disk, and a connection that ends may have ended after the commit.
    """
    try:
        session.commit()
    except DBAPIError as error:
        failed = getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_IOERR")
        if error.statement is None and (failed or error.connection_invalidated):
            raise UncertainError(_UNCERTAIN) from error
        raise


def doubts(engine: Engine) -> list[str]:
    """Settings of the database server with which a loss of power may destroy what was acknowledged."""
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        off = [name for name in _SAFE if connection.scalar(text(f"SHOW {name}")) == "off"]
    return [
        f"PostgreSQL runs with {name} = off, so a loss of power may destroy the database. Set it to on."
        for name in off
    ]


def snapshot() -> Session:
    """A session that sees everything as it is when it first looks, as SQLite's always do."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    return Session(engine)


def alone(connection: Session | Connection, what: str) -> None:
    """Until this transaction ends, nobody else is in one that has asked for the same `what`.

    For checks that must still hold at the commit ("nobody has this name"). In SQLite a write transaction
    is alone already; in PostgreSQL the others wait here and then see what this one has committed.
    """
    bind = connection.get_bind() if isinstance(connection, Session) else connection
    if bind.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})


def write_in_chunks(units: Iterable[Callable[[Session], Any]], pause: float = PAUSE_SECONDS) -> None:
    """Run each unit of a bulk write whole, committing every CHUNK_SECONDS and pausing in between.

    A tick on the floor waits for one chunk at most, in this process (the lock) and in others (the pause).
    Whoever writes beside the requests of the same process makes the pause longer: they share one core.
    """
    pending = iter(units)
    done = False
    while not done:
        started = time.perf_counter()
        with writing() as session:
            while time.perf_counter() - started < CHUNK_SECONDS:
                unit = next(pending, None)
                if unit is None:
                    done = True
                    break
                unit(session)
        if not done:
            time.sleep(pause)


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        connection.execute(_SYNCED)
        connection.commit()  # or the first rollback would take it back
        return
    connection.isolation_level = None  # transactions are begun below, in words of our own
    for pragma in (
        f"busy_timeout={_BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    raw: Any = connection.connection.dbapi_connection
    if connection.get_execution_options().get("writes"):
        _begin_writing(raw)
    else:
        raw.execute("BEGIN")


def _begin_writing(connection: Any) -> None:
    """Take SQLite's write lock, asking five times a millisecond while another process has it.

    SQLite's own way of waiting asks ever more seldom, up to every 100 ms, and so misses the pauses of a
    bulk write. Raises sqlite3.OperationalError after _BUSY_SECONDS.
    """
    give_up = time.monotonic() + _BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                    raise
            time.sleep(0.0002)
    finally:
        connection.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
