"""Texts in the reader's language."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import get_translations, gettext
from markupsafe import Markup

from tracker.errors import HoldfastError


def error_text(error: HoldfastError) -> str:
    """What an error of the domain says, in the reader's language."""
    text = gettext(error.template)
    return text % error.details if error.details else text


def _texts() -> tuple[Any, dict[str, Markup]]:
    """The translations for this request, and what they said: a page asks for one text many times."""
    try:
        found: tuple[Any, dict[str, Markup]] = g.texts
    except AttributeError:
        found = g.texts = get_translations(), {}
    return found


def text(text: str, **details: Any) -> Markup:
    """A text of a template in the reader's language; `details` are escaped, the text itself is ours."""
    translations, said = _texts()
    found = said.get(text)
    if found is None:
        found = said[text] = Markup(translations.ugettext(text))
    return found % details if details or "%" in text else found


def say(text: str, **details: Any) -> str:
    """The same, for words that are put together before they are escaped."""
    return str(_texts()[0].ugettext(text) % details)


def plural(one: str, many: str, num: int, **details: Any) -> Markup:
    """The same for a text that depends on a number."""
    return Markup(_texts()[0].ungettext(one, many, num)) % {"num": num, **details}
