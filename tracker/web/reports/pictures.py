"""How often something came up, as it is shown: the chart over time, the reasons, where and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale, gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from tracker.domain.facts import courses, parts
from tracker.domain.facts.counts import DayCounts
from tracker.domain.facts.courses import Course
from tracker.domain.facts.periods import EVER, Period
from tracker.models import Verdict, WeakPoint
from tracker.reports import health
from tracker.reports.health import Place
from tracker.reports.render import charts
from tracker.stats.rates import percents
from tracker.web import spoken
from tracker.words.courses import Cause


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown of one kind. `course` is None, and all else empty, where it is too early to say.

    `days`: those that causes, places and hours are of, at times whole months; weekdays are those of `asked`.
    """

    kind: str
    title: str
    asked: Period = EVER
    days: Period = EVER
    course: Course | None = None
    chart: str = ""
    cause_title: str = ""
    cause_chart: str = ""
    causes: Sequence[Cause] = ()
    places: Sequence[Place] = ()
    weekdays: Sequence[Place] = ()
    hours: Sequence[Place] = ()

    @property
    def months(self) -> dict[str, date | None]:
        """The days of causes, places and hours for an address; {} if they are those that were asked for."""
        return {} if self.days == self.asked else {"since": self.days.since, "until": self.days.until}

    def days_of(self, part: courses.Period) -> Period:
        """The days of a period of the course that were asked for."""
        assert self.course is not None
        last = courses.last_day(part.start, self.course.unit)
        return Period(
            "", max(part.start, self.asked.since or part.start), min(last, self.asked.until or last)
        )


def picture(
    session: Session, sop_id: str, key: str | None, name: str, kind: str, days: Sequence[DayCounts],
    labels: Mapping[int, str], point: WeakPoint | None, said: Verdict | None = None, period: Period = EVER,
    first: Mapping[int, date] | None = None,
) -> Picture:  # fmt: skip
    """What is shown of one kind of an SOP (`key` is None) or of a step. `name` is what people call it.

    `days`: its counts on the days of the period; `labels`: of the revisions; `point`: what is judged of it;
    `said`: what a revision has done to it; `first`: when each revision was run first.
    """
    began = point.began if point else None
    course = courses.course(days, kind, labels, began, first)
    if course is None:
        return Picture(kind, gettext("Too early for a chart: no month has ten instances yet."))
    title = spoken.course_sentence(course, name, (said, labels.get(said.revision_id, "–")) if said else None)
    apart = parts.parts(session, sop_id, key, period)
    given = health.causes(apart.by.get(kind, {}), kind)
    shares = percents([count for _, count, _ in given])
    causes = [
        Cause(
            reason,
            gettext("all others") if reason is None else reason or gettext("no reason given"),
            count,
            share,
            part if share is not None else None,
        )
        for (reason, count, share), part in zip(given, shares, strict=True)
    ]
    cause_title = spoken.of_causes(causes, kind)
    drawn = [(cause.said, cause.count, cause.share) for cause in causes]
    weekdays = courses.weekdays(days)
    names = get_locale().days["format"]["wide"]
    return Picture(
        kind,
        title,
        period,
        apart.days,
        course,
        _control(course, title),
        cause_title,
        charts.pareto(drawn, cause_title, write=spoken.written) if causes else "",
        causes,
        health.compare(health.places(session, apart.by["location"]), kind),
        health.compare([Place(d, names[d], counts) for d, counts in weekdays.items()], kind),
        health.compare(health.hours(apart.by["hour"]), kind),
    )


def _control(course: Course, title: str) -> Markup:
    points = [
        charts.Point(spoken.period_name(course, p.start), p.share, p.low / max(1, p.n), p.high / max(1, p.n))
        for p in course.periods
    ]
    return charts.control(
        points,
        [(place, gettext("revision %(label)s", label=label)) for place, label in course.flags],
        title,
        gettext(
            "%(count)s of %(n)s since %(day)s",
            count=spoken.amount(course.count),
            n=spoken.amount(course.n),
            day=spoken.day(course.start),
        ),
        (course.usual, gettext("usual: %(share)s", share=spoken.percent(course.usual))),
        gettext("limit of chance"),
        spoken.written,
    )
