"""In which language, in which zone and when somebody is told something: all that sentences depend on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_location
from babel.numbers import get_decimal_symbol
from babel.support import NullTranslations, Translations
from markupsafe import Markup

CATALOGUE = Path(__file__).parent.parent / "translations"


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of the interface in one language; in English where there is no catalogue of it.

    `gettext` and `ngettext` are called what the extraction of texts looks for.
    """

    language: str

    @property
    def decimal_mark(self) -> str:
        """What stands before the decimals."""
        return _decimal_mark(self.language)

    @property
    def percent_sign(self) -> str:
        """The sign as it stands after a number, with the space that goes before it."""
        return _percent_sign(self.language)

    def gettext(self, text: str, /, **details: Any) -> str:
        """The text in this language, filled in."""
        translated = str(_translations(self.language).ugettext(text))
        return translated % details if details else translated

    def ngettext(self, one: str, many: str, num: int, /, **details: Any) -> str:
        """The same for a text that depends on a number."""
        translated = str(_translations(self.language).ungettext(one, many, num))
        return translated % {"num": num, **details}

    def markup(self, text: str, /, **details: Any) -> Markup:
        """The text for a page: `details` are escaped, the text itself is ours."""
        translated = _markup(self.language, text)
        return translated % details if details or "%" in text else translated

    def plural(self, one: str, many: str, num: int, /, **details: Any) -> Markup:
        """The same for a text that depends on a number."""
        values: Mapping[str, Any] = {"num": num, **details}
        return Markup(_translations(self.language).ungettext(one, many, num)) % values


def native(pattern: str, language: str) -> str:
    """A pattern of CLDR with a day before its month, as the language writes it: "1. Sep", "1 de septiembre".

    Short names of months are those without a full stop where there are any, and French ends with whole
    ones: sentences end with them.
    """
    if language == "de":
        return re.sub(r"\bMMM\b", "LLL", re.sub(r"\bd (?=M)", "d. ", pattern))
    if language == "fr":
        return re.sub(r"\bMMM$", "MMMM", pattern)
    if language == "es":
        return re.sub(r"\bd MMMM\b", "d 'de' MMMM", pattern)
    return pattern


@dataclass(frozen=True, slots=True)
class Voice(Texts):
    """Texts, and days and moments as they are said in a zone (IANA) at a time.

    `home` is the reader's own zone, where it is another: times of elsewhere say whose they are.
    """

    zone: str
    now: datetime
    home: str | None = None

    def at(self, zone: str) -> Voice:
        """The same voice, telling of a place by its clocks (IANA)."""
        return self if zone == self.zone else replace(self, zone=zone, home=self.home or self.zone)

    @property
    def city(self) -> str:
        """What people call the zone by, such as "Berlin" or "New York"; "" for one without a city."""
        return _city(self.zone, self.language)

    def date(self, on: date, pattern: str) -> str:
        """A day by a pattern of CLDR, such as "d MMM y"."""
        return str(format_date(on, native(pattern, self.language), locale=_locale(self.language)))

    def moment(self, at: datetime, pattern: str) -> str:
        """A moment by a pattern of CLDR, by the clocks of the zone."""
        pattern = native(pattern, self.language)
        return str(format_datetime(self.local(at), pattern, locale=_locale(self.language)))

    def is_abroad(self, at: datetime) -> bool:
        """Whether the reader's own clocks show another time at that moment."""
        home = at.astimezone(ZoneInfo(self.home)) if self.home else self.local(at)
        return self.local(at).utcoffset() != home.utcoffset()

    def local(self, at: datetime) -> datetime:
        """A moment by the clocks of the zone."""
        return at.astimezone(ZoneInfo(self.zone))


@cache
def _translations(language: str) -> NullTranslations:
    return Translations.load(str(CATALOGUE), [language], "messages")


@cache  # it stands at every time of elsewhere, and is sought through all zones there are
def _city(zone: str, language: str) -> str:
    if "/" not in zone or zone.startswith("Etc/"):
        return ""
    city = get_timezone_location(zone, locale=_locale(language), return_city=True)
    return str(city).rpartition("/")[2]


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def _decimal_mark(language: str) -> str:
    return str(get_decimal_symbol(_locale(language)))


@cache
def _percent_sign(language: str) -> str:
    return str(_locale(language).percent_formats[None].pattern).partition("0")[2]


@lru_cache(maxsize=4096)
def _markup(language: str, text: str) -> Markup:
    """A page asks for one text many times."""
    return Markup(_translations(language).ugettext(text))
