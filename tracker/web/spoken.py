"""Words in the language and zone of whoever reads the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from markupsafe import Markup

from tracker.domain.runs.whereabouts import Whereabouts
from tracker.models import Event, Location
from tracker.web.reader import texts, voice, zone_of
from tracker.words import (
    closed,
    courses,
    errors,
    events,
    figures,
    moments,
    outcomes,
    people,
    periods,
    signals,
    subjects,
)
from tracker.words import whereabouts as words_whereabouts
from tracker.words.voice import Texts, Voice

P = ParamSpec("P")
R = TypeVar("R")


def _in_language(say: Callable[Concatenate[Texts, P], R]) -> Callable[P, R]:
    @wraps(say)
    def said(*given: P.args, **more: P.kwargs) -> R:
        return say(texts(), *given, **more)

    return said


def _in_zone(say: Callable[Concatenate[Voice, P], R]) -> Callable[P, R]:
    @wraps(say)
    def said(*given: P.args, **more: P.kwargs) -> R:
        return say(voice(), *given, **more)

    return said


def text(text: str, /, **details: Any) -> Markup:
    """A text of a template; `details` are escaped, the text itself is ours."""
    return texts().markup(text, **details)


def plural(one: str, many: str, num: int, /, **details: Any) -> Markup:
    """The same for a text that depends on a number."""
    return texts().plural(one, many, num, **details)


def say(text: str, /, **details: Any) -> str:
    """The same, for words that are put together before they are escaped."""
    return texts().gettext(text, **details)


def when_at(at: datetime | None, place: Location | None) -> Markup:
    """A moment by the clocks of the place that it is about; None is that of no location."""
    return moments.when(voice().at(zone_of(place)), at)


def briefly_at(at: datetime | None, place: Location | None) -> Markup:
    """The same where there is little room: of today the time alone."""
    return moments.when(voice().at(zone_of(place)), at, briefly=True)


def whereabouts(now_is: Whereabouts) -> Markup:
    """What has become of a run, by the clocks where it is done."""
    return words_whereabouts.sentence(voice().at(zone_of(now_is.run.location)), now_is)


def ago_at(at: datetime, place: Location | None, by: str = "") -> Markup:
    """How long ago something was at a place, and who did it."""
    return moments.ago(voice().at(zone_of(place)), at, by)


def event_sentence(event: Event, names: dict[int, str], texts: dict[str, str], place: Location | None) -> str:
    """What an event of a run says, by the clocks of the run's location."""
    return events.sentence(voice().at(zone_of(place)), event, names, texts)


browser_name = _in_language(people.browser_name)
amount = _in_language(figures.amount)
error_text = _in_language(errors.error_text)
level_name = _in_language(people.level_name)
level_said = _in_language(people.level_description)
load_near = _in_language(signals.near)
outcome_name = _in_language(outcomes.outcome_name)
percent = _in_language(figures.percent)
kind_first = _in_language(subjects.kind_first)
kind_name = _in_language(subjects.kind_name)
subject_name = _in_language(subjects.subject_name)
points = _in_language(figures.points)
way_name = _in_language(people.way_name)
why_signed_out = _in_language(people.why_signed_out)
written = _in_language(figures.written)

closed_title = _in_zone(closed.title)
course_sentence = _in_zone(courses.sentence)
day = _in_zone(figures.day)
hastily = _in_zone(signals.hastily)
load_title = _in_zone(signals.title)
load_unit = _in_zone(signals.unit)
of_causes = _in_zone(courses.of_causes)
period_choice = _in_zone(periods.choice)
period_days = _in_zone(periods.days)
period_name = _in_zone(courses.period_name)
period_said = _in_zone(periods.name)
when = _in_zone(moments.when)
why_flagged = _in_zone(signals.why)
