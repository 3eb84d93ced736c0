"""An installation to look around in: people, places and half a year of records with weak points in them.

What is planted is in `plants`. The documents are the starter SOPs; what happened goes through the same
verbs and the same import as everything else, so that the product judges it as it would any history.
"""

from __future__ import annotations

import re
import secrets
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import selectinload

from tracker import config, migrations, workspace
from tracker.app import create_app
from tracker.authoring.sync import publish
from tracker.config import Settings
from tracker.db import db, write_in_chunks, writing
from tracker.demo import history, live, people, plants
from tracker.domain.library.publishers import Author
from tracker.domain.people.accounts import new_password
from tracker.domain.transfer import history as imports
from tracker.errors import N_, WorkspaceError
from tracker.models import Person, Revision
from tracker.words.terminal import say
from tracker.worker import loop

Tell = Callable[[str], None]

_TAGS = re.compile(r"^tags: .*\n", re.M)


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: how many runs, and by login who can sign in, as what and with which password."""

    runs: int
    accounts: dict[str, tuple[str, str]]


def make(target: Path, now: datetime, tell: Tell, *, size: float = 1.0) -> Made:
    """Make the demo in a new folder, whole or not at all. `size`: 1 for some hundred runs a day.

    Raises WorkspaceError where the folder has something in it.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WorkspaceError(
            N_(
                "%(place)s is there already. The demo needs a folder of its own: name one that is not "
                "there yet."
            ),
            place=target,
        )
    target = target.resolve()
    fresh = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        made = _make(fresh, now, tell, size)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return made


def _make(target: Path, now: datetime, tell: Tell, size: float) -> Made:
    workspace.init(target)
    settings = config.load(target)
    app = create_app(settings)
    passwords = people.new_passwords()
    hashes = {login: new_password(password, login) for login, password in passwords.items()}
    with app.app_context():
        event.listen(db.engine, "connect", _hurry)
        migrations.upgrade(db.engine)
        started = now - timedelta(days=plants.DAYS)
        with writing() as session:
            there = {login: person.id for login, person in people.add(session, started, hashes).items()}
    tell(say("Publishing the SOPs …"))
    _publish(app, settings, now)
    tell(say("Working through half a year …"))
    with app.app_context():
        with writing() as session:
            people.say_who_is_meant(session, now, {n: session.get_one(Person, id) for n, id in there.items()})
        runs = _take_in(settings, now, size)
        with writing() as session:
            live.open_some(session, now)
        db.session.remove()
    tell(say("Adding it up …"))
    loop.look(app)
    with app.app_context():
        db.engine.dispose()
    return Made(runs, {login: (people.about(login), password) for login, password in passwords.items()})


def _hurry(connection: Any, _: object) -> None:
    """Nobody waits for a disk yet: until it is whole, nothing of the demo is there."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def _publish(app: Flask, settings: Settings, now: datetime) -> None:
    """Publish the starter SOPs as they were at first, some with their tags then, and then as they are."""
    shipped = {
        file.relative_to(settings.sops).as_posix(): file.read_text(encoding="utf-8")
        for file in settings.sops.rglob("*.md")
    }
    before = shipped | {path: shipped[path].replace(*words) for path, words in plants.EARLIER.items()}
    first = before | {path: _TAGS.sub("", before[path]) for path in plants.TIDIED}
    for texts, ago in ((first, plants.DAYS), (before, plants.TIDIED_ON), (shipped, plants.FIXED_ON)):
        for path, text in texts.items():
            (settings.sops / path).write_text(text, encoding="utf-8")
        publish(app, settings, now=now - timedelta(days=ago), by=Author(login=people.OWNER))


def _take_in(settings: Settings, now: datetime, size: float) -> int:
    """Import the history; how many runs it has."""
    revisions: dict[str, list[Revision]] = defaultdict(list)
    query = select(Revision).options(selectinload(Revision.steps)).order_by(Revision.number)
    for revision in db.session().scalars(query):
        revisions[revision.sop_id].append(revision)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "demo.csv"
        runs = history.write(file, revisions, now, size)
        job = imports.check(db.session(), imports.Import(file, settings.zone))
        assert not job.errors, job.errors
        write_in_chunks(imports.units(job, now), pause=0)
    return runs
