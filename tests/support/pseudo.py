"""A made-up language: every text of ours in Greek letters, so that what is not translated is seen at once."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask

from tests.support import catalogues
from tracker.docs_plugin import words as site_words
from tracker.web import reader
from tracker.words import terminal, voice

CODE = "eo"
"""Of a language for which there are dates and numbers but no catalogue of ours."""

_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|</?[a-z][^<>]*>|&[a-z]+;)")
_GREEK = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "αβγδεφγηιικλμνοπχρστυβωχυζ" * 2
)
_SHOWN = ("title", "placeholder", "alt", "aria-label")


def speak(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the language's catalogue below `place` and let everything read its texts there."""
    catalogue = Catalog(CODE)
    for message in catalogues.extracted():
        if message.id:
            source = message.id
            said = tuple(map(greek, source)) if isinstance(source, tuple) else greek(source)
            catalogue.add(source, said, flags=message.flags)
    folder = place / CODE / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    for module in (voice, site_words, terminal):
        monkeypatch.setattr(module, "CATALOGUE", place)
    monkeypatch.setattr(reader, "languages", lambda: {"en": "English", CODE: "Esperanto"})
    forget()


def let_speak(app: Flask, place: Path) -> None:
    """Let the application's own texts come from there, too."""
    app.extensions["babel"].translation_directories = [str(place)]


def greek(text: str) -> str:
    """The text in Greek letters, but for what is filled in and for HTML."""
    return "".join(part if n % 2 else part.translate(_GREEK) for n, part in enumerate(_KEPT.split(text)))


class Shown(HTMLParser):
    """The texts that a page shows: between its tags, and those of attributes that people read or hear."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        self.texts += [
            value or "" for name, value in attrs if name in _SHOWN or self._is_word(tag, name, value)
        ]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.texts.append(data)

    def _is_word(self, tag: str, name: str, value: str | None) -> bool:
        """Whether it is a text that a script shows."""
        return (
            name.startswith("data-")
            and " " in (value or "")
            and not (value or "").startswith(("{", "[", "/"))
        )


def forget() -> None:
    """Let nothing remember the language."""
    terminal._texts.cache_clear()
    voice._translations.cache_clear()
    voice._markup.cache_clear()
