"""The order in which people look for texts in a list."""

from __future__ import annotations

import re
import unicodedata

from tracker.sop.text import PLAIN_LETTERS, fold

_LONGEST = 200
_NUMBER = re.compile(r"\d+")


def order_key(text: str) -> str:
    """The key by which a list of texts is sorted, letter by letter, alike on every database.

    Numbers count as numbers, accents only between texts that are the same without, capitals never.

    >>> sorted(["Lane 10", "Öl", "lane 2", "Zoll", "Ofen"], key=order_key)
    ['lane 2', 'Lane 10', 'Ofen', 'Öl', 'Zoll']
    """
    whole = fold(text[:_LONGEST])
    if whole.isascii():
        return _NUMBER.sub(_by_length, whole)
    bare = "".join(
        c for c in unicodedata.normalize("NFD", whole.translate(PLAIN_LETTERS)) if not _is_accent(c)
    )
    return f"{_NUMBER.sub(_by_length, bare)} {whole}"


def _is_accent(letter: str) -> bool:
    return unicodedata.category(letter) == "Mn"


def _by_length(number: re.Match[str]) -> str:
    """The digits after how many there are, so that they sort as numbers: "10" is 0210, "2" is 012."""
    digits = "".join(str(unicodedata.decimal(digit)) for digit in number[0]).lstrip("0") or "0"
    return f"{len(digits):02d}{digits}"
