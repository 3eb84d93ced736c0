"""Bringing a database to the newest shape, whole or not at all."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

from tracker.db import alone

HERE = Path(__file__).parent


@cache
def head() -> str:
    """The newest revision, the one that comes before no other, told without Alembic, which takes a second
    to import."""
    files = [file.read_text("utf-8") for file in (HERE / "versions").glob("[0-9]*.py")]
    before: set[str] = {number for text in files for number in _BEFORE.findall(text)}
    numbers: set[str] = {number for text in files for number in _OWN.findall(text)}
    return max(numbers - before)


_OWN = re.compile(r'^revision = "(\w+)"', re.M)
_BEFORE = re.compile(r'^down_revision = "(\w+)"', re.M)


def current(connection: Connection) -> str | None:
    """The revision that the database has, or None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def upgrade(engine: Engine) -> None:
    """Upgrade the database in one transaction; does nothing where it is up to date.

    Of several processes that start at once one does it, the others wait for it.
    """
    with engine.connect() as connection:
        if current(connection) == head():
            return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        alone(connection, "upgrade")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
