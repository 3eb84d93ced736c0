"""Moments as people say them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import format_datetime
from markupsafe import Markup, escape

from tracker.errors import N_
from tracker.web import reader
from tracker.words import texts

_DAYS = {0: N_("today %(time)s"), -1: N_("yesterday %(time)s"), 1: N_("tomorrow %(time)s")}


def when(at: datetime | None) -> Markup:
    """A moment as people say it, exact in the tooltip, there and in UTC."""
    if at is None:
        return Markup("–")
    here = ZoneInfo(reader.zone() or current_app.config["HOLDFAST"].zone)
    local, today = at.astimezone(here), datetime.now(here)
    days = (local.date() - today.date()).days
    if days in _DAYS:
        text = texts.say(_DAYS[days], time=f"{local:%H:%M}")
    else:
        text = format_datetime(at, "d MMM HH:mm" if abs(days) < 180 else "d MMM y")
    exact, everywhere = local.isoformat(" ", "seconds"), f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    title = f"{exact} {here.key} = {everywhere}"
    return Markup(f'<time datetime="{at.isoformat()}" title="{title}">{escape(text)}</time>')
