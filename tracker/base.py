"""The application without its web: settings, database and evidence, which is all that most commands need."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url

from tracker import private
from tracker.config import Settings
from tracker.db import db
from tracker.domain.evidence import stores
from tracker.share import share


def base_app(settings: Settings) -> Flask:
    """An application of one workspace that answers no requests. `tracker.app` makes the whole of it."""
    app = Flask(__name__, template_folder=str(share("templates")))
    app.config["DEBUG"] = False  # whatever the environment says of Flask
    stand_on(app, settings)
    _own_database(settings)
    db.init_app(app)
    return app


def stand_on(app: Flask, settings: Settings) -> None:
    """Put a workspace under an application: what is read of its settings from now on is of this one.

    The engine of its database is made once, by `init_app`.
    """
    app.config.update(
        HOLDFAST=settings,
        EVIDENCE=stores.open_store(settings.evidence, settings.instance, settings.s3_endpoint),
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # each thread has one at a time, and a shared commit one more; the worker's threads come on top
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": settings.threads + 6, "max_overflow": settings.threads + 6},
    )


def _own_database(settings: Settings) -> None:
    """Make the database's file before SQLite does, which would let others read it.

    A database at a place that somebody has chosen is theirs to close.
    """
    url = make_url(settings.database_url)
    file = Path(url.database or "")
    if url.get_backend_name() == "sqlite" and file.is_relative_to(settings.instance):
        with suppress(OSError):  # who opens it says why it can't be written
            private.make(file)
