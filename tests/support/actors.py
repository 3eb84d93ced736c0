"""Who does it in a test: a person of the cast who has signed in with their password."""

from __future__ import annotations

from tracker.domain.actor import Actor, Way, signed_in
from tracker.models import Person


def by(person: Person) -> Actor:
    """The person, as who asks."""
    return signed_in(person)


def by_token(person: Person, *may: str) -> Actor:
    """A token of the person's, made for these actions."""
    return Actor(person, Way.TOKEN, may=frozenset(may))


def by_pin(person: Person, most: str = "lead") -> Actor:
    """The person with nothing but their PIN, which gives at most this level."""
    return Actor(person, Way.PIN, most=most)
