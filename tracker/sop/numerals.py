"""Numbers that are no digits: circled ones, letters of several alphabets, Roman and Chinese numerals."""

from __future__ import annotations

import re
import unicodedata

_ALPHABETS = {
    "abc": "abcdefghijklmnopqrstuvwxyz",
    "ABC": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "абв": "абвгдежзиклмн",
    "АБВ": "АБВГДЕЖЗИКЛМН",
    "αβγ": "αβγδεζηθικλμν",
    "ΑΒΓ": "ΑΒΓΔΕΖΗΘΙΚΛΜΝ",
    "가나다": "가나다라마바사아자차카타파하",
    "アイウ": "アイウエオカキクケコ",
    "イロハ": "イロハニホヘトチリヌル",
    "אבג": "אבגדהוזחטיכל",
    "أبج": "أبجدهوزحطي",
    "กขค": "กขคงจฉชซ",
    "कखग": "कखगघङचछजझ",
}
LETTERS = {
    letter: (name, n)
    for name, alphabet in reversed(_ALPHABETS.items())
    for n, letter in enumerate(alphabet, 1)
}
"""The alphabet and the place of a letter that can stand for a number."""

ROMAN = re.compile(r"(?=[ivxIVX])(?:x{0,3}(?:ix|iv|v?i{0,3})|X{0,3}(?:IX|IV|V?I{0,3}))")
_ROWS = (("①", 20, "①", 1), ("㉑", 15, "①", 21), ("⑴", 20, "⑴", 1), ("⒈", 20, "⒈", 1), ("❶", 10, "❶", 1),
         ("⓫", 10, "❶", 11), ("➀", 10, "➀", 1), ("➊", 10, "➊", 1), ("⓵", 10, "⓵", 1), ("㊀", 10, "㊀", 1),
         ("Ⓐ", 26, "Ⓐ", 1), ("ⓐ", 26, "ⓐ", 1), ("⒜", 26, "⒜", 1))  # fmt: skip
SIGNS = {
    chr(ord(first) + n): (f"sign {row}", value + n)
    for first, count, row, value in _ROWS
    for n in range(count)
}
"""Signs that are a number in themselves, with the row that they belong to."""

_DIGITS = "零一二三四五六七八九"


def roman(letters: str) -> int:
    """The number of a small Roman numeral; 0 where it is none.

    >>> roman("iv"), roman("XII"), roman("e")
    (4, 12, 0)
    """
    values = [{"i": 1, "v": 5, "x": 10}.get(letter, 0) for letter in letters.lower()]
    if not all(values):
        return 0
    return sum(-a if b > a else a for a, b in zip(values, [*values[1:], 0], strict=True))


def cjk(letters: str) -> int:
    """The number of a Chinese numeral up to 99; 0 where it is none.

    >>> cjk("三"), cjk("十二"), cjk("二十")
    (3, 12, 20)
    """
    tens, ten, ones = letters.partition("十")
    if not ten:
        return _DIGITS.find(letters) if len(letters) == 1 and letters in _DIGITS else 0
    if any(part and part not in _DIGITS for part in (tens, ones)):
        return 0
    return 10 * (_DIGITS.find(tens) if tens else 1) + (_DIGITS.find(ones) if ones else 0)


def number(text: str) -> int:
    """The number that `text` begins with, in digits of any script or as a sign; 0 where there is none."""
    digits = re.match(r"\d{1,4}", text)
    if digits:
        return int(digits[0])
    if text and text[0] in SIGNS:
        return SIGNS[text[0]][1]
    return int(unicodedata.digit(text[0], 0)) if text else 0
