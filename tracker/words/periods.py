"""What people call the days that figures are of."""

from __future__ import annotations

from datetime import date

from tracker.domain.facts import periods
from tracker.domain.facts.periods import Period
from tracker.words.figures import day
from tracker.words.voice import Voice


def name(voice: Voice, period: Period) -> str:
    """As the end of a sentence says it: "in the last 90 days", "from 1 Aug to 29 Oct", "of all time"."""
    if period.name == periods.ALL or (period.since is None and period.until is None):
        return voice.gettext("since the first run")
    if period.name == periods.YEAR:
        return voice.gettext("in the last 12 months")
    if period.name:
        return voice.gettext("in the last %(n)s days", n=periods.LAST[period.name])
    if period.since is None:
        return voice.gettext("up to %(day)s", day=day(voice, period.until or date.max))
    if period.until is None:
        return voice.gettext("since %(day)s", day=day(voice, period.since))
    if period.since == period.until:
        return voice.gettext("on %(day)s", day=day(voice, period.since))
    return voice.gettext(
        "from %(first)s to %(last)s", first=day(voice, period.since), last=day(voice, period.until)
    )


def days(voice: Voice, period: Period) -> str:
    """The same as its days: "1 Aug – 29 Oct"; with no last day it ends today."""
    if period.since is None and period.until is None:
        return voice.gettext("all time")
    last = period.until or voice.local(voice.now).date()
    if period.since is None:
        return voice.gettext("up to %(day)s", day=day(voice, last))
    if period.since >= last:
        return day(voice, period.since)
    return f"{day(voice, period.since)} – {day(voice, last)}"


def choice(voice: Voice, name: str) -> str:
    """What one of the periods is called where it can be chosen."""
    if name == periods.ALL:
        return voice.gettext("all time")
    if name == periods.YEAR:
        return voice.gettext("12 months")
    return voice.gettext("%(n)s days", n=periods.LAST[name])
