"""The period that the reader has chosen: it stands in the address of a report and in its links to others."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask, g, request

from tracker.db import db
from tracker.domain.facts import counts, periods
from tracker.domain.facts.periods import Period
from tracker.errors import N_, InvalidError
from tracker.web.paging import elsewhere
from tracker.web.reader import now

NAMES = ("period", "first", "last")
"""What the address says of it: one of `periods.NAMES`, or the first and the last day."""


REPORTS = (
    *("overview", "weak_points", "health", "closed", "load", "key_people", "spot_checks"),
    *("revisions", "documents"),
)
"""The blueprints whose pages a reader goes through with one period in mind."""


def register(app: Flask) -> None:
    """Let every link from a report to another keep the period of the page that it stands on."""
    app.url_defaults(_carry)


def _carry(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint.partition(".")[0] in REPORTS and request:
        for part in NAMES:
            if given := request.args.get(part):
                values.setdefault(part, given)


def chosen(usual: str = periods.USUAL) -> Period:
    """The period that the address names, or the usual one. Raises InvalidError."""
    if "period" not in g:
        g.period = _chosen(usual)
    period: Period = g.period
    return period


def _chosen(usual: str) -> Period:
    first, last = day("first"), day("last")
    if first or last:
        if first and last and first > last:
            raise InvalidError(N_("The first day lies after the last one. Change one of them."))
        return Period("", first, last)
    name = request.args.get("period", "") or usual
    if name not in periods.NAMES:
        names = ", ".join(periods.NAMES)
        raise InvalidError(N_("“%(text)s” is none of: %(words)s."), text=name[:40], words=names)
    return periods.named(name, counts.last_day(db.session(), now()))


def day(name: str) -> date | None:
    """A day of the address, or None where nothing is given. Raises InvalidError."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
        if not periods.EARLIEST <= found <= periods.LATEST:
            raise ValueError(text)
    except ValueError:
        raise InvalidError(N_("“%(text)s” is no day. Write one like 2026-03-31."), text=text[:40]) from None
    return found


def choices() -> list[tuple[str, str]]:
    """Each period that can be chosen by its name, and the address of this page with it."""
    rest = {"first": None, "last": None, "since": None, "until": None, "page": None}
    return [(name, elsewhere(period=name, **rest)) for name in periods.NAMES]
