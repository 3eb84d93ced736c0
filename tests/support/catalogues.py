"""The catalogues of the languages: read, written always in the same form, and what is wrong with them."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tracker/translations"
LANGUAGES = ("de", "es", "fr", "pl")
KEYWORDS = ("N_", "say", "told", "plural:1,2")
"""What our own functions for texts are called, beside the usual ones."""

UNTRANSLATED = "is not translated"

_PLACE = re.compile(r"%\(\w+\)[sd]|%%")
_LONE = re.compile(r"(?<!%)(?:%%)*%(?!\(\w+\)[sd]|%)")
_TAG = re.compile(r"</?[a-z][^<>]*>|&[a-z]+;")
_CHANGING = (
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)


def extracted() -> Catalog:
    """The texts that the code has now."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "messages.pot"
        command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
        more = [
            "-k",
            "N_",
            "-k",
            "say",
            "-k",
            "plural:1,2",
            "-k",
            "told",
            "--add-location=file",
            "-o",
            str(file),
            ".",
        ]
        subprocess.run([*command, *more], cwd=ROOT, check=True)
        with file.open("rb") as opened:
            return read_po(opened)


def path(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue of a language; an empty one if there is none yet."""
    if not path(language).is_file():
        return Catalog(language)
    with path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def write(language: str, catalogue: Catalog) -> None:
    """Keep a catalogue, without the lines that would differ each time."""
    catalogue.project, catalogue.version, catalogue.fuzzy = "Holdfast", "", False
    catalogue.header_comment = f"# Holdfast in {Locale.parse(language).english_name}."
    for message in catalogue:
        message.locations = sorted({(name, None) for name, _ in message.locations})
    buffer = BytesIO()
    write_po(buffer, catalogue, width=0, sort_by_file=True, include_lineno=False)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(tuple(f'"{name}:' for name in _CHANGING))]
    path(language).parent.mkdir(parents=True, exist_ok=True)
    path(language).write_text("".join(kept))


def is_translated(message: Message) -> bool:
    """Whether there is a translation in every form."""
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return bool(strings) and all(strings)


def faults(language: str, template: Catalog) -> list[str]:
    """What keeps a language from being whole: a line for each text, which ends in what is wrong with it."""
    catalogue = read(language)
    there = {message.id for message in catalogue if message.id}
    wanted = {message.id for message in template if message.id}
    stale = [f"{name!r}: is no text of ours any more" for name in sorted(map(str, there - wanted))]
    absent = [f"{name!r}: {UNTRANSLATED}" for name in sorted(map(str, wanted - there))]
    wrong = [(message, wrong_with(message, language)) for message in catalogue if message.id in wanted]
    return [*stale, *absent, *(f"{message.id!r}: {why}" for message, why in wrong if why)]


def wrong_with(message: Message, language: str) -> str:
    """What can't be right in a translation, or ""."""
    if not is_translated(message):
        return UNTRANSLATED
    if message.fuzzy:
        return "is marked as fuzzy"
    forms = _forms(message)
    if message.pluralizable and len(message.string) != Catalog(language).num_plurals:
        return f"needs {Catalog(language).num_plurals} forms"
    return next(filter(None, (_differs(source, text) for source, text in forms)), "")


def _forms(message: Message) -> Iterator[tuple[str, str]]:
    """Each form of a translation, with the source whose places it must have: that for many."""
    if not message.pluralizable:
        yield message.id, message.string
        return
    for text in message.string:
        yield message.id[1], text


def _differs(source: str, text: str) -> str:
    if _LONE.search(text) and _PLACE.search(source):
        return "has a lone percent sign"
    if set(_PLACE.findall(source)) != set(_PLACE.findall(text)):
        return (
            f"has other places: {', '.join(sorted(set(_PLACE.findall(source)) ^ set(_PLACE.findall(text))))}"
        )
    if Counter(_TAG.findall(source)) != Counter(_TAG.findall(text)):
        return "has other HTML"
    ends = [(one[: len(one) - len(one.lstrip())], one[len(one.rstrip()) :]) for one in (source, text)]
    return "" if ends[0] == ends[1] else "begins or ends with other spaces"
