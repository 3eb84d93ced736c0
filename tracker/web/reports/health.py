"""Owners: one SOP step by step, and one of its steps."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from tracker.db import db
from tracker.domain.access.owners import owner_of
from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts import courses
from tracker.domain.facts.counts import WEAK, DayCounts
from tracker.domain.facts.periods import EVER, USUAL, Period, named
from tracker.domain.library import revisions as library_revisions
from tracker.domain.weakpoints import refresh, tried
from tracker.errors import N_, InvalidError, NotFoundError
from tracker.models import Sop
from tracker.reports import data, health
from tracker.reports import steps as step_reports
from tracker.reports.health import Place
from tracker.reports.render import csv as as_csv
from tracker.web import spoken
from tracker.web.actions import needs
from tracker.web.answers import download
from tracker.web.library.loading import load
from tracker.web.reader import now
from tracker.web.reports import periods, pictures

bp = Blueprint("health", __name__)


@bp.get("/sops/<sop_id>", endpoint="health")
@needs("report.see")
def sop_health(sop_id: str) -> Any:
    """One SOP, step by step, over all revisions or over one; how it went, why, where and when."""
    with facts_counts.one_tail(db.session()):
        return _sop_health(sop_id)


def _sop_health(sop_id: str) -> Any:
    session = db.session()
    sop, revision = load(sop_id, "report.see")
    judged, period = refresh.for_sop(session, sop.id), periods.chosen()
    trials = tried.of_sop(session, judged)
    rows = health.steps(session, sop, revision.id if revision else None, judged, trials, period)
    revisions = library_revisions.with_runs(session, sop)
    labels = health.labels(revisions)
    every_day = facts_counts.sop_by_day(session, sop.id)
    days = [day for day in every_day if day.day in period]
    judged_on = named(USUAL, facts_counts.last_day(session, now()))
    first = courses.first_runs(every_day)
    verdicts = health.verdicts(session, sop.id)
    key, kind = _chosen(rows, judged, days)
    step = next((row.step for row in rows if row.step.key == key), None)
    of_step = _days(sop.id, key, period) if key else days
    return render_template(
        "reports/health.html",
        sop=sop,
        owner=owner_of(session, sop),
        revision=revision,
        revisions=revisions,
        labels=labels,
        rows=rows,
        runs=_runs(sop, revision.id if revision else None, EVER),
        recent=_runs(sop, revision.id if revision else None, judged_on),
        closed=_runs(sop, revision.id if revision else None, period),
        period=period,
        judged=bool(judged),
        as_of=facts_counts.as_of(session),
        now=now(),
        key=key,
        picture=pictures.picture(
            session,
            sop.id,
            key,
            step.text if step else sop.title,
            kind,
            of_step,
            labels,
            judged.get((key or "", kind)),
            health.last_word(revisions, verdicts, key, kind),
            period,
            first,
        ),
        by_revision={id: Place(id, "", counts) for id, counts in courses.by_revision(days).items()},
        first=first,
        helped=health.last_verdicts(revisions, verdicts),
        texts={row.step.key: row.step.text for row in rows},
        verdicts=verdicts,
        period_name=spoken.period_name,
    )


def _days(sop_id: str, key: str, period: Period) -> list[DayCounts]:
    """The counts of a step day by day."""
    session = db.session()
    return facts_counts.by_day(session, sop_id=sop_id, step_key=key, since=period.since, until=period.until)


def _runs(sop: Sop, revision_id: int | None, period: Period) -> int:
    session = db.session()
    if revision_id:
        return facts_counts.runs_under(session, sop.id, revision_id, period)
    return facts_counts.runs_closed(session, period.since, sop.id, period.until).get(sop.id, 0)


def _chosen(
    rows: list[health.Health], judged: health.Points, days: list[DayCounts]
) -> tuple[str | None, str]:
    """The step and the kind that are drawn: as asked for, or what is weakest, or the whole SOP (None)."""
    if "step" not in request.args:
        weakest = health.weakest(judged)
        if weakest and any(row.step.key == weakest.step_key for row in rows):
            return weakest.step_key, _kind() or weakest.kind
        return None, _kind() or courses.most_lost(courses.total(days))
    key = request.args["step"] or None
    if key is None:
        return None, _kind() or courses.most_lost(courses.total(days))
    row = next((row for row in rows if row.step.key == key), None)
    if row is None:
        raise NotFoundError(N_("No revision has a step “%(key)s”."), key=key[:80])
    return key, _kind() or (row.weak[0].kind if row.weak else courses.most_lost(row.step.counts))


def _kind() -> str:
    """The kind that the address names, or "". Raises InvalidError."""
    kind = request.args.get("kind", "")
    if kind and kind not in WEAK:
        raise InvalidError(N_("“%(kind)s” is none of skipped, failed and omitted."), kind=kind[:40])
    return kind


@bp.get("/sops/<sop_id>/health.csv")
@needs("report.export")
def health_csv(sop_id: str) -> Any:
    """The steps with their counts as CSV."""
    sop, revision = load(sop_id, "report.export")
    rows = data.sop_health(db.session(), sop, revision.id if revision else None, periods.chosen())
    label = f"-revision-{revision.label}" if revision else ""
    return download(as_csv.sop_health(rows), f"{sop.id}{label}.csv")


@bp.get("/sops/<sop_id>/steps/<key:key>")
@needs("report.see")
def step(sop_id: str, key: str) -> Any:
    """One step: how it went, and through all revisions."""
    session, period = db.session(), periods.chosen()
    sop, _ = load(sop_id, "report.see")
    every_day = facts_counts.by_day(session, sop_id=sop.id, step_key=key)
    days = [day for day in every_day if day.day in period]
    first = courses.first_runs(every_day)
    entries = step_reports.through_revisions(session, sop, key, days)
    if not entries:
        raise NotFoundError(N_("No revision of “%(title)s” has a step “%(key)s”."), title=sop.title, key=key)
    judged = refresh.for_sop(session, sop.id)
    latest = next(entry.row for entry in entries if entry.row)
    counts = courses.total(days)
    ever = data.counted(latest, courses.total(every_day))
    trials, times = tried.of_sop(session, judged), health.times_of(session, sop.id, key)
    shown = health.health(ever, times, judged, trials)
    kind = _kind() or (shown.weak[0].kind if shown.weak else courses.most_lost(counts))
    verdicts = health.verdicts(session, sop.id, key)
    revisions = [entry.revision for entry in entries]
    labels = health.labels(revisions)
    return render_template(
        "reports/step.html",
        sop=sop,
        key=key,
        entries=entries,
        shown=shown,
        part=data.counted(latest, counts),
        labels=labels,
        period=period,
        as_of=facts_counts.as_of(session),
        now=now(),
        picture=pictures.picture(
            session,
            sop.id,
            key,
            latest.text,
            kind,
            days,
            labels,
            judged.get((key, kind)),
            health.last_word(revisions, verdicts, key, kind),
            period,
            first,
        ),
        judged=judged.get((key, kind)),
        verdicts=verdicts,
        said=health.last_verdicts(revisions, verdicts).get(key),
        first=first,
        period_name=spoken.period_name,
    )
