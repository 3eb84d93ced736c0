"""Moments as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

from markupsafe import Markup, escape

from tracker.errors import N_
from tracker.words.voice import Voice

_DAYS = {0: N_("today %(time)s"), -1: N_("yesterday %(time)s"), 1: N_("tomorrow %(time)s")}


def when(voice: Voice, at: datetime | None) -> Markup:
    """A moment as people say it, exact in the tooltip, there and in UTC."""
    if at is None:
        return Markup("–")
    local, today = voice.local(at), voice.local(voice.now)
    days = (local.date() - today.date()).days
    if days in _DAYS:
        text = voice.gettext(_DAYS[days], time=f"{local:%H:%M}")
    else:
        text = voice.moment(at, "d MMM HH:mm" if abs(days) < 180 else "d MMM y")
    exact, everywhere = local.isoformat(" ", "seconds"), f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    title = f"{exact} {voice.zone} = {everywhere}"
    return Markup(f'<time datetime="{at.isoformat()}" title="{title}">{escape(text)}</time>')
