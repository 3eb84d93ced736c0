"""Bringing the documents of a workspace into force: read, compared, published, and told about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from tracker import migrations
from tracker.authoring import authorship
from tracker.config import Settings
from tracker.db import db, write_in_chunks
from tracker.domain.library import in_force_file, publishers, publishing, search_index, survey
from tracker.domain.library.publishers import Author
from tracker.domain.library.survey import Survey
from tracker.domain.runs import standing
from tracker.words.terminal import problem_text, say

ROUNDS = 3
"""How often one publishing looks again because another process came first."""


def publish(
    app: Flask,
    settings: Settings,
    *,
    retire: bool = False,
    now: datetime | None = None,
    by: Author | None = None,
) -> Survey:
    """Bring the documents of the workspace into force, now if no other moment is given.

    They are published by their authors in git, and by `by`, or who runs this, where git has no such text.
    What can't be published is in the survey's problems.
    """
    with app.app_context():
        migrations.upgrade(db.engine)
        write_in_chunks(standing.units(db.session()))
        write_in_chunks(search_index.units(db.session()))
        result = _publish(settings, retire, now or datetime.now(UTC), by or authorship.here())
        in_force_file.write(db.session(), settings.instance)
        db.session.remove()
    return result


def _publish(settings: Settings, retire: bool, now: datetime, by: Author, rounds: int = ROUNDS) -> Survey:
    """Survey and write.

    SOPs that another process has changed meanwhile are surveyed again, up to `rounds` times.
    """
    result = survey.take(db.session(), settings.sops, settings.instance, retire=retire)
    if files := result.files(settings.sops):
        authors = authorship.authors(settings.sops, files, by)
        result.publishers = publishers.resolve(db.session(), authors)
    db.session.rollback()
    write_in_chunks(publishing.units(result, now))
    if not result.overtaken or rounds <= 1:
        return result
    return result.then(_publish(settings, retire, now, by, rounds - 1))


def tell_about(result: Survey, tell: Callable[[str], None]) -> None:
    """Print one line for each problem, and one for what was done."""
    for problem in result.problems:
        tell(f"{'error' if problem.error else 'note'}: {problem_text(problem)}")
    words = say(
        "%(new)s published, %(same)s unchanged, %(retired)s retired, %(wrong)s with errors",
        new=len(result.changed),
        same=result.unchanged,
        retired=len(result.retiring),
        wrong=len(result.errors),
    )
    tell(words)
