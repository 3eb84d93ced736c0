"""How long it takes until what went wrong is put right for good, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import NamedTuple

ENOUGH_CLOSED = 10
WITHIN = timedelta(days=30)


class Span(NamedTuple):
    days: float
    """From the deviation to the verified fix, or to today"""
    closed: bool
    """whether that fix is there; what is open is censored."""


class Point(NamedTuple):
    days: float
    still_open: float
    """The share that is not yet put right after so many days."""


class Case(NamedTuple):
    step: str
    reason: str
    at: datetime


def kaplan_meier(spans: Sequence[Span]) -> list[Point]:
    """The share still open over time: the product of 1 - closed / at risk at each closing (Kaplan and Meier
    1958).

    >>> spans = [Span(2, True), Span(3, True), Span(3, False), Span(5, True)]
    >>> [(days, round(share, 3)) for days, share in kaplan_meier(spans)]
    [(2, 0.75), (3, 0.5), (5, 0.0)]

    Raises ValueError for a span below nothing.
    """
    if any(span.days < 0 or not isfinite(span.days) for span in spans):
        raise ValueError("a span can't be shorter than nothing")
    curve, share = [], 1.0
    for days in sorted({span.days for span in spans if span.closed}):
        at_risk = sum(span.days >= days for span in spans)
        share *= 1 - sum(span.closed and span.days == days for span in spans) / at_risk
        curve.append(Point(days, share))
    return curve


def median(spans: Sequence[Span]) -> float | None:
    """The days after which half are put right, or None with fewer than 10 closed, and where half are still
    open.

    >>> median([Span(day, True) for day in range(1, 12)])
    6
    >>> median([Span(1, True)] * 9 + [Span(40, False)] * 3) is None
    True
    """
    if sum(span.closed for span in spans) < ENOUGH_CLOSED:
        return None
    return next((days for days, share in kaplan_meier(spans) if share <= 0.5), None)


def recurrences(resolved: Iterable[Case], failures: Iterable[Case]) -> list[Case]:
    """The resolutions that did not hold: the same step failed for the same reason within 30 days after.

    >>> june = datetime(2026, 6, 1)
    >>> fixed = [Case("weigh", "scale off", june), Case("scan", "torn label", june)]
    >>> again = [Case("weigh", "scale off", june + timedelta(days=29)), Case("scan", "no light", june)]
    >>> [case.step for case in recurrences(fixed, again)]
    ['weigh']
    """
    failed: dict[tuple[str, str], list[datetime]] = {}
    for step, reason, at in failures:
        failed.setdefault((step, reason), []).append(at)
    return [
        case
        for case in resolved
        if any(case.at < at <= case.at + WITHIN for at in failed.get((case.step, case.reason), []))
    ]
