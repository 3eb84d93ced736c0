"""One application for all tests of a process that want the same settings: a workspace is put under it.

Building an application, loading its templates and compiling its SQL takes longer than most tests. What a
process remembers of a database (`runs.plan`, for instance) it remembers by the engine, so each workspace gets
an engine object of its own; only the SQL that was compiled is shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, make_url

from tests.support.templates import shared
from tracker.app import create_app
from tracker.base import stand_on
from tracker.config import Settings
from tracker.db import db

_idle: dict[Settings, list[tuple[Flask, Engine]]] = {}
_file: dict[Engine, str] = {}  # the database that an engine opens


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    """An application on this workspace, whose database is SQLite, until the block ends.

    Two at once are two applications, as two processes are. A test that adds a route makes its own with
    `create_app`.
    """
    alike = _idle.setdefault(replace(settings, workspace=Path(), database_url="", secret_key=""), [])
    app, engine = alike.pop() if alike else _made(settings)
    config = app.config.copy()
    stand_on(app, settings)
    _file[engine] = str(make_url(settings.database_url).database)
    with app.app_context():
        db.engines[None] = engine.execution_options(place=settings.workspace)
    try:
        yield app
    finally:
        engine.dispose()
        app.config.clear()
        app.config.update(config)
        alike.append((app, engine))


def _made(settings: Settings) -> tuple[Flask, Engine]:
    app = shared(create_app(settings))
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "do_connect")
    def elsewhere(_: Any, __: Any, place: list[Any], ___: Any) -> None:
        place[0] = _file[engine]

    return app, engine
