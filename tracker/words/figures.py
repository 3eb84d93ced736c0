"""Numbers and days as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tracker.domain import numbers
from tracker.words.voice import Voice


def day(voice: Voice, on: date) -> str:
    """A day as people say it."""
    away = abs((voice.local(voice.now).date() - on).days)
    return voice.date(on, "d MMM" if away < 180 else "d MMM y")


def amount(value: Any) -> str:
    """A recorded value or limit as people write it: 30000.0 as "30 000", text as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{Decimal(numbers.written(value)):,f}".replace(",", "\u202f")
    return str(value)
