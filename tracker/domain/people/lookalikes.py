"""Logins that a reader takes for one another: “аnna” with a Cyrillic а is not to be a second Anna."""

from __future__ import annotations

import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Person
from tracker.sop.text import fold

_OTHERS = {  # small letters of other alphabets that look like Latin ones, from Unicode's confusables (UTS 39)
    "а": "a", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "к": "k", "ӏ": "l", "о": "o",
    "р": "p", "ԛ": "q", "ѕ": "s", "ԝ": "w", "х": "x", "у": "y", "α": "a", "ι": "i", "κ": "k", "ν": "v",
    "ο": "o", "ρ": "p", "υ": "u", "χ": "x", "γ": "y", "օ": "o", "հ": "h", "ո": "n", "ս": "u", "ց": "g",
    "ɑ": "a", "ɡ": "g",
}  # fmt: skip
_LATIN = str.maketrans(_OTHERS)


def look_of(login: str) -> str:
    """What the login looks like in Latin letters, as far as it does.

    >>> look_of("аnna") == look_of("anna")
    True
    """
    return unicodedata.normalize("NFD", fold(login)).translate(_LATIN)


def alike(session: Session, login: str) -> str | None:
    """A login of somebody else that looks the same though it is written in other letters, or None."""
    look = look_of(login)
    return next((other for other in session.scalars(select(Person.login)) if look_of(other) == look), None)
