"""How often something came up, as it is shown: the chart over time, the reasons, where and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import get_locale, gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from tracker.domain.facts import courses
from tracker.domain.facts.counts import DayCounts
from tracker.domain.facts.courses import Course
from tracker.models import Verdict, WeakPoint
from tracker.reports import health
from tracker.reports.health import Place
from tracker.reports.render import charts
from tracker.stats.rates import percent, percents
from tracker.web import spoken
from tracker.words.courses import Cause
from tracker.words.figures import amount


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown of one kind. `course` is None, and all else empty, where it is too early to say."""

    kind: str
    title: str
    course: Course | None = None
    chart: str = ""
    cause_title: str = ""
    cause_chart: str = ""
    causes: Sequence[Cause] = ()
    places: Sequence[Place] = ()
    weekdays: Sequence[Place] = ()
    hours: Sequence[Place] = ()


def picture(
    session: Session, sop_id: str, key: str | None, name: str, kind: str, days: Sequence[DayCounts],
    labels: Mapping[int, str], point: WeakPoint | None, said: Verdict | None = None,
) -> Picture:  # fmt: skip
    """What is shown of one kind of an SOP (`key` is None) or of a step. `name` is what people call it.

    `days`: its counts day by day; `labels`: of the revisions; `point`: what is judged of it;
    `said`: what a revision has done to it.
    """
    began = point.began if point else None
    course = courses.course(days, kind, labels, began)
    if course is None:
        return Picture(kind, gettext("Too early for a chart: no month has ten instances yet."))
    title = spoken.course_sentence(course, name, (said, labels.get(said.revision_id, "–")) if said else None)
    given = health.causes(session, sop_id, key, kind, course.start)
    parts = percents([count for _, count, _ in given])
    causes = [
        Cause(
            reason,
            gettext("all others") if reason is None else reason or gettext("no reason given"),
            count,
            share,
            part if share is not None else None,
        )
        for (reason, count, share), part in zip(given, parts, strict=True)
    ]
    cause_title = spoken.of_causes(causes, kind)
    drawn = [(cause.said, cause.count, cause.share) for cause in causes]
    weekdays = courses.weekdays(days, course.start)
    hours = health.hours(session, sop_id, key, course.start)
    names = get_locale().days["format"]["wide"]
    return Picture(
        kind,
        title,
        course,
        _control(course, title),
        cause_title,
        charts.pareto(drawn, cause_title) if causes else "",
        causes,
        health.compare(health.places(session, sop_id, key, course.start), kind),
        health.compare([Place(d, names[d], counts) for d, counts in weekdays.items()], kind),
        health.compare([Place(h.id, f"{h.id:02d}:00", h.counts) for h in hours], kind),
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
            count=amount(course.count),
            n=amount(course.n),
            day=spoken.day(course.start),
        ),
        (course.usual, gettext("usual: %(share)s", share=percent(course.usual))),
        gettext("limit of chance"),
    )
