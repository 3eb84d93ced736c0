"""Rows that were read in plain columns are to the session what it loads itself."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from tests.support.installation import Cast
from tracker.db import StaleRowError, db, stays, writing
from tracker.models import Person
from tracker.rows import Rows, flushed

WHOLE, PART = Rows(Person), Rows(Person, ("id", "name"))


def read(session: Session, rows: Rows[Person], number: int, *, anew: bool = False) -> Person:
    row = flushed(session).execute(select(*rows.columns).where(Person.id == number)).one()
    return rows.object(session, row, anew)


def test_the_object_is_what_the_session_would_have_loaded(session: Session, cast: Cast) -> None:
    number, columns = cast.lead.id, [column.key for column in Person.__table__.columns]
    expected = {name: getattr(cast.lead, name) for name in columns}
    place = cast.lead.location
    session.expunge_all()
    found = read(session, WHOLE, number)
    assert inspect(found).persistent and not session.is_modified(found)
    assert {name: getattr(found, name) for name in columns} == expected
    assert session.get(Person, number) is found and found.location.name == place.name


def test_what_was_not_read_is_read_when_it_is_asked_for(session: Session, cast: Cast) -> None:
    number, login = cast.lead.id, cast.lead.login
    session.expunge_all()
    found = read(session, PART, number)
    assert "login" not in vars(found) and found.login == login


def test_a_change_of_the_object_is_written(session: Session, cast: Cast) -> None:
    number = cast.lead.id
    session.expunge_all()
    read(session, PART, number).name = "Another"
    assert read(session, WHOLE, number).name == "Another"
    assert session.scalar(select(Person.name).where(Person.id == number)) == "Another"


def test_what_the_session_has_of_a_row_stays_unless_it_is_read_anew(session: Session, cast: Cast) -> None:
    number, before = cast.lead.id, cast.lead.name
    table = Person.__table__
    session.connection().execute(update(table).where(table.c.id == number).values(name="Another"))
    assert read(session, WHOLE, number) is cast.lead and cast.lead.name == before
    assert read(session, WHOLE, number, anew=True) is cast.lead and cast.lead.name == "Another"


@pytest.mark.parametrize("anew", [True, False])
def test_a_row_that_stays_is_changed_under_the_lock_only_if_read_anew(
    session: Session, cast: Cast, anew: bool
) -> None:
    number = cast.lead.id
    session.commit()
    stays(db.session(), held := db.session().get_one(Person, number))
    with writing() as transaction:
        read(transaction, WHOLE, number, anew=anew)
        held.name = "Another"
        if anew:
            transaction.flush()
        else:
            with pytest.raises(StaleRowError):
                transaction.flush()
            transaction.rollback()
