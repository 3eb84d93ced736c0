"""The runs that were closed on one day, and what failed in them: the records behind a dot of the load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.facts import counts
from tracker.domain.signals import ceiling
from tracker.domain.signals.ceiling import Scope
from tracker.models import IS_DONE, Outcome, Run, RunDay, Sop, Step


class Failure(NamedTuple):
    """A step that failed, why, and whether it was then put right."""

    step: str
    reason: str
    recovered: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A closed run with the steps that failed in it."""

    run: Run
    failures: Sequence[Failure]


@dataclass(frozen=True, slots=True)
class Day:
    """How many runs of a scope were closed on a day, in how many a step failed; `rows`: some of them."""

    runs: int
    failed: int
    rows: Sequence[Row]


def of_day(
    session: Session, actor: Actor, scope: Scope, day: date, *, failed: bool, most: int, after: int
) -> Day:
    """The runs of a day by their places' clocks, latest first: `most` after the first `after`.

    `scope` is one of those that the actor may see. `failed`: only those in which a step failed.
    """
    sops = session.scalars(select(Sop).where(access.sops_for(actor, "report.see"))).all()
    those = ceiling.members(scope, sops)
    place = scope.kind == "location"
    counted = select(func.sum(RunDay.runs), func.sum(RunDay.failed)).where(RunDay.day == day)
    query = select(Run).where(IS_DONE, counts.closed_from(session, day, day + timedelta(days=1)))
    if those is not None:
        counted = counted.where((RunDay.location_id if place else RunDay.sop_id).in_(those))
        query = query.where((Run.location_id if place else Run.sop_id).in_(those))
    if failed:
        query = query.where(exists().where(Outcome.run_id == Run.id, Outcome.outcome == "failed"))
    query = query.options(joinedload(Run.sop), joinedload(Run.location))
    query = query.order_by(Run.closed_at.desc(), Run.id.desc()).limit(most).offset(after)
    rows = session.scalars(query).all()
    failures = _failures(session, rows)
    runs, lost = session.execute(counted).one()
    return Day(runs or 0, lost or 0, [Row(run, failures.get(run.id, [])) for run in rows])


def _failures(session: Session, runs: Sequence[Run]) -> dict[int, list[Failure]]:
    failures: dict[int, list[Failure]] = {}
    query = (
        select(Outcome, Step)
        .join(Step, and_(Step.revision_id == Outcome.revision_id, Step.key == Outcome.step_key))
        .where(Outcome.run_id.in_([run.id for run in runs]), Outcome.outcome == "failed")
        .order_by(Outcome.run_id, Step.position)
    )
    for outcome, step in session.execute(query):
        failures.setdefault(outcome.run_id, []).append(Failure(step.name, outcome.reason, outcome.recovered))
    return failures
