"""What people are told when something fails that is not their doing: the disk, the database, the program."""

from __future__ import annotations

import errno
import sqlite3

from flask_babel import gettext
from sqlalchemy.exc import DBAPIError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The disk is full, or what this user may have of it, or what a file may hold."""


def explain(error: Exception) -> tuple[str, int]:
    """The text and status of the answer to an error that nobody foresaw. Nothing was committed."""
    if _disk_is_full(error):
        return gettext("The server’s disk is full, so nothing was saved. Tell an admin."), 507
    if _no_database(error):
        return gettext("The database does not answer, so nothing was saved. Try again in a minute."), 503
    return gettext("Something broke on our side, and nothing was saved. Try again."), 500


def _disk_is_full(error: Exception) -> bool:
    cause = getattr(error, "orig", None) or error
    full = isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL"
    return full or getattr(cause, "sqlstate", "") == "53100" or getattr(error, "errno", None) in _NO_ROOM


def _no_database(error: Exception) -> bool:
    """Whether the connection has ended or could not be made; a connection has no statement yet."""
    if not isinstance(error, DBAPIError) or isinstance(error.orig, sqlite3.Error):
        return False
    return error.connection_invalidated or error.statement is None
