"""Numbers as people type them, with a point or a comma, and with what stands between thousands."""

from __future__ import annotations

import re
from decimal import Decimal

from tracker.errors import N_, InvalidError

_DIGITS = r"\d{1,15}"
_THOUSANDS = r"[1-9]\d{0,2}(?:%s\d{3})+"
_AS_USUAL = str.maketrans("−–‐‑＋－．，\u00a0\u202f\u2009\u3000", "----+-.,    ")
_BETWEEN = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))")

TWO_WAYS = r"[+\-−]?[1-9]\d{0,2}[.,]\d{3}"
"""What can be read in two ways, for whoever asks before it is sent: a thousand, or three decimals."""


def number(text: str) -> Decimal | None:
    """The number that the text writes, by whichever of point and comma stands before the decimals.

    None for what is no number. Raises InvalidError where it may be two: "1.500" is one and a half to some
    and fifteen hundred to others.

    >>> number("1,5"), number("1.234,5"), number("1 500"), number("−3"), number("about 3")
    (Decimal('1.5'), Decimal('1234.5'), Decimal('1500'), Decimal('-3'), None)
    """
    plain = _BETWEEN.sub("", text.translate(_AS_USUAL).strip())
    readings = {value for mark in ".," if (value := _read(plain, mark)) is not None}
    if len(readings) > 1:
        small, large = sorted(readings, key=abs)
        raise InvalidError(
            N_("“%(text)s” can be read in two ways. Write %(large)s, or %(small)s."),
            text=text.strip()[:40],
            large=f"{large:f}",
            small=f"{small:f}0",  # with four decimals it is no thousand
        )
    return readings.pop() if readings else None


def _read(plain: str, mark: str) -> Decimal | None:
    """The number where decimals stand behind `mark` and thousands before the other one."""
    other = "," if mark == "." else "."
    whole = rf"(?:{_DIGITS}|{_THOUSANDS % re.escape(other)})"
    match = re.fullmatch(rf"([+-]?{whole})(?:{re.escape(mark)}(\d{{1,9}}))?", plain)
    if match is None or sum(map(str.isdecimal, match[1])) > 15:
        return None
    digits = match[1].replace(other, "")
    return Decimal(f"{digits}.{match[2]}" if match[2] else digits)


def written(value: float) -> str:
    """The number with all its digits, and no more: 12345678901 is no 1.23e10.

    >>> written(12345678901.0), written(0.1 + 0.2), written(0.00001)
    ('12345678901', '0.3', '0.00001')
    """
    return f"{Decimal(f'{value:.15g}'):f}"
