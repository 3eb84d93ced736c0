"""Write transactions of one process that share a commit: one sync of the disk for all who wait for it.

On SQLite a commit waits for the disk, and only one may write. So those who ask for `writing_together` work
one after the other in one transaction, each in a savepoint of its own: what fails is taken back alone.
Whoever finds the next one waiting hands the transaction on; who finds nobody commits it. Nobody goes on
before all of it is on the disk, and everybody fails if its commit does. Who need not wait writes as ever.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tracker.db import BoundSession, afresh, commit_certainly, db, end_reading, one_writer, whole

MOST = 16
"""So many share a commit at most."""

SECONDS = 0.02
"""After this long a transaction is handed on no more: other processes and bulk writes wait for it."""


class Shared:
    """A transaction that one writer after the other goes on with, and how it ended."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.connection = engine.connect().execution_options(writes=True)
        try:
            self._transaction = self.connection.begin()
        except BaseException:
            self.connection.close()
            raise
        self.outcome: Future[None] = Future()
        self.is_broken = False
        self._began, self._writers = time.monotonic(), 0

    def is_full(self) -> bool:
        """Whether it is to be committed now although others wait. Each writer asks once."""
        self._writers += 1
        return self._writers >= MOST or time.monotonic() - self._began > SECONDS

    def is_lost(self) -> bool:
        """Whether SQLite has taken all of it back, as it does where the disk fails amid a statement.

        Or whether nobody can tell in what state it is: then nobody may go on with it either.
        """
        try:
            raw = self.connection.connection.dbapi_connection
        except SQLAlchemyError:
            return True
        return self.is_broken or raw is None or not raw.in_transaction

    def end(self, error: BaseException | None = None) -> None:
        """Commit, or take all back because of an error: everybody who has worked in it hears of it."""
        try:
            if error is None:
                commit_certainly(self._transaction)
        except BaseException as failed:
            error = failed
        with suppress(Exception):  # whatever its connection does now, those who wait hear how it ended
            if error is not None:
                self.connection.invalidate()  # in what state a failed commit leaves it, nobody knows
            self.connection.close()
        if error is None:
            self.outcome.set_result(None)
        else:
            self.outcome.set_exception(error)


_handed_on: list[Shared] = []
"""What the next writer goes on with; for whoever has the lock."""


@contextmanager
def writing_together() -> Iterator[Session]:
    """Like `writing`, for what is short and comes often: it may share its commit with others of its kind.

    What it is judged by may have been written a moment ago and not be on the disk yet; it comes there at
    once with it, or neither does. Raises like `writing`.
    """
    session, engine = db.session(), db.engine
    assert isinstance(session, BoundSession)
    with afresh(session):
        end_reading(session)
        if one_writer.take_if_free():
            try:
                with whole(session):
                    yield session
            finally:
                one_writer.give()
        elif engine.dialect.name != "sqlite":
            with one_writer, whole(session):
                yield session
        else:
            yield from _in_turn(session, engine)


def _in_turn(session: BoundSession, engine: Engine) -> Iterator[Session]:
    """Go on with the transaction of whoever writes now, and wait until it is on the disk."""
    session.commit()  # who waits has no connection: the one that is shared may need it
    refused: Exception | None = None
    one_writer.take(sharing=engine)
    try:
        shared = _handed_on.pop() if _handed_on else Shared(engine)
        try:
            with _in_it(session, shared):
                yield session
        except Exception as error:
            refused = error  # by what is not on the disk yet, perhaps: it is not said before it is there
    finally:
        one_writer.give()
    try:
        shared.outcome.result()
    except BaseException:
        session.expire_all()
        raise
    if refused is not None:
        raise refused


@contextmanager
def _in_it(session: BoundSession, shared: Shared) -> Iterator[None]:
    """One writer's turn in the shared transaction, which is handed on or ended after it."""
    try:
        with _lent(session, shared):
            yield
    except BaseException as error:
        _go_on(shared, error if shared.is_lost() else None)
        raise
    _go_on(shared)


@contextmanager
def _lent(session: BoundSession, shared: Shared) -> Iterator[None]:
    """The session works in a savepoint of the shared transaction."""
    session.lent = shared.connection
    try:
        yield
        session.commit()  # of the savepoint
    except BaseException:
        try:
            session.rollback()
        except Exception:  # with the transaction its savepoint may be gone
            shared.is_broken = True
        raise
    finally:
        session.lent = None


def _go_on(shared: Shared, error: BaseException | None = None) -> None:
    """Hand the transaction on to who waits for it, or end it."""
    if error is None and one_writer.next_shares(shared.engine) and not shared.is_full():
        _handed_on.append(shared)
    else:
        shared.end(error)
