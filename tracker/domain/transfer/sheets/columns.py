"""Days and numbers as the rows of one column write them: what one row leaves open, the others may settle.

First every row is noted, then read. What is in doubt after that is told, with both of its readings.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, time
from decimal import Decimal

from tracker.domain import numbers
from tracker.errors import N_, InvalidError

_DAY = re.compile(r"(\d{1,4})([./-]) ?(\d{1,2})\2 ?(\d{1,4})\.?(?:(?:[ T,]+)(.+))?")
_CLOCK = re.compile(
    r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)? ?([ap])?\.?(?(5)m\.?)"
    r"(?: ?(?:uhr|h))? ?(z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_BOTH_DAYS = N_("“%(text)s” may be %(one)s or %(other)s. Write the day like 2026-03-31.")
_BOTH_NUMBERS = N_("“%(text)s” can be read in two ways. Write %(large)s, or %(small)s.")


class Days:
    """How the days of a column are written: what stands first in them, by the mark between."""

    def __init__(self) -> None:
        self._first: dict[str, set[str]] = {}
        self.doubtful = False

    def note(self, text: str) -> None:
        """Learn from a row whose day can be read in one way only."""
        match = _DAY.fullmatch(text)
        readings = _readings(match) if match else {}
        if match and len(set(readings.values())) == 1 and len(readings) == 1:
            self._first.setdefault(match[2], set()).update(readings)
        self.doubtful = self.doubtful or len(set(readings.values())) > 1

    def plain(self, text: str) -> str:
        """The same in ISO (2026-03-31T14:05:00), or as it is if it is none of the ways to write a day.

        Raises InvalidError for a day that can be read in two ways.
        """
        match = _DAY.fullmatch(text)
        readings = _readings(match) if match else {}
        if not match or not readings:
            return text
        settled = self._first.get(match[2], set())
        kept = {order: day for order, day in readings.items() if order in settled}
        if len(set(readings.values())) > 1 and len(kept) != 1:
            one, other = (day.isoformat() for day in readings.values())
            raise InvalidError(_BOTH_DAYS, text=text[:40], one=one, other=other)
        day = next(iter((kept or readings).values()))
        if match[5] is None:
            return day.isoformat()
        clock = _clock(match[5])
        return f"{day.isoformat()}T{clock}" if clock else text


def _readings(match: re.Match[str]) -> dict[str, date]:
    """The days that a text may mean, by what stands first: "year", "day" or "month".

    With points between, the day stands before the month wherever that is written. A year has four digits:
    of 03.04.05 each part could be one.
    """
    first, mark, middle, last = match[1], match[2], int(match[3]), match[4]
    found = {}
    with suppress(ValueError):
        if len(first) == 4 and len(last) <= 2:
            found["year"] = date(int(first), middle, int(last))
    if len(first) <= 2 and len(last) == 4:
        with suppress(ValueError):
            found["day"] = date(int(last), middle, int(first))
        if mark != ".":
            with suppress(ValueError):
                found["month"] = date(int(last), int(first), middle)
    return found


def _clock(text: str) -> str:
    """A clock in ISO, "" if it is none. Twelve hours come with am or pm."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return ""
    hour, half = int(match[1]), (match[5] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return ""
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        clock = time(hour, int(match[2]), int(match[3] or 0), int((match[4] or "0").ljust(6, "0")[:6]))
    except ValueError:
        return ""
    return clock.isoformat() + (match[6] or "").upper()


class Numbers:
    """How the numbers of a column are written: which mark stands before their decimals."""

    def __init__(self) -> None:
        self._marks: set[str] = set()
        self.doubtful = False

    def note(self, text: str) -> None:
        """Learn from a row whose number can be read in one way only."""
        readings = numbers.readings(text)
        if len(readings) == 1:
            self._marks.update(readings)
        self.doubtful = self.doubtful or len(set(readings.values())) > 1

    def read(self, text: str) -> Decimal | None:
        """The number that a text is, None if it is none. Raises InvalidError for one that may be two."""
        readings = numbers.readings(text)
        kept = {mark: value for mark, value in readings.items() if mark in self._marks}
        if len(set(readings.values())) > 1 and len(kept) != 1:
            small, large = (numbers.plainly(value, ".") for value in sorted(readings.values(), key=abs))
            raise InvalidError(_BOTH_NUMBERS, text=text[:40], small=small, large=large)
        return next(iter((kept or readings).values()), None)
