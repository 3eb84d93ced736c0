"""Who asks, and how they came in. Every verb is given it, so nothing below the edge has to look it up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracker.errors import N_, ForbiddenError
from tracker.models import LEVELS, Person


class Way(StrEnum):
    """How somebody came in. The first five begin sessions, which keep it as `via`."""

    PASSWORD = "password"
    PIN = "pin"
    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"
    TOKEN = "token"
    SYSTEM = "system"
    SHELL = "shell"


IN_PERSON = frozenset({Way.PASSWORD, Way.PIN, Way.TOTP, Way.PASSKEY, Way.RECOVERY})
"""Ways in which a person is there themselves; only so can it be said that they did something."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. The system and the command line are nobody in person.

    Of a token, `may` names the actions that it was made for, and `person` is whose it is. `most` is the
    access level that this way in gives at most.
    """

    person: Person | None
    way: Way
    may: frozenset[str] | None = None
    most: str = LEVELS[-1]

    @property
    def id(self) -> int | None:
        """The row of the person; None for the system and the command line."""
        return self.person.id if self.person else None

    @property
    def location_id(self) -> int | None:
        """The row of the person's location; None for the system and for people who work everywhere."""
        return self.person.location_id if self.person else None

    @property
    def holder(self) -> Person:
        """The person whose rights these are. Raises ForbiddenError for the system and the command line."""
        if self.person is None:
            raise ForbiddenError(N_("This needs somebody with an account."))
        return self.person

    @property
    def is_trusted(self) -> bool:
        """Whether it is the system, or the command line of the machine that holds the database."""
        return self.way in (Way.SYSTEM, Way.SHELL)

    def is_made_for(self, action: str) -> bool:
        """Whether a token lists the action; whoever comes in otherwise needs no list."""
        return self.way is not Way.TOKEN or action in (self.may or ())


SYSTEM = Actor(None, Way.SYSTEM)
"""What Holdfast does by itself: jobs, schedules, what is published."""

SHELL = Actor(None, Way.SHELL)
"""The command line of the machine where the database is."""


def signed_in(person: Person) -> Actor:
    """The person as if signed in by password, to ask what somebody else may do."""
    return Actor(person, Way.PASSWORD)


def in_person(actor: Actor) -> Person:
    """The person who does it themselves. Raises ForbiddenError where it is nobody, or only their token."""
    if actor.way not in IN_PERSON:
        raise ForbiddenError(
            N_("This is said in somebody’s name, so only they can do it, signed in themselves.")
        )
    return actor.holder
