"""In which formats closed runs can be downloaded, and which one the reader's spreadsheet opens."""

from __future__ import annotations

from flask import request
from flask_babel import gettext

from tracker.errors import N_
from tracker.reports.render import runs as rendered

WORDS = {
    "semicolon": N_("CSV with semicolons, decimals as 1,5"),
    "comma": N_("CSV with commas, decimals as 1.5"),
    "semicolon-point": N_("CSV with semicolons, decimals as 1.5"),
    "tab": N_("CSV with tabs, decimals as 1.5"),
    rendered.JSON_LINES: N_("JSON lines"),
}


def formats() -> list[tuple[str, str]]:
    """Each format and what it is called."""
    return [(name, gettext(words)) for name, words in WORDS.items()]


def usual() -> str:
    """The format that a spreadsheet opens in the language that the reader's browser asks for first."""
    return rendered.usual(request.accept_languages.best or "en")
