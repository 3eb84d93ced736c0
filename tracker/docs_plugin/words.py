"""The interface's texts in the site's language, from the catalogue that the tracker uses."""

from __future__ import annotations

import gettext
from datetime import date
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).parent.parent / "translations"


class Words:
    """Texts and dates in one language; English where there is no catalogue of it."""

    def __init__(self, language: str = "en") -> None:
        self.language = language.replace("-", "_")
        self.texts = gettext.translation("messages", CATALOGUE, [self.language], fallback=True)

    def say(self, text: str, /, **details: Any) -> str:
        """The text in this language, filled in."""
        return self.texts.gettext(text) % details

    def day(self, when: date) -> str:
        """`3 Feb 2027`."""
        if self.language.startswith("en"):
            return f"{when.day} {when:%b %Y}"
        from babel import UnknownLocaleError  # slow to import, and few sites need it
        from babel.dates import format_date

        try:
            return format_date(when, "medium", self.language)
        except (ValueError, UnknownLocaleError):
            return when.isoformat()
