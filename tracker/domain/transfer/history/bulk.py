"""Inserting very many rows: SQLAlchemy's own way does more work for a value than the database does for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Dialect, Table, insert
from sqlalchemy.engine import Connection

from tracker.db import Base

Row = tuple[Any, ...]
Processor = Callable[[Any], Any] | None


class Bulk:
    """An INSERT of these columns; all that have no default in the database must be among them."""

    def __init__(self, table: type[Base], *columns: str) -> None:
        self._table = cast(Table, table.__table__)
        self._columns = columns

    def insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert rows of values as Python has them, in the order of the columns."""
        if not rows:
            return
        text, positional, processors = self._prepared(connection.dialect)
        given = dict(zip(self._columns, zip(*rows, strict=True), strict=True))
        ready = {name: _processed(processor, given[name]) for name, processor in processors.items()}
        table_rows: Iterator[Row] = zip(*ready.values(), strict=True)
        many = list(table_rows) if positional else [dict(zip(ready, row, strict=True)) for row in table_rows]
        connection.exec_driver_sql(text, many)

    @lru_cache(16)  # noqa: B019 - there are four of them, as long as the process lives
    def _prepared(self, dialect: Dialect) -> tuple[str, bool, dict[str, Processor]]:
        """The statement in the words of a database, and what makes its values of Python's, in its order."""
        columns = [column for column in self._table.columns if column.name in self._columns]
        names = [column.name for column in columns]
        statement = insert(self._table).inline().compile(dialect=dialect, column_keys=names)
        processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
        return statement.string, statement.positional, dict(zip(names, processors, strict=True))


def _processed(processor: Processor, values: Sequence[Any]) -> Sequence[Any]:
    """The values of one column as the database takes them; one that stands again and again only once."""
    if processor is None:
        return values
    before, after, out = None, processor(None), []
    for value in values:
        if value is not before:
            before, after = value, processor(value)
        out.append(after)
    return out
