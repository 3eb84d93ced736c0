"""Which steps are weak, since when, and whether revisions helped: judged beside the requests, and kept.

`refresh` looks at the SOPs whose figures have changed since it last did, and writes what is different. Pages
read what is kept, so that they cost as much with ten million records as with none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from time import monotonic
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from tracker.db import alone, write_in_chunks
from tracker.domain.facts import counts as facts_counts
from tracker.domain.facts.counts import WEAK, DayCounts
from tracker.domain.facts.figures import FINDINGS, keep
from tracker.domain.weakpoints import eras, judgement, trials
from tracker.domain.weakpoints import verdicts as weakpoints_verdicts
from tracker.domain.weakpoints.judgement import WINDOW, Look, judged
from tracker.domain.weakpoints.listing import IN_USE
from tracker.domain.weakpoints.tolerances import tolerances
from tracker.domain.weakpoints.trials import Day, Row
from tracker.models import OUTCOMES, Figure, Revision, Sop, StepDay, Verdict, WeakPoint
from tracker.stats.shrinkage import Prior
from tracker.stats.weakpoints import CaseResult

PART = 20
"""SOPs that are looked at before what came of it is written."""

SECONDS = 8.0
"""Of judging at one look; what is left over is judged at the next, and the counting goes on meanwhile."""

_DAY = timedelta(days=1)  # somewhere it is tomorrow already; what is later comes from a clock that is wrong

RULES = 2
"""Of judging: another number when they change, so that everything is judged anew."""

PRIORS = "findings"
Unit = Callable[[Session], Any]


def refresh(session: Session, now: datetime) -> None:
    """Judge what has changed since the last look. For the worker: reads without a lock, writes briefly."""
    for units in parts(session, now):
        write_in_chunks(units)
    session.rollback()  # nothing is pending; what was read is of then


def parts(session: Session, now: datetime) -> Iterator[list[Unit]]:
    """The writes of a look, for a few SOPs at a time: each part is written before the next is asked for."""
    today = facts_counts.last_day(session, now)
    look = Look(today, today - WINDOW, _priors(session, today - WINDOW), tolerances(session))
    changed = _changed(session, look)
    if not changed:
        return
    names, began = list(changed), monotonic()
    for start in range(0, len(names), PART):
        few = names[start : start + PART]
        yield [_look_at(session, now, look, sop_id, *changed[sop_id]) for sop_id in few]
        if monotonic() - began > SECONDS:
            break
    yield [_band]
    yield [partial(keep, now=now, name=PRIORS, data={"priors": _fitted(session)})]


def _priors(session: Session, start: date) -> dict[str, Prior]:
    """How rates of each kind are spread over the steps: as fitted at the last look, if there was one."""
    kept = session.scalar(select(Figure.data).where(Figure.name == PRIORS))
    if kept:
        return {kind: Prior(*kept["priors"][kind]) for kind in WEAK}
    counted = facts_counts.totals(session, since=start)
    return judgement.priors((kind, row.counts[kind], row.n) for row in counted for kind in WEAK)


def _fitted(session: Session) -> dict[str, Prior]:
    found = session.execute(select(WeakPoint.kind, WeakPoint.count, WeakPoint.n).where(WeakPoint.n > 0))
    return judgement.priors((kind, count, n) for kind, count, n in found)


def _changed(session: Session, look: Look) -> dict[str, tuple[list[Any], list[Any]]]:
    """The SOPs that look different from when they were last judged: what each looks like and looked like."""
    closed = facts_counts.conformity(session, look.start)
    kept = figures(session)
    query = select(Revision.sop_id, func.max(Revision.id)).group_by(Revision.sop_id)
    latest: dict[str, int] = dict(session.execute(query).all())
    priors = [round(part, 4) for prior in look.priors.values() for part in prior]
    found = {}
    for sop_id in sorted(closed.keys() | kept.keys()):
        runs, conforming = closed.get(sop_id, (0, 0.0))
        digest = [runs, round(conforming, 3), look.today.isoformat(), latest.get(sop_id), *priors, RULES]
        before: list[Any] = kept.get(sop_id, {}).get("digest") or []
        if before != digest:
            found[sop_id] = digest, before
    return found


def figures(session: Session) -> dict[str, dict[str, Any]]:
    """What is kept about each SOP as a whole: runs, conformity (their sum), counts, last (day with a run)."""
    query = select(Figure.name, Figure.data).where(Figure.name.startswith(FINDINGS))
    return {name.removeprefix(FINDINGS): data for name, data in session.execute(query)}


def _look_at(
    session: Session, now: datetime, look: Look, sop_id: str, digest: list[Any], was: list[Any]
) -> Unit:
    """Judge one SOP: the write that keeps it."""
    kept = _verdicts(session, sop_id)
    rows, versions, known = _read(session, sop_id, look, kept)
    before = {(point["step_key"], point["kind"]): point for point in _points(session, sop_id)}
    points = judged(look, sop_id, versions, known, before, first=was[2:3] != digest[2:3])
    said = weakpoints_verdicts.said(sop_id, versions, known, look.today)
    data = {
        "digest": digest,
        "runs": digest[0],
        "conformity": digest[1],
        **_summed(session, sop_id, look, rows),
    }
    return partial(_write, now=now, sop_id=sop_id, was=was, points=points, said=said, data=data)


def _read(
    session: Session, sop_id: str, look: Look, kept: Mapping[trials.Name, Row], *, exact: bool = False
) -> tuple[list[DayCounts], list[eras.Version], trials.Knowledge]:
    """What an SOP is judged by: its counts by day, its revisions, and what is known of each step."""
    start = _start(session, sop_id, look, kept)
    rows = [
        row
        for row in facts_counts.by_day(session, sop_id=sop_id, since=start, exact=exact)
        if row.day <= look.today + _DAY
    ]
    first: dict[int, date] = {}
    for row in sorted(rows, key=lambda row: row.day):
        first.setdefault(row.revision_id, row.day)
    known = trials.Knowledge(
        _days(rows), kept, look.priors, lambda key: look.accepted.of(sop_id, key).tolerance
    )
    return rows, eras.versions(session, sop_id, first), known


def tried_now(session: Session, now: datetime) -> dict[tuple[str, str, str], Row]:
    """What is being tried at this moment, by SOP, step and kind, whenever the worker has looked last.

    Each has the figures of before (`count`, `n`, `band`), and `revision`, `on`, `more`, `after_count` and
    `after_n` of what is tried.
    """
    today = facts_counts.last_day(session, now)
    look = Look(today, today - WINDOW, _priors(session, today - WINDOW), tolerances(session))
    rows = {}
    for sop_id in session.scalars(select(Revision.sop_id).group_by(Revision.sop_id).having(func.count() > 1)):
        if eras.has_changed(session, sop_id):
            _, versions, known = _read(session, sop_id, look, _verdicts(session, sop_id), exact=True)
            for row in judgement.tried(look, sop_id, versions, known):
                rows[sop_id, row["step_key"], row["kind"]] = row
    return rows


def _start(session: Session, sop_id: str, look: Look, kept: Mapping[trials.Name, Row]) -> date:
    """The first day that is read: of a step that is being tried also the days before it was changed."""
    start = look.start
    if _has_verdicts(session, sop_id, look.today):
        start = look.today - weakpoints_verdicts.LOOKED_AT - trials.BEFORE
    early = [revision for (revision, _, _), row in kept.items() if row["decided_on"] is None]
    first = select(func.min(Revision.published_at)).where(Revision.id.in_(early))
    tried = session.scalar(first) if early else None
    return min(start, tried.date() - trials.BEFORE) if tried else start


def _has_verdicts(session: Session, sop_id: str, today: date) -> bool:
    """Whether there is a revision after the first that may still show what it did; a history's always may."""
    since = datetime.combine(today - weakpoints_verdicts.LOOKED_AT, time(), UTC)
    later = or_(Revision.number.is_(None), Revision.published_at >= since)
    query = select(func.count(), func.count().filter(later)).where(Revision.sop_id == sop_id)
    all, late = session.execute(query).one()
    return all > 1 and late > 0


def _days(rows: Sequence[DayCounts]) -> dict[str, list[Day]]:
    """The days of each step, in order."""
    found: dict[str, list[Day]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.day):
        if row.n:
            found[row.step_key].append(Day(row.day, row.revision_id, row.counts, row.n))
    return found


def _summed(session: Session, sop_id: str, look: Look, rows: Sequence[DayCounts]) -> dict[str, Any]:
    """What all steps of an SOP came to together, and the last day on which it was run."""
    recent = [row for row in rows if row.day >= look.start]
    counts = {outcome: sum(row.counts[outcome] for row in recent) for outcome in OUTCOMES}
    last = max((row.day for row in rows), default=None)
    if last is None:
        last = session.scalar(select(func.max(StepDay.day)).where(StepDay.sop_id == sop_id))
    return {"counts": counts, "last": last.isoformat() if last else None}


def _points(session: Session, sop_id: str) -> list[Row]:
    query = select(*WeakPoint.__table__.columns).where(WeakPoint.sop_id == sop_id)
    return [dict(row) for row in session.execute(query).mappings()]


def _verdicts(session: Session, sop_id: str) -> dict[trials.Name, Row]:
    query = select(*Verdict.__table__.columns).where(Verdict.sop_id == sop_id)
    rows = (dict(row) for row in session.execute(query).mappings())
    return {(row["revision_id"], row["step_key"], row["kind"]): row for row in rows}


def _write(
    session: Session,
    now: datetime,
    sop_id: str,
    was: list[Any],
    points: Sequence[Row],
    said: Sequence[Row],
    data: dict[str, Any],
) -> None:
    """Keep what was found about an SOP in place of what was; what is decided stays.

    Not if it looked different meanwhile: somebody has put figures right, or another worker was first.
    """
    alone(session, "findings")
    kept = session.scalar(select(Figure.data).where(Figure.name == FINDINGS + sop_id)) or {}
    if (kept.get("digest") or []) != was:
        return
    session.execute(delete(WeakPoint).where(WeakPoint.sop_id == sop_id))
    if points:
        session.execute(insert(WeakPoint), points)
    session.execute(delete(Verdict).where(Verdict.sop_id == sop_id, Verdict.decided_on.is_(None)))
    decided = select(Verdict.revision_id, Verdict.step_key, Verdict.kind).where(Verdict.sop_id == sop_id)
    there = set(session.execute(decided))
    new = [row for row in said if (row["revision_id"], row["step_key"], row["kind"]) not in there]
    if new:
        session.execute(insert(Verdict), new)
    keep(session, now, FINDINGS + sop_id, data)


def _band(session: Session) -> None:
    """Put all that is flagged into its band among the others."""
    alone(session, "findings")
    query = select(*WeakPoint.__table__.columns, IN_USE.label("in_use")).join(Sop, Sop.id == WeakPoint.sop_id)
    rows = session.execute(query.where(WeakPoint.flagged)).mappings().all()
    found = [
        (CaseResult(**{name: row[name] for name in CaseResult._fields}), bool(row["in_use"])) for row in rows
    ]
    for row, now in zip(rows, judgement.with_bands(found), strict=True):
        if row["band"] != now.band:
            place = [WeakPoint.__table__.c[name] == row[name] for name in ("sop_id", "step_key", "kind")]
            session.execute(update(WeakPoint).where(*place).values(band=now.band))


def for_sop(session: Session, sop_id: str) -> dict[tuple[str, str], WeakPoint]:
    """What is kept about the steps of an SOP, by step and kind."""
    found = session.scalars(select(WeakPoint).where(WeakPoint.sop_id == sop_id))
    return {(point.step_key, point.kind): point for point in found}


def verdicts(session: Session, sop_id: str) -> Sequence[Verdict]:
    """What is kept about an SOP's revisions, the latest first; those that are not decided yet are early."""
    query = select(Verdict).where(Verdict.sop_id == sop_id)
    return session.scalars(query.order_by(Verdict.revision_id.desc(), Verdict.step_key, Verdict.kind)).all()
