"""The days that figures are of: the last ones, all of them, or from one day to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

USUAL = "90d"
"""What is shown unless another period is asked for: weak points are judged on these days too."""

LAST = {"7d": 7, "30d": 30, USUAL: 90}
YEAR, ALL = "12m", "all"
NAMES = (*LAST, YEAR, ALL)

EARLIEST, LATEST = date(1000, 1, 1), date(9998, 12, 31)
"""Outside of these a day can't be moved from one zone to another."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days by the clocks of a run's place, from `since` to `until`, both of them included.

    None is no end. `name` is one of `NAMES`, or "" for days that somebody has chosen.
    """

    name: str
    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


EVER = Period(ALL)


def named(name: str, today: date) -> Period:
    """The period of that name as of a day, which belongs to it. Raises KeyError if it is none of `NAMES`.

    It has no end, so that a run that was closed just now belongs to it, wherever it is tomorrow already.

    >>> named("7d", date(2026, 3, 31)).since, named("12m", date(2024, 2, 29)).since
    (datetime.date(2026, 3, 25), datetime.date(2023, 3, 1))
    """
    if name == ALL:
        return EVER
    if name == YEAR:
        return Period(name, _year_before(today) + timedelta(days=1))
    return Period(name, today - timedelta(days=LAST[name] - 1))


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 1, day=28)


def months_within(period: Period) -> Period:
    """The whole months of a period, from the first day of one to the last day of one; perhaps none.

    >>> months_within(Period("", date(2026, 1, 15), date(2026, 3, 30)))
    Period(name='', since=datetime.date(2026, 2, 1), until=datetime.date(2026, 2, 28))
    """
    since, until = period.since, period.until
    if since is not None and since.day > 1:
        since = next_month(since)
    if until is not None and (until + timedelta(days=1)).day > 1:
        until = until.replace(day=1) - timedelta(days=1)
    return Period(period.name, since, until)


def edges(period: Period) -> list[Period]:
    """The days of a period that are no whole months: at its beginning, at its end, or all of it.

    >>> [(str(e.since), str(e.until)) for e in edges(Period("", date(2026, 1, 15), date(2026, 3, 30)))]
    [('2026-01-15', '2026-01-31'), ('2026-03-01', '2026-03-30')]
    """
    inner = months_within(period)
    if is_empty(inner):
        return [period]
    parts = []
    if period.since != inner.since and inner.since is not None:
        parts.append(Period("", period.since, inner.since - timedelta(days=1)))
    if period.until != inner.until and inner.until is not None:
        parts.append(Period("", inner.until + timedelta(days=1), period.until))
    return parts


def is_empty(period: Period) -> bool:
    """Whether no day belongs to it."""
    return period.since is not None and period.until is not None and period.since > period.until


def whole_months(period: Period) -> Period:
    """The months that have a day of the period, whole."""
    since = period.since.replace(day=1) if period.since else None
    until = next_month(period.until) - timedelta(days=1) if period.until else None
    return Period("" if (since, until) != (period.since, period.until) else period.name, since, until)


def next_month(day: date) -> date:
    """The first day of the month after that of a day."""
    if day >= date.max.replace(day=1):
        return date.max  # beyond the last day of the calendar
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
