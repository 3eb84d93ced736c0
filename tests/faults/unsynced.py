"""`holdfast` whose database syncs nothing: what the tests of syncs must find out. Never in use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

import tracker.db  # noqa: F401  (its own listener comes first)
from tracker.cli import main


@event.listens_for(Engine, "connect")
def _off(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


if __name__ == "__main__":
    main()
