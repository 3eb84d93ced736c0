"""Rows that every tick reads, past the ORM's own loading: that takes about five times as long for a few rows.

A query names plain columns, and `Rows.object` makes of each row what the session would have made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, inspect
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from tracker.db import Base, is_read_again

Model = TypeVar("Model", bound=Base)


def flushed(session: Session) -> Connection:
    """The session's connection for a query of plain columns, which finds what the session has changed."""
    session.flush()
    return session.connection()


def attach(session: Session, row: Base) -> None:
    """Let the session hold a new object of a row that is in the database, as if it had loaded it.

    `session.add` does so too, and looks through every relationship for what to save along; here is nothing.
    """
    make_transient_to_detached(row)
    state = inspect(row)
    state.session_id = session.hash_key
    session.identity_map.add(state)


class Rows(Generic[Model]):
    """A table with a number or id as its key, in queries of plain columns; `only` those of the names, or all.

    What is not among them is read when it is asked for, as ever.
    """

    def __init__(self, model: type[Model], only: Sequence[str] = ()) -> None:
        columns = model.__table__.columns
        self._model, self._names = model, tuple(only) or tuple(column.key for column in columns)
        self.columns: tuple[ColumnElement[Any], ...] = tuple(columns[name] for name in self._names)
        self._id = self._names.index("id")

    def __len__(self) -> int:
        return len(self._names)

    def object(self, session: Session, row: Sequence[Any], anew: bool = False) -> Model:
        """The object of a row that begins with `columns`. What the session has of it stays, unless `anew`."""
        mapper = inspect(self._model)
        key = mapper.identity_key_from_primary_key((row[self._id],))
        found = cast("Model | None", session.identity_map.get(key))
        if found is None:
            made = cast(Model, mapper.class_manager.new_instance())
            vars(made).update(zip(self._names, row, strict=False))
            attach(session, made)
            return made
        if anew:
            session.expire(found)
            is_read_again(session, found)
        for name, value in zip(self._names, row, strict=False):
            if name not in vars(found):
                set_committed_value(found, name, value)
        return found
