"""From wall-clock times to moments: the one place that minds daylight saving."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tracker.errors import N_, InvalidError

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")


def utc(local: datetime, zone: str) -> datetime:
    """The moment at which the clocks of a zone show `local`.

    A time that they show twice (clocks go back) is the first of the two: whoever keeps it is never late. One
    that they never show (clocks go forward) is as long after the change as was meant: 02:30 is 03:30.
    Raises InvalidError for a year outside of the calendar.
    """
    try:
        if not 1 < local.year < 9999:  # outside of the calendar once it is moved to UTC
            raise ValueError(local.year)
        return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidError(N_("The year %(year)s is outside of the calendar."), year=local.year) from None


def read(text: str, zone: str, now: datetime) -> datetime | None:
    """The moment that a person has written, in the time of a zone; None for nothing.

    Takes what a browser sends (2026-03-31T14:30), what people and spreadsheets write (2026-03-31 14:30,
    31.03.2026 14:30), a clock alone (today), a day alone (its last minute), and a time with its own zone.
    Raises InvalidError, saying what to write.
    """
    text = " ".join(text.split())
    if not text:
        return None
    try:
        if with_zone := _with_zone(text):
            return with_zone
        return utc(_local(text, now.astimezone(ZoneInfo(zone)).date()), zone)
    except (ValueError, OverflowError):
        raise InvalidError(
            N_("“%(text)s” is no time. Write one like 2026-03-31 14:30."), text=text[:40]
        ) from None


def _with_zone(text: str) -> datetime | None:
    """A time that brings its own zone; None for any other text."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return utc(at.astimezone(UTC).replace(tzinfo=None), "UTC") if at.tzinfo else None


def _local(text: str, today: date) -> datetime:
    """Day and clock as written. Raises ValueError."""
    day, _, clock = text.replace("T", " ").partition(" ")
    if not clock and ":" in day:
        day, clock = "", day
    return datetime.combine(_day(day) if day else today, _clock(clock) if clock else time(23, 59))


def _day(text: str) -> date:
    if match := _DAY.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _GERMAN_DAY.fullmatch(text):
        day, month, year = map(int, match.groups())
    else:
        raise ValueError(text)
    return date(year, month, day)


def _clock(text: str) -> time:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def as_field(at: datetime | None, zone: str) -> str:
    """The moment as a field for day and time shows it (2026-03-31T14:30); "" for None."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if at else ""
