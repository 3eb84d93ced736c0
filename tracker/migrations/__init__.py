"""Bringing a database to the newest shape, whole or not at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

from tracker.db import alone, db
from tracker.errors import N_, WorkspaceError

HERE = Path(__file__).parent


@cache
def head() -> str:
    """The newest revision, told from the file names: importing Alembic takes a second."""
    return max(_revisions())


def current(connection: Connection) -> str | None:
    """The revision that the database has, or None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _revisions() -> set[str]:
    """Every revision that this version knows, told from the file names."""
    return {file.name.partition("_")[0] for file in (HERE / "versions").glob("[0-9]*.py")}


def _check(connection: Connection, here: str | None) -> None:
    """Raise WorkspaceError for a database from a newer version, or from before the first release."""
    place = connection.engine.url.render_as_string(hide_password=True)
    if here is None and db.metadata.tables.keys() & set(inspect(connection).get_table_names()):
        raise WorkspaceError(
            N_(
                "The database %(place)s has tables from before the first release of Holdfast, or of another "
                "program, and can’t be upgraded. Nothing in it was changed. Keep it for its records, and "
                "start "
                "with an empty one: move the file away, or name another in HOLDFAST_DATABASE_URL."
            ),
            place=place,
        )
    if here is not None and here not in _revisions():
        raise WorkspaceError(
            N_(
                "The database %(place)s was made by a newer version of Holdfast: it is at %(here)s, and this "
                "version knows up to %(head)s. Nothing in it was changed. Install that version again, or "
                "restore "
                "the backup from before the upgrade."
            ),
            place=place,
            here=here,
            head=head(),
        )


def upgrade(engine: Engine) -> None:
    """Upgrade the database in one transaction; does nothing where it is up to date.

    Of several processes that start at once one does it, the others wait for it. Raises WorkspaceError, saying
    what to do, for a database that this version can't bring to its shape.
    """
    with engine.connect() as connection:
        here = current(connection)
        if here == head():
            return
        _check(connection, here)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        alone(connection, "upgrade")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
