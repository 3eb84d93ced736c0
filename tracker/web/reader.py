"""Who reads the page, when, in which zone and language."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from flask import current_app, g, request
from flask_login import current_user

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.models import Location, Person, Run, Sop
from tracker.words.voice import Texts, Voice


def actor() -> Actor:
    """Who is signed in and how they came in, for routes that need somebody."""
    who = actor_if_any()
    assert who is not None, "a route without a rule"
    return who


def actor_if_any() -> Actor | None:
    """The actor, or None if nobody is signed in. The session is looked up once in a request (`come_in`)."""
    return g.actor if current_user.is_authenticated else None


def come_in(actor: Actor) -> None:
    """Let the actor be who asks, for the rest of this request."""
    g.actor = actor


def person() -> Person:
    """The person who is signed in, for routes that need one."""
    return actor().holder


def now() -> datetime:
    return datetime.now(UTC)


def zone() -> str | None:
    """The zone of the reader's location; None means the installation's."""
    who = actor_if_any()
    if who and who.holder.location:
        return str(who.holder.location.zone)
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


def texts() -> Texts:
    """The texts in the reader's language."""
    try:
        bound: Texts = g.texts
    except AttributeError:
        bound = g.texts = Texts(language())
    return bound


def voice() -> Voice:
    """The reader's texts with their zone and the time. `texts` alone works without the database."""
    try:
        bound: Voice = g.voice
    except AttributeError:
        bound = g.voice = Voice(language(), zone() or current_app.config["HOLDFAST"].zone, now())
    return bound


def may(action: str, on: Run | Sop | None = None) -> bool:
    """Whether the reader may do the action: what templates ask."""
    return access.may(actor_if_any(), action, on)


def may_run(roles: Collection[str]) -> bool:
    """Whether the reader may start an SOP that names these roles."""
    return access.may_run(actor(), roles)


def may_hear_of(run: Run) -> bool:
    """Whether the reader may be told whose the run is."""
    return access.may_hear_of(actor_if_any(), run)


def may_open(run: Run) -> bool:
    """Whether the reader may open another run that a page names."""
    return access.may(actor(), "run.see", run)
