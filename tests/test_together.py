"""Writers that wait share a commit: what fails is taken back alone, and a commit that fails fails for all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from tracker import together
from tracker.db import db, one_writer
from tracker.models import Location
from tracker.together import MOST, writing_together

Act = Callable[[Session], object]


def adds(name: str) -> Act:
    def act(session: Session) -> None:
        session.add(Location(name=name, zone="UTC"))
        session.flush()

    return act


def at_once(app: Flask, acts: list[Act]) -> list[BaseException | None]:
    """What became of each of some writers that ask while another writes, in the order of asking."""
    outcomes: list[BaseException | None] = [None] * len(acts)

    def work(number: int, act: Act) -> None:
        with app.app_context():
            try:
                with writing_together() as session:
                    act(session)
                assert not db.session().connection().get_execution_options().get("writes")
            except Exception as error:
                outcomes[number] = error

    threads = [threading.Thread(target=work, args=given) for given in enumerate(acts)]
    with one_writer:
        for number, thread in enumerate(threads):
            thread.start()
            while len(one_writer._waiting) <= number:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    return outcomes


@contextmanager
def commits() -> Iterator[list[Connection]]:
    """The transactions that are committed meanwhile."""
    found: list[Connection] = []
    note = lambda connection: found.append(connection)  # noqa: E731
    event.listen(db.engine, "commit", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "commit", note)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "SECONDS", 60)  # however slow the machine is


def names(session: Session) -> set[str]:
    session.rollback()
    return set(session.scalars(select(Location.name)))


def test_those_who_wait_share_a_commit(app: Flask, session: Session) -> None:
    with commits() as found:
        assert at_once(app, [adds(f"P{n}") for n in range(6)]) == [None] * 6
    writes = [one for one in found if one.get_execution_options().get("writes")]
    assert len(writes) == 1 and names(session) >= {f"P{n}" for n in range(6)}


def test_no_commit_waits_for_more_than_so_many(app: Flask, session: Session) -> None:
    with commits() as found:
        assert not any(at_once(app, [adds(f"P{n}") for n in range(MOST + 3)]))
    assert len([one for one in found if one.get_execution_options().get("writes")]) >= 2
    assert names(session) >= {f"P{n}" for n in range(MOST + 3)}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_fails_is_taken_back_alone(app: Flask, session: Session, place: int) -> None:
    def broken(session: Session) -> None:
        adds("wrong")(session)
        raise ZeroDivisionError

    acts = [adds("one"), adds("two")]
    acts.insert(place, broken)
    outcomes = at_once(app, acts)
    assert [type(outcome) for outcome in outcomes].count(type(None)) == 2
    assert isinstance(outcomes[place], ZeroDivisionError)
    assert names(session) >= {"one", "two"} and "wrong" not in names(session)


def test_a_commit_that_fails_fails_for_all(app: Flask, session: Session) -> None:
    def refuses(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("disk I/O error"))

    event.listen(db.engine, "commit", refuses)
    outcomes = at_once(app, [adds("one"), adds("two"), adds("three")])
    event.remove(db.engine, "commit", refuses)
    assert all(isinstance(outcome, DatabaseError) for outcome in outcomes)
    assert not names(session) & {"one", "two", "three"}
    assert at_once(app, [adds("one"), adds("two")]) == [None, None]  # and work goes on
    assert names(session) >= {"one", "two"}


def test_where_sqlite_takes_all_back_nobody_is_told_that_it_is_saved(app: Flask, session: Session) -> None:
    def loses(session: Session) -> None:
        session.connection().exec_driver_sql("ROLLBACK")  # as SQLite does by itself amid a failing write
        raise OSError("the disk is full")

    outcomes = at_once(app, [adds("one"), loses, adds("two"), adds("three")])
    assert isinstance(outcomes[0], OSError) and isinstance(outcomes[1], OSError)
    assert outcomes[2:] == [None, None] and names(session) >= {"two", "three"}
    assert "one" not in names(session)


def test_who_is_refused_by_what_another_has_just_written_hears_of_it_once_it_is_there(app: Flask) -> None:
    seen: list[set[str]] = []

    def refused(session: Session) -> None:
        assert "first" in names(session)
        raise ValueError("there is one already")

    def work() -> None:
        with app.app_context():
            with pytest.raises(ValueError, match="already"), writing_together() as session:
                refused(session)
            seen.append(names(db.session()))

    acts: list[Act] = [adds("first"), adds("last")]
    threads = [threading.Thread(target=at_least, args=(app, act)) for act in acts]
    threads.insert(1, threading.Thread(target=work))
    with one_writer:
        for number, thread in enumerate(threads):
            thread.start()
            while len(one_writer._waiting) <= number:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join(20)
    assert [found >= {"first"} for found in seen] == [True]


def at_least(app: Flask, act: Act) -> None:
    with app.app_context(), writing_together() as session:
        act(session)
