"""Owners: one SOP step by step, and one step with every run in which it was lost."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request

from tracker.db import db
from tracker.domain.access.owners import owner_of
from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts import courses
from tracker.domain.facts.counts import WEAK, DayCounts
from tracker.domain.library import revisions as library_revisions
from tracker.domain.weakpoints import refresh, tried
from tracker.errors import N_, InvalidError, NotFoundError
from tracker.models import Location, Sop
from tracker.reports import data, health
from tracker.reports import steps as step_reports
from tracker.reports.health import Lost, Place
from tracker.reports.render import csv as as_csv
from tracker.web import spoken
from tracker.web.actions import needs
from tracker.web.answers import download
from tracker.web.forms import row_id
from tracker.web.library.loading import load
from tracker.web.paging import elsewhere
from tracker.web.reader import now, zone
from tracker.web.reports import pictures

bp = Blueprint("health", __name__)

PAGE = 25


@bp.get("/sops/<sop_id>", endpoint="health")
@needs("report.see")
def sop_health(sop_id: str) -> Any:
    """One SOP, step by step, over all revisions or over one; how it went, why, where and when."""
    with facts_counts.one_tail(db.session()):
        return _sop_health(sop_id)


def _sop_health(sop_id: str) -> Any:
    session = db.session()
    sop, revision = load(sop_id, "report.see")
    judged = refresh.for_sop(session, sop.id)
    trials = tried.of_sop(session, judged)
    rows = health.steps(session, sop, revision.id if revision else None, judged, trials)
    revisions = library_revisions.with_runs(session, sop)
    labels = health.labels(revisions)
    days = facts_counts.sop_by_day(session, sop.id)
    verdicts = health.verdicts(session, sop.id)
    key, kind = _chosen(rows, judged, days)
    step = next((row.step for row in rows if row.step.key == key), None)
    of_step = facts_counts.by_day(session, sop_id=sop.id, step_key=key) if key else days
    return render_template(
        "reports/health.html",
        sop=sop,
        owner=owner_of(session, sop),
        revision=revision,
        revisions=revisions,
        labels=labels,
        rows=rows,
        runs=_runs(sop, revision.id if revision else None),
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
        ),
        by_revision={id: Place(id, "", counts) for id, counts in courses.by_revision(days).items()},
        first=courses.first_runs(days),
        helped=health.last_verdicts(revisions, verdicts),
        texts={row.step.key: row.step.text for row in rows},
        verdicts=verdicts,
        period_name=spoken.period_name,
    )


def _runs(sop: Sop, revision_id: int | None) -> int:
    session = db.session()
    if revision_id:
        return facts_counts.runs_under(session, sop.id, revision_id)
    return facts_counts.runs_closed(session, sop_id=sop.id).get(sop.id, 0)


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
    rows = data.sop_health(db.session(), sop, revision.id if revision else None)
    label = f"-revision-{revision.label}" if revision else ""
    return download(as_csv.sop_health(rows), f"{sop.id}{label}.csv")


@bp.get("/sops/<sop_id>/steps/<path:key>")
@needs("report.see")
def step(sop_id: str, key: str) -> Any:
    """One step: how it went, through all revisions, and the runs in which it was lost."""
    session = db.session()
    sop, revision = load(sop_id, "report.see")
    days = facts_counts.by_day(session, sop_id=sop.id, step_key=key)
    entries = step_reports.through_revisions(session, sop, key, days)
    if not entries:
        raise NotFoundError(N_("No revision of “%(title)s” has a step “%(key)s”."), title=sop.title, key=key)
    judged = refresh.for_sop(session, sop.id)
    latest = next(entry.row for entry in entries if entry.row)
    counts = courses.total(days)
    trials, times = tried.of_sop(session, judged), health.times_of(session, sop.id, key)
    shown = health.health(data.counted(latest, counts), times, judged, trials)
    kind = _kind() or (shown.weak[0].kind if shown.weak else courses.most_lost(counts))
    verdicts = health.verdicts(session, sop.id, key)
    revisions = [entry.revision for entry in entries]
    labels = health.labels(revisions)
    wanted = _wanted(revision.id if revision else None)
    runs = health.lost(session, sop.id, key, wanted, _before(), PAGE + 1)
    return render_template(
        "reports/step.html",
        sop=sop,
        key=key,
        entries=entries,
        shown=shown,
        labels=labels,
        revision=revision,
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
        ),
        judged=judged.get((key, kind)),
        verdicts=verdicts,
        said=health.last_verdicts(revisions, verdicts).get(key),
        first=courses.first_runs(days),
        found=runs[:PAGE],
        wanted=wanted,
        reasons=health.reasons(session, sop.id, key, wanted.reason),
        place=session.get(Location, wanted.place) if wanted.place else None,
        more=_after(runs[PAGE - 1]) if len(runs) > PAGE else None,
        period_name=spoken.period_name,
    )


def _wanted(revision: int | None) -> Lost:
    """Which runs the address asks for. Raises InvalidError."""
    reason = request.args.get("reason") or None
    if request.args.get("without") == "reason":
        reason = ""
    return Lost(_kind(), reason, revision, row_id(request.args.get("place", "")), _since())


def _since() -> datetime | None:
    """The beginning of the day from which on runs are asked for. Raises InvalidError."""
    text = request.args.get("since", "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if not 1 < day.year < 9999:  # outside of the calendar once it is moved to UTC
            raise ValueError(text)
    except ValueError:
        raise InvalidError(N_("“%(text)s” is no day. Write one like 2026-03-31."), text=text[:40]) from None
    return datetime.combine(day, time(), ZoneInfo(zone() or current_app.config["HOLDFAST"].zone))


def _before() -> tuple[datetime, int] | None:
    """Closing time and number of the last run on the page before, from the address. Raises InvalidError."""
    text = request.args.get("before", "")
    if not text:
        return None
    at, _, run = text.partition("~")
    number = row_id(run)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = datetime.min
    if number is None or moment.tzinfo is None or not 1 < moment.year < 9999:
        raise InvalidError(N_("This address is not whole. Go back and press the link again."))
    return moment, number


def _after(row: tuple[Any, Any]) -> str:
    """The address of the page that follows a row."""
    at, run = row[0].closed_at, row[0].run_id
    return elsewhere(before=f"{at.isoformat()}~{run}") + "#records"
