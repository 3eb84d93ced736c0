"""What a chart over time says, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.domain.facts.courses import Course, Turn
from tracker.models import Verdict
from tracker.stats.rates import Part
from tracker.words.figures import amount, day, percent, written
from tracker.words.outcomes import outcome_name
from tracker.words.voice import Texts, Voice


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason with how often it was given. `reason` is None for all that are not shown, `part` where
    there are too few to say."""

    reason: str | None
    said: str
    count: int
    share: float | None
    part: Part | None = None


def sentence(voice: Voice, course: Course, name: str, helped: tuple[Verdict, str] | None = None) -> str:
    """The finding of a course: since when it is so, what a revision did, or what is unusual in it."""
    details: dict[str, Any] = {
        "name": _called(voice, name),
        "kind": outcome_name(voice, course.kind),
        "n": amount(voice, course.n),
        "count": amount(voice, course.count),
    }
    if course.turn:
        return _since_turn(voice, course.turn, details)
    if helped:
        return _since_revision(voice, *helped, details)
    above = [period for period in course.periods if period.outside > 0]
    if above:
        details |= {
            "above": str(len(above)),
            "all": str(len(course.periods)),
            "last": period_name(voice, course, above[-1].start),
        }
        return _above(voice, course.unit, details)
    if not course.count:
        return voice.gettext("%(name)s: never %(kind)s in %(n)s instances", **details)
    share = percent(voice, course.count / course.n)
    return voice.gettext(
        "%(name)s: %(kind)s about as often as usual all the time, %(count)s of %(n)s (%(share)s)",
        share=share,
        **details,
    )


def _since_turn(voice: Voice, turn: Turn, details: Mapping[str, Any]) -> str:
    """Since when it came up more or less often than before."""
    turned, before, since = turn
    words = {
        **details,
        "day": day(voice, turned),
        "before": percent(voice, before[0] / before[1]),
        "since": percent(voice, since[0] / since[1]),
    }
    if before[0] * since[1] < since[0] * before[1]:
        return voice.gettext(
            "%(name)s: %(kind)s more often since around %(day)s, %(before)s before, %(since)s since", **words
        )
    return voice.gettext(
        "%(name)s: %(kind)s less often since around %(day)s, %(before)s before, %(since)s since", **words
    )


def _above(voice: Voice, unit: str, details: Mapping[str, Any]) -> str:
    """In how many periods it came up more than usual. `unit`: "day", "week" or "month"."""
    return {
        "day": voice.gettext(
            "%(name)s: %(kind)s more than usual on %(above)s of %(all)s days, last on %(last)s", **details
        ),
        "week": voice.gettext(
            "%(name)s: %(kind)s more than usual in %(above)s of %(all)s weeks, last in that of %(last)s",
            **details,
        ),
        "month": voice.gettext(
            "%(name)s: %(kind)s more than usual in %(above)s of %(all)s months, last in %(last)s", **details
        ),
    }[unit]


def _called(texts: Texts, name: str) -> str:
    """A step's text before a colon; one that asks something keeps its mark."""
    name = name.rstrip(" .")
    return texts.gettext("“%(name)s”", name=name) if name.endswith(("?", "!")) else name


def _since_revision(voice: Voice, verdict: Verdict, label: str, details: Mapping[str, Any]) -> str:
    words = {
        "name": details["name"],
        "kind": details["kind"],
        "label": label,
        "x1": amount(voice, verdict.before_count),
        "n1": amount(voice, verdict.before_n),
        "x2": amount(voice, verdict.after_count),
        "n2": amount(voice, verdict.after_n),
    }
    if verdict.word == "better":
        return voice.gettext(
            "%(name)s: %(kind)s less often since revision %(label)s, %(x1)s of %(n1)s before, "
            "%(x2)s of %(n2)s after",
            **words,
        )
    return voice.gettext(
        "%(name)s: %(kind)s more often since revision %(label)s, %(x1)s of %(n1)s before, "
        "%(x2)s of %(n2)s after",
        **words,
    )


def of_causes(voice: Voice, causes: Sequence[Cause], kind: str) -> str:
    total = sum(cause.count for cause in causes)
    if not causes:
        return ""
    if causes[0].share is None:
        return voice.ngettext(
            "%(kind)s %(num)d time: too early for shares",
            "%(kind)s %(num)d times: too early for shares",
            total,
            kind=outcome_name(voice, kind),
        )
    few = next(place for place, cause in enumerate(causes, 1) if (cause.share or 0) >= 0.8)
    part = causes[few - 1].part
    share = written(voice, part.so_far) if part else ""
    if kind == "skipped":
        return voice.ngettext(
            "%(num)d reason makes up %(share)s of the skips",
            "%(num)d reasons make up %(share)s of the skips",
            few,
            share=share,
        )
    return voice.ngettext(
        "%(num)d reason makes up %(share)s of the failures",
        "%(num)d reasons make up %(share)s of the failures",
        few,
        share=share,
    )


def period_name(voice: Voice, course: Course, start: date) -> str:
    """What people call a period of a course."""
    return voice.date(start, "MMM y") if course.unit == "month" else day(voice, start)
