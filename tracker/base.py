"""The application without its web: settings, database and evidence, which is all that most commands need."""

from __future__ import annotations

from flask import Flask

from tracker.config import Settings
from tracker.db import db
from tracker.domain import stores
from tracker.share import share


def base_app(settings: Settings) -> Flask:
    """An application of one workspace that answers no requests. `tracker.app` makes the whole of it."""
    app = Flask(__name__, template_folder=str(share("templates")))
    app.config.update(
        HOLDFAST=settings,
        EVIDENCE=stores.opened(settings.evidence, settings.instance, settings.s3_endpoint),
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
    )
    db.init_app(app)
    return app
