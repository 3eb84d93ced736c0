"""The daily sweep: deletes evidence that is over its time, ended sessions and old tries."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask

from tracker.config import Settings
from tracker.db import PAUSE_SECONDS, db, write_in_chunks, writing
from tracker.domain.entrance import kept_forms, sessions, tries
from tracker.domain.evidence import retention
from tracker.domain.evidence.stores import Store
from tracker.words.terminal import say


@dataclass(frozen=True, slots=True)
class Swept:
    """How many pieces were over their time, files went with them or were named by nobody, and others that
    are named by nobody but are too many.
    """

    pieces: int
    files: int
    doubtful: int

    def __str__(self) -> str:
        text = say(
            "%(pieces)s pieces of evidence over their time, %(files)s files that no record wants.",
            pieces=self.pieces,
            files=self.files,
        )
        if self.doubtful:
            text += " " + say(
                "%(n)s more are named by no record: too many to be left over. Is this their database? Then "
                "say "
                "“holdfast evidence sweep --all”.",
                n=self.doubtful,
            )
        return text


def sweep(app: Flask, *, dry_run: bool = False, everything: bool = False) -> Swept:
    """Delete evidence over its time and files that no record names. `everything`: also doubtfully many files.

    Raises UnavailableError.
    """
    store: Store = app.config["EVIDENCE"]
    with app.app_context():
        now, session = datetime.now(UTC), db.session()
        batches = retention.find_expired(session, now)
        pieces = sum(len(batch.ids) for batch in batches)
        if not dry_run:
            session.rollback()
            write_in_chunks(retention.units(batches, now))
        files = retention.find_unwanted(session, store, now)
        session.rollback()
        keeps_orphans = files.doubtful and not everything
        names = [*files.spent, *([] if keeps_orphans else files.orphans)]
        if names and not dry_run:
            with writing() as writer:
                retention.log_removal(writer, now, len(names))
            retention.take_away(store, names, now)
        db.session.remove()
        return Swept(pieces, len(names), len(files.orphans) if keeps_orphans else 0)


def tidy(app: Flask) -> None:
    """End the sessions that are over their limits; forget what ended, and what was tried, long ago."""
    settings: Settings = app.config["HOLDFAST"]
    limits, now = sessions.Limits(settings.session_idle, settings.session_longest), datetime.now(UTC)
    with app.app_context():
        with writing() as session:
            tries.sweep(session, now)
            kept_forms.sweep(session, now)
        more = True
        while more:
            with writing() as session:
                more = sessions.sweep(session, now, limits)
            time.sleep(PAUSE_SECONDS)
        db.session.remove()


def daily(app: Flask) -> str | None:
    """Sweep, as it is done once a day; what there is to tell of it."""
    tidy(app)
    done = sweep(app)
    return str(done) if done.pieces or done.files or done.doubtful else None
