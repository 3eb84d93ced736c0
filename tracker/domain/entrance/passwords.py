"""Passwords: how they are written down, and which are refused.

Length and a list decide (NIST SP 800-63B, OWASP ASVS 6.2): no rule asks for a digit or a capital letter.
The list is that of zxcvbn, 30 000 passwords and as many words and names, and the words of this installation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import new_id
from tracker.errors import N_, InvalidError
from tracker.models import Location, Role, Sop, Team

SHORTEST, LONGEST = 8, 1000
WHOLE_ESTIMATE = 40
"""Up to so many characters zxcvbn estimates the guesses; its time grows faster than the length."""

FEWEST_GUESSES = 10**6
MOST_ADDED = 6
"""A word with up to so many digits and signs around it (a year, “!”) is as easy to guess as the word."""

_SIGNS = [
    str.maketrans("@4€3!1|0$578+", "aaeeiiiosstbt"),
    str.maketrans("@4€3!1|0$578+", "aaeellloss" + "tbt"),
]
_ROWS = (
    "1234567890ß", "qwertyuiop", "qwertzuiopü", "azertyuiop", "asdfghjkl", "asdfghjklöä", "qsdfghjklm",
    "zxcvbnm", "yxcvbnm", "wxcvbn", "1qay2wsx3edc4rfv5tgb6zhn7ujm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "abcdefghijklmnopqrstuvwxyz",
)  # fmt: skip
_OURS = ("holdfast", "sop", "sops", "warehouse")
_LANGUAGES = ("cs", "da", "de", "es", "fr", "hu", "it", "nl", "pl", "pt", "ro", "sv", "tr", "uk", "vi")
_MORE = (
    "willkommen fruhling herbst kennwort tschuss bienvenue printemps automne bienvenido primavera "
    "otono verano benvenuto autunno welkom lente haslo witamy heslo sifre lozinka jelszo parola "
)
"""What the list, which comes from English-speaking places, lacks of welcomes, seasons and “password”."""


PasswordHash = NewType("PasswordHash", str)
# One of OWASP's equally strong settings for Argon2id (Password Storage Cheat Sheet). The library's own take
# five times as long on four threads, which on a small server is every core for whoever guesses passwords.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new(password: str, words: Iterable[str] = ()) -> PasswordHash:
    """A password that was checked, as it is stored. Slow on purpose: call it before `writing`.

    Raises InvalidError.
    """
    check(password, words)
    return PasswordHash(hash_secret(password))


def check(password: str, words: Iterable[str] = ()) -> None:
    """Refuse a password that is short, well known, or made of `words`: login, name, words of the place.

    Takes less than 20 ms whatever is given. Raises InvalidError, which says why and what helps.
    """
    password = _normal(password)
    if len(password) < SHORTEST:
        raise InvalidError(
            N_("The password needs at least %(n)s characters. Three or four words are easy to remember."),
            n=SHORTEST,
        )
    if len(password) > LONGEST:
        raise InvalidError(N_("The password is longer than 1000 characters."))
    if is_of(password, words):
        raise InvalidError(
            N_(
                "Others would try your name and the words of this place first. "
                "Take three or four words that have nothing to do with you or with each other."
            )
        )
    if is_common(password):
        raise InvalidError(
            N_(
                "That password is among the first that others would try: a well-known one, a word or name "
                "with digits, or keys in a row. Take three or four words that have nothing to do with "
                "each other."
            )
        )


def is_common(password: str) -> bool:
    """Whether it is in the list, a word or a name with a little around it, or as easy to guess."""
    plain = _folded(password)
    known, words = _lists()
    forms = {plain, *(plain.translate(signs) for signs in _SIGNS)}
    stems = {stem for form in forms for stem in _stems(form)}
    if forms & known or stems & known or stems & words or len(set(plain)) <= 3:
        return True
    if _is_keys_in_a_row(plain) or _is_repeat(plain):
        return True
    return len(password) <= WHOLE_ESTIMATE and _guesses(password) < FEWEST_GUESSES


def is_of(password: str, words: Iterable[str]) -> bool:
    """Whether nothing but `words` of three letters or more, digits and signs are in it."""
    parts = {_letters(part) for text in (*words, *_OURS) for part in (text, *re.split(r"[\W_]+", text))}
    plain = _folded(password)
    for form in (plain, *(plain.translate(signs) for signs in _SIGNS)):
        rest = _letters(form)
        for part in sorted(parts, key=len, reverse=True):
            if len(part) >= 3:
                rest = rest.replace(part, " ")
        if " " in rest and len(re.findall(r"[^\W\d_]", rest)) <= 2 and len(rest.strip()) <= MOST_ADDED + 2:
            return True
    return False


def words_of(session: Session) -> Iterator[str]:
    """The words that everybody here knows: its locations, teams, roles and areas."""
    for column in (Location.name, Team.name, Role.name, Sop.area):
        yield from (text for text in session.scalars(select(column).distinct()) if text)


def hash_secret(secret: str) -> str:
    """A password or PIN as it is stored. Slow on purpose: call it before `writing`."""
    return _hasher.hash(_normal(secret))


def verify(stored: str | None, secret: str) -> bool:
    """Whether the secret is the one that is stored. Takes as long where none is."""
    if len(secret) > 2 * LONGEST:
        secret = ""  # longer than any secret that can be stored
    # older hashes are of the text as typed, not of its normal form
    tries = {_normal(secret): None, secret: None}
    decoy = _decoy()  # made at the first sign-in, not at import: no command waits for it
    right = [_is(stored or decoy, given) for given in tries]
    return any(right) and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a hash was made by older, slower settings. Their time would tell which logins exist."""
    return _hasher.check_needs_rehash(stored)


def _is(stored: str, secret: str) -> bool:
    try:
        return _hasher.verify(stored, secret)
    except VerificationError:
        return False


@cache
def _decoy() -> str:
    """The hash that stands for the password of a login that does not exist."""
    return _hasher.hash(str(new_id()))


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    """Passwords, and words and names; loaded when the first password is chosen, not at the start."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    words = {word for name, entries in FREQUENCY_LISTS.items() if name != "passwords" for word in entries}
    words |= {*_MORE.split()} | set(_months_and_days())
    return frozenset(map(_folded, FREQUENCY_LISTS["passwords"])), frozenset(w for w in words if len(w) > 2)


def _months_and_days() -> Iterator[str]:
    from babel import Locale

    for locale in map(Locale, _LANGUAGES):
        for names in (locale.months, locale.days):
            yield from map(_folded, names["stand-alone"]["wide"].values())


def _guesses(password: str) -> int:
    """How many guesses it takes somebody who knows how people choose passwords (zxcvbn)."""
    from zxcvbn import zxcvbn

    return int(zxcvbn(password)["guesses"])  # type: ignore[no-untyped-call]


def _normal(text: str) -> str:
    """One password however a keyboard writes it: ü in one piece or in two."""
    return unicodedata.normalize("NFKC", text)


def _folded(text: str) -> str:
    """In small letters, without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", _folded(text))


def _stems(text: str) -> Iterator[str]:
    """The text without the few digits and signs around it."""
    stem = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    if stem and len(text) - len(stem) <= MOST_ADDED:
        yield stem
        if once := re.fullmatch(r"(.{3,20}?)\1+", stem):
            yield once[1]


def _is_repeat(text: str) -> bool:
    """Whether a few characters are written again and again."""
    return any(text == (text[:n] * (len(text) // n + 1))[: len(text)] for n in range(1, 5))


@cache
def _rows() -> tuple[str, ...]:
    return tuple(line for row in map(_folded, _ROWS) for line in (row, row[::-1]))


def _is_keys_in_a_row(text: str) -> bool:
    """Whether all but two characters lie beside each other on a keyboard, or in the alphabet."""
    at = left = 0
    while at < len(text) and left <= 2:
        run = max((n for n in range(3, 12) if any(text[at : at + n] in row for row in _rows())), default=0)
        run = min(run, len(text) - at)
        left += 0 if run >= 3 else 1
        at += run if run >= 3 else 1
    return left <= 2
