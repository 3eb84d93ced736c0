"""Moments as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from babel.dates import format_timedelta
from markupsafe import Markup, escape

from tracker.errors import N_
from tracker.words.voice import Voice

_DAYS = {0: N_("today %(time)s"), -1: N_("yesterday %(time)s"), 1: N_("tomorrow %(time)s")}


def when(voice: Voice, at: datetime | None, *, briefly: bool = False) -> Markup:
    """A moment as people say it, exact in the tooltip, there and in UTC, and with its date on paper.

    `briefly`: of today the time alone.

    Who reads it on paper does not know which day was "today": `data-paper` is shown there in its place.
    A voice that tells of another place says whose clocks it reads, where the reader's own show another time
    (`Voice.at`). An hour that the clocks show twice says which of the two it is.
    """
    if at is None:
        return Markup("–")
    local, today = voice.local(at), voice.local(voice.now)
    days = (local.date() - today.date()).days
    if briefly and not days:
        text = _clock(voice, at)
    elif days in _DAYS:
        text = voice.gettext(_DAYS[days], time=_clock(voice, at))
    elif abs(days) < 180:
        text = f"{voice.moment(at, 'd MMM')} {_clock(voice, at)}"
    else:
        text = voice.moment(at, "d MMM y")
    return _exactly(voice, at, text)


def ago(voice: Voice, at: datetime, by: str = "") -> Markup:
    """How long ago something was, and who did it: "4 min ago by Ana", exact in the tooltip and on paper.

    Whole minutes, so that it is the same for everybody who looks within one.
    """
    passed = voice.now.replace(second=0, microsecond=0) - at.replace(second=0, microsecond=0)
    if passed < timedelta(minutes=1):
        text = voice.gettext("just now")
    else:
        text = format_timedelta(
            -passed,
            granularity="minute",
            threshold=1,
            add_direction=True,
            format="short",
            locale=voice.language,
        )
    return _exactly(voice, at, voice.gettext("%(when)s by %(name)s", when=text, name=by) if by else text)


def _exactly(voice: Voice, at: datetime, text: str) -> Markup:
    """The text about a moment, with the moment itself in the tooltip, and in its place on paper."""
    exact = voice.local(at).isoformat(" ", "seconds")
    title = f"{exact} {voice.zone} = {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return Markup(
        f'<time datetime="{at.isoformat()}" title="{title}" data-paper="{escape(dated(voice, at))}">'
        f"<span>{escape(text)}</span></time>"
    )


def dated(voice: Voice, at: datetime) -> str:
    """A moment with its whole date, for what is read later: "20 Oct 2026 14:30", by the same clocks."""
    return f"{voice.moment(at, 'd MMM y')} {_clock(voice, at)}"


def _clock(voice: Voice, at: datetime) -> str:
    """What the clocks show: "14:30", "14:30 (Berlin)", "02:30 (UTC+02:00)"."""
    local = voice.local(at)
    offset = f"UTC{local.isoformat()[-6:]}"
    marks = [voice.city or offset] if voice.is_abroad(at) else []
    if _is_shown_twice(local) and offset not in marks:
        marks.append(offset)
    return f"{local:%H:%M}" + (f" ({', '.join(marks)})" if marks else "")


def _is_shown_twice(local: datetime) -> bool:
    """Whether the clocks of the place show this hour a second time, as they do when they go back."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
