"""Owners: the closed runs behind a figure, or what became of their steps, one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from tracker.db import db
from tracker.domain import access
from tracker.domain.facts import closed as facts_closed
from tracker.domain.facts.closed import Which
from tracker.domain.facts.counts import WEAK
from tracker.domain.facts.periods import Period
from tracker.domain.people import directory
from tracker.domain.runs.answers import answers
from tracker.domain.signals import ceiling
from tracker.errors import N_, InvalidError, NotFoundError
from tracker.models import Location, Person, Revision, Sop, Step
from tracker.sop.numbering import numbers
from tracker.web import spoken
from tracker.web.actions import needs
from tracker.web.forms import row_id
from tracker.web.library.loading import load
from tracker.web.paging import Page
from tracker.web.reader import actor
from tracker.web.reports import periods
from tracker.web.reports.formats import formats, usual
from tracker.words.closed import Names

bp = Blueprint("closed", __name__)

SHOWN = 50
"""Rows on one page of the list."""

MOST_REVISIONS = 100


@bp.get("/closed-runs")
@needs("report.see")
def closed() -> Any:
    """The closed runs that the address asks for, or the steps of them, and how many they are."""
    session, page = db.session(), Page.from_address(SHOWN)
    sop = load(request.args["sop"], "report.see")[0] if request.args.get("sop") else None
    which = asked()
    theirs = access.sops_for(actor(), "report.see")
    found = facts_closed.closed(session, theirs, which, most=page.size, after=page.after)
    text, names = _names(session, sop, which, found.total)
    return render_template(
        "reports/closed.html",
        found=found,
        answers=answers(session, {(row.run.id, row.outcome.step_key) for row in found.rows if row.outcome}),
        which=which,
        sop=sop,
        text=text,
        names=names,
        title=spoken.closed_title(which, names),
        page=page,
        places=[(place.id, place.name) for place in directory.locations(session)],
        weekdays=get_locale().days["format"]["wide"],
        what=facts_closed.WHAT,
        formats=formats(),
        usual=usual(),
    )


def _which() -> Which:
    """What the address asks for. Raises InvalidError."""
    given = request.args
    reason = given.get("reason") or None
    return Which(
        days=_days(),
        sop=given.get("sop", ""),
        area="" if given.get("without") == "area" else given.get("area") or None,
        step=given.get("step", ""),
        what=_one_of("what", facts_closed.WHAT),
        reason="" if given.get("without") == "reason" else reason,
        revisions=_revisions(),
        place=_number("place", 999_999_999),
        weekday=_number("weekday", 6),
        hour=_number("hour", 23),
        who=_number("who", 999_999_999),
        had=_one_of("had", WEAK),
        late=_one_of("late", ("yes",)) == "yes",
    )


def _on_days_of_a_load(which: Which) -> Which:
    """The same on the days of a band of the page about the load, or on all of them. Raises NotFoundError."""
    band = request.args.get("band", "")
    if not band:
        return which
    of, session = request.args.get("of", ""), db.session()
    scope = next((one for one in ceiling.scopes(session, actor()) if (one.name or "all") == of), None)
    kept = ceiling.of_scope(session, scope) if scope else None
    bands = [one.dates for one in kept.bands] if kept else []
    number = row_id(band) or 0
    dates = kept.dates if kept and band == "all" else bands[number - 1] if 0 < number <= len(bands) else ()
    if not dates:
        raise NotFoundError(N_("The load of these days was counted anew. Go back and press the link again."))
    return replace(which, on=frozenset(dates), days=Period("", min(dates), max(dates)))


def _days() -> Period:
    """The days of the figure that has led here, or the period that the reader has chosen."""
    since, until = periods.day("since"), periods.day("until")
    if since and until and since > until:
        raise InvalidError(N_("The first day lies after the last one. Change one of them."))
    return Period("", since, until) if since or until else periods.chosen()


def _one_of(name: str, words: tuple[str, ...]) -> str:
    """The word that the address gives, or "". Raises InvalidError."""
    word = request.args.get(name, "")
    if word and word not in words:
        raise InvalidError(N_("“%(text)s” is none of: %(words)s."), text=word[:40], words=", ".join(words))
    return word


def _number(name: str, most: int) -> int | None:
    """A number that the address gives, or None. Raises InvalidError."""
    text = request.args.get(name, "")
    number = row_id(text)
    if text and (number is None or number > most):
        raise InvalidError(
            N_("“%(text)s” is none of the choices there are. Choose from the list."), text=text[:40]
        )
    return number


def _revisions() -> tuple[int, ...]:
    """The revisions that the address names, with commas between. Raises InvalidError."""
    texts = [text for text in request.args.get("revisions", "").split(",") if text]
    ids = [row_id(text) for text in texts[:MOST_REVISIONS]]
    if None in ids or len(texts) > MOST_REVISIONS:
        raise InvalidError(N_("This address is not whole. Go back and press the link again."))
    return tuple(id for id in ids if id)


def _names(session: Session, sop: Sop | None, which: Which, total: int) -> tuple[str, Names]:
    """The text of the step that is asked for, and what all is called. `total`: the rows that were found.

    Raises NotFoundError.
    """
    number, text = _step(session, sop, which.step) if which.step else ("", "")
    place = session.get(Location, which.place) if which.place else None
    who = _person(session, which.who, total) if which.who else None
    if (which.place and place is None) or (which.who and who is None):
        raise NotFoundError(N_("There is no such place or person. Choose from the list."))
    query = select(Revision).where(Revision.id.in_(which.revisions)).order_by(Revision.number, Revision.id)
    revisions = session.scalars(query.where(Revision.sop_id == which.sop)).all() if which.revisions else ()
    if len(revisions) < len(set(which.revisions)):
        raise NotFoundError(N_("This SOP has no such revision. Go back and press the link again."))
    return text, Names(
        step=number or text,
        sop=sop.title if sop else "",
        place=place.name if place else "",
        who=who.name if who else "",
        revisions=[revision.label for revision in revisions],
    )


def _person(session: Session, id: int, total: int) -> Person | None:
    """The person who is asked for, if the reader sees their runs here, or sees them among people anyway."""
    seen = true() if total else access.people_led(actor())
    return session.scalar(select(Person).where(Person.id == id, seen))


def _step(session: Session, sop: Sop | None, key: str) -> tuple[str, str]:
    """What people call a step, "" where the revision in force lacks it, and what it says or said last."""
    if sop is not None:
        query = select(Step).where(Step.revision_id == sop.in_force_id).order_by(Step.position)
        steps = session.scalars(query).all()
        for step in steps:
            if step.key == key:
                return numbers(steps)[key], step.text
        earlier = select(Step.text).join(Revision, Revision.id == Step.revision_id)
        earlier = earlier.where(Revision.sop_id == sop.id, Step.key == key).order_by(Revision.id.desc())
        text = session.scalar(earlier.limit(1))
        if text is not None:
            return "", text
    raise NotFoundError(N_("No revision has a step “%(key)s”."), key=key[:80])


def asked() -> Which:
    """Which closed runs the address asks for, for whatever else is made of the same list."""
    return _on_days_of_a_load(_which())
