"""Who reads the page, when, in which zone and language."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from flask import current_app, request
from flask_login import current_user

from tracker.domain import access
from tracker.models import Location, Person, Run


def actor() -> Person:
    """The person who is signed in, for routes that need one."""
    person: Person = current_user._get_current_object()
    return person


def now() -> datetime:
    return datetime.now(UTC)


def zone() -> str | None:
    """The zone of the reader's location; None means the installation's."""
    person = actor()
    if person and person.is_authenticated and person.location:
        return str(person.location.zone)
    return None


def zone_of(location: Location | None) -> str:
    """The zone in which a location's people read times."""
    return str(location.zone) if location else str(current_app.config["HOLDFAST"].zone)


def language() -> str:
    """The reader's language, of those that there are."""
    return request.accept_languages.best_match(languages()) or "en"


@cache
def languages() -> list[str]:
    folder = files("tracker") / "translations"
    names = [p.name for p in folder.iterdir() if p.is_dir()] if folder.is_dir() else []
    return ["en", *names]


def may_open(run: Run) -> bool:
    """Whether the reader may open another run that a page names."""
    return access.may(actor(), "run.see", run)
