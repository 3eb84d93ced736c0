"""Numbers and days as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tracker.domain import numbers
from tracker.stats import rates
from tracker.words.voice import Texts, Voice


def day(voice: Voice, on: date) -> str:
    """A day as people say it."""
    away = abs((voice.local(voice.now).date() - on).days)
    return voice.date(on, "d MMM" if away < 180 else "d MMM y")


def amount(texts: Texts, value: Any) -> str:
    """A recorded value or limit as people write it: 30000.5 as "30 000.5", text as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        grouped = f"{Decimal(numbers.written(value)):,f}".replace(",", "\u202f")
        return grouped.replace(".", texts.decimal_mark)
    return str(value)


def percent(texts: Texts, share: float) -> str:
    """A share as people say it: "7.5%"."""
    return written(texts, rates.percent(share))


def points(texts: Texts, difference: float) -> str:
    """A difference of two shares in percentage points."""
    return written(texts, rates.points(difference))


def written(texts: Texts, figure: str) -> str:
    """A figure of the statistics, such as "<0.1%", as the language writes it."""
    return figure.replace(".", texts.decimal_mark).replace("%", texts.percent_sign)
