"""The terms of a text: its words without capitals, accents and endings, whichever way they were typed.

An umlaut is found with its dots, without them, and written out (Köln, Koln, Koeln). Texts that are written
without blanks between words (Chinese, Japanese, Thai), and Korean, whose words carry their particles, are
taken as pairs of letters that stand beside each other."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

import snowballstemmer

from tracker.sop.text import PLAIN_LETTERS, fold

HERE = Path(__file__).parent

LONGEST = 64
"""Letters of a word that count; what is longer is no word."""

_MARKS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_WORD = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_]|[\u0900-\u0dff])+")
_PLAIN_WORD = re.compile(r"[a-z0-9]+")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?:s\b)?")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|dell|nell|all|sull)['’](?=\w)")
_HYPHENED = re.compile(r"[a-z]{2,}(?:-[a-z]{2,})+")
_DOUBLE = re.compile(r"(?<=[aou])e")

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_local = threading.local()


def plain(text: str) -> str:
    """The text folded, and its letters without accents.

    >>> plain("Äpfel, CAFÉ, Straße, Łódź")
    'apfel, cafe, strasse, lodz'
    """
    folded = fold(text)
    if folded.isascii():
        return folded
    bare = _MARKS.sub("", unicodedata.normalize("NFD", folded)).translate(PLAIN_LETTERS)
    return unicodedata.normalize("NFC", bare)


def words(text: str) -> list[str]:
    """The words of a text in their order, plain; of texts without blanks the pairs of letters.

    >>> words("Don't put-away the customer's 梱包材")
    ['dont', 'put', 'away', 'the', 'customer', '梱包', '包材']
    """
    given = plain(text)
    if "'" in given or "’" in given:
        given = _APOSTROPHE.sub("", _ELISION.sub("", given))
    if given.isascii():
        return _PLAIN_WORD.findall(given)
    found: list[str] = []
    for word in _WORD.findall(given):
        found.extend(_pairs(word) if _UNSPACED_RUN.match(word) else (word,))
    return found


def joined(text: str) -> list[str]:
    """The words of a text that are written with a hyphen, as one word each: "put-away" is also "putaway"."""
    return [word.replace("-", "") for word in _HYPHENED.findall(plain(text))] if "-" in text else []


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for at in range(len(run) - 1):
        yield run[at : at + 2]


def is_unspaced(word: str) -> bool:
    """Whether a word is a pair of letters of a text without blanks."""
    return _UNSPACED_RUN.match(word) is not None


@lru_cache(maxsize=100_000)
def term(word: str, language: str) -> str:
    """The term of a plain word: without its ending, where the language is known, and "ae" as "a".

    >>> term("refunds", "en"), term("koeln", "de") == term("koln", "de")
    ('refund', True)
    """
    word = word[:LONGEST]
    if len(word) > 3 and not is_unspaced(word) and (stem := _stemmer(language)) is not None:
        word = stem.stemWord(word)
    return _DOUBLE.sub("", word) if len(word) > 3 else word


def base(language: str | None) -> str:
    """The language without its country: "de" of "de-AT"; "en" where none is given."""
    return (language or "en").replace("_", "-").partition("-")[0].lower()


def _stemmer(language: str) -> snowballstemmer.basestemmer.BaseStemmer | None:
    """The stemmer of a language, for this thread: it keeps the word that it is at."""
    if not hasattr(_local, "stemmers"):
        _local.stemmers = {}
    if language not in _local.stemmers:
        name = _ALGORITHMS.get(language)
        _local.stemmers[language] = snowballstemmer.stemmer(name) if name else None
    return _local.stemmers[language]


@cache
def stopwords() -> dict[str, frozenset[str]]:
    """By language, the plain words that say nothing by themselves."""
    table: dict[str, frozenset[str]] = {}
    for line in (HERE / "stopwords.txt").read_text("utf-8").splitlines():
        language, _, listed = line.partition(":")
        if listed and not line.startswith("#"):
            table[language] = table.get(language, frozenset()) | frozenset(words(listed))
    return table


def language_of(given: Sequence[str], likely: Iterable[str]) -> str:
    """The one of the likely languages that a question is in, by its little words: the first, unless it holds
    two more of another. One more tells nothing: "bin" is one in German.

    >>> language_of(["bin", "count"], ["en", "de"]), language_of(["wo", "ist", "bin"], ["en", "de"])
    ('en', 'de')
    """
    held = {code: sum(word in stopwords().get(code, ()) for word in given) for code in likely}
    first = next(iter(held), "en")
    other = max(held, key=lambda code: held[code], default=first)
    return other if held and held[other] >= held[first] + 2 else first
