"""Values from forms and addresses, read strictly."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import request

from tracker.errors import N_, InvalidError


def number(name: str) -> int | None:
    """A whole number from the form, or None where nothing is given. Raises InvalidError."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidError(N_("“%(text)s” is no whole number."), text=text[:40])
    return int(text)


def row_id(text: str) -> int | None:
    """The number of a row as an address or a form names it; None for what can't be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def unique(name: str) -> UUID | None:
    """An id from the form, or None where nothing is given. Raises InvalidError."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise InvalidError(
            N_("“%(text)s” is no id. Reload the page and try again."), text=text[:40]
        ) from None


def moment(name: str) -> datetime | None:
    """A device's time from the form, with its zone. Raises InvalidError."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        if not 1 < at.year < 9999:  # outside of the calendar once it is moved to UTC
            raise ValueError(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidError(
            N_("“%(text)s” is no time. Write one like 2026-03-31T14:05:00Z."), text=text[:40]
        ) from None
