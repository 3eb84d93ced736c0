"""Numbers as people type them, with a point or a comma, and with what stands between thousands."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_decimal_symbol

from tracker.errors import N_, InvalidError

_AS_USUAL = str.maketrans("−–‐‑＋－．，\u00a0\u202f\u2009\u3000", "----+-.,    ")
_BETWEEN = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))")
_BY_MARK = {
    ".": re.compile(r"([+-]?(?:\d+|[1-9]\d{0,2}(?:,\d{3})+))(?:\.(\d+))?"),
    ",": re.compile(r"([+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+))(?:,(\d+))?"),
}
"""Thousands and decimals, by the mark before the decimals."""

LONGEST = 40
"""Characters; what is longer is no number that anybody has typed."""

MOST_DIGITS, MOST_DECIMALS = 15, 9
"""Of a number that is typed; a float keeps so many."""

TWO_WAYS = r"[+\-−]?[1-9]\d{0,2}[.,]\d{3}"
"""What can be read in two ways, for whoever asks before it is sent: a thousand, or three decimals."""


def number(text: str, zone: str = "") -> Decimal | None:
    """The number that the text writes, by whichever of point and comma stands before the decimals.

    None for what is no number. Raises InvalidError where it may be two: "1.500" is one and a half to some
    and fifteen hundred to others. The language of the place (`zone`, IANA) says which is named first.

    >>> number("1,5"), number("1.234,5"), number("1 500"), number("−3"), number("about 3")
    (Decimal('1.5'), Decimal('1234.5'), Decimal('1500'), Decimal('-3'), None)
    """
    possible = readings(text)
    if any(
        value.adjusted() >= MOST_DIGITS or _decimals(value) > MOST_DECIMALS for value in possible.values()
    ):
        return None
    if len(set(possible.values())) > 1:
        usual = decimal_mark(zone)
        first, second = sorted(possible, key=lambda mark: mark != usual)
        raise InvalidError(
            N_("“%(text)s” can be read in two ways. Write %(first)s, or %(second)s if you mean that."),
            text=text.strip()[:40],
            first=plainly(possible[first], usual),
            second=plainly(possible[second], usual),
        )
    return next(iter(possible.values()), None)


def readings(text: str) -> dict[str, Decimal]:
    """The numbers that a text may be, by the mark before the decimals; {} for what is no number.

    >>> readings("1.234,5"), readings("1.500")
    ({',': Decimal('1234.5')}, {'.': Decimal('1.500'), ',': Decimal('1500')})
    """
    if len(text) > LONGEST:
        return {}
    plain = _BETWEEN.sub("", text.translate(_AS_USUAL).strip())
    matches = {mark: pattern.fullmatch(plain) for mark, pattern in _BY_MARK.items()}
    return {mark: _value(match) for mark, match in matches.items() if match}


def _value(match: re.Match[str]) -> Decimal:
    whole = re.sub(r"[.,]", "", match[1])
    return Decimal(f"{whole}.{match[2]}" if match[2] else whole)


def _decimals(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)


@cache
def decimal_mark(zone: str) -> str:
    """What stands before the decimals where the zone (IANA) lies, in the language spoken there; else a point.

    >>> decimal_mark("Europe/Berlin"), decimal_mark("America/New_York"), decimal_mark("UTC")
    (',', '.', '.')
    """
    country = get_global("zone_territories").get(zone, "ZZ")
    return "," if get_decimal_symbol(Locale.parse(f"und_{country}")) == "," else "."


def plainly(value: Decimal, mark: str) -> str:
    """The number as it can be read in one way only: three decimals get a fourth.

    >>> plainly(Decimal("1500"), ","), plainly(Decimal("1.500"), ","), plainly(Decimal("1.234"), ".")
    ('1500', '1,5', '1.2340')
    """
    digits = f"{value:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    whole, _, decimals = digits.partition(".")
    return f"{whole}{mark}{decimals}{'0' * (len(decimals) == 3)}" if decimals else whole


def written(value: float) -> str:
    """The number with all its digits, and no more: 12345678901 is no 1.23e10.

    >>> written(12345678901.0), written(0.1 + 0.2), written(0.00001)
    ('12345678901', '0.3', '0.00001')
    """
    return f"{Decimal(f'{value:.15g}'):f}"
