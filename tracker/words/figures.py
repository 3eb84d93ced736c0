"""Numbers and days as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask_babel import format_date


def day(on: date) -> str:
    """A day as people say it."""
    return str(format_date(on, "d MMM" if abs((datetime.now(UTC).date() - on).days) < 180 else "d MMM y"))


def amount(value: Any) -> str:
    """A recorded value or limit as people write it: 30000.0 as "30 000", text as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.10g}".replace(",", "\u202f")
    return str(value)
