"""Who reads the page, when, in which zone and language."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from babel import Locale
from flask import current_app, g, request
from flask_babel import force_locale
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.models import Location, Person, Run, Sop
from tracker.sop.text import fold
from tracker.web import cookies
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
    """The reader's language, of those that there are: what they have chosen, or else what is usual here."""
    return own_language() or usual_language()


def own_language() -> str | None:
    """What the reader has chosen for themselves, wherever they sign in; None where nobody is known."""
    try:
        who = actor_if_any()
    except SQLAlchemyError:  # the page that says so still wants a language
        return None
    chosen = who.holder.language if who else None
    return chosen if chosen in languages() else None


def usual_language() -> str:
    """What was chosen in this browser while nobody was known, as on a shared tablet; or what it asks for."""
    chosen = request.cookies.get(cookies.name("language"))
    if chosen in languages():
        return chosen
    default: str = current_app.config["HOLDFAST"].language
    return request.accept_languages.best_match(languages()) or default


def read_languages() -> list[str]:
    """The languages that the reader reads, the one that they like best first: for texts of documents."""
    asked = [code for code, quality in request.accept_languages if quality]
    chosen = own_language() or request.cookies.get(cookies.name("language"))
    return [chosen, *asked] if chosen else asked


@cache
def languages() -> dict[str, str]:
    """The languages of the interface by their codes, each with what it calls itself."""
    folder = files("tracker") / "translations"
    codes = ["en", *(each.name for each in folder.iterdir() if each.is_dir())]
    names = {code: str(Locale.parse(code).get_display_name()) for code in codes}
    return {
        code: name[0].upper() + name[1:]
        for code, name in sorted(names.items(), key=lambda item: fold(item[1]))
    }


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


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say all in one language meanwhile, whoever asks: for what is kept for everybody who reads it."""
    before = {name: g.pop(name, None) for name in ("texts", "voice")}
    g.texts = Texts(code)
    g.voice = Voice(code, zone() or current_app.config["HOLDFAST"].zone, now())
    try:
        with force_locale(code):
            yield
    finally:
        for name, bound in before.items():
            g.pop(name, None)
            if bound is not None:
                setattr(g, name, bound)


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
