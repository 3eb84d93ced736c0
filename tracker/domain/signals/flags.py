"""Runs that are worth a look, and why; who has looked says what they saw. Nothing here proves anything.

Bursts are judged as runs are folded, by floors that the worker keeps (`refresh`). What only shows over many
runs is looked for a little at a time (`refresh_others`) and marks the latest run that it shows in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session, joinedload

from tracker.db import alone, write_in_chunks
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.domain.facts import contributions, counts, figures
from tracker.domain.facts.contributions import ClosedRun
from tracker.domain.signals import habits
from tracker.errors import N_, ConflictError, InvalidError
from tracker.models import IS_DONE, IS_UNFOLDED, Location, Run, RunDay, Sop, SpotCheck, StepMonth
from tracker.stats.gaps import floor, suspicious

FLOORS, LEFT, ROUND = "floors", "floors, not applied yet", "spot checks"

BACK = 5000
"""Runs of an SOP that are judged afterwards, the latest first, once its steps have floors."""

GROWN = 1.01
"""By how much there must be more runs for the floors to be computed anew."""

ONCE_IN = timedelta(days=30)
"""A habit that shows again for the same person and step is flagged again only after this time."""

FIRST = timedelta(days=90)
"""How far back shifts are looked at."""

LONGEST = 500
"""Letters of what somebody says they saw."""

Mark = dict[str, Any]


def judge(session: Session, now: datetime, runs: Sequence[ClosedRun]) -> None:
    """Mark those of some runs that were ticked faster than the work takes; in the caller's transaction."""
    _add(session, now, _bursts(_floors(session), runs))


def refresh(session: Session, now: datetime) -> None:
    """Keep the floors true; judge earlier runs of SOPs that have them for the first time. For the worker."""
    left = _left(session)
    runs = session.scalar(select(func.sum(RunDay.runs))) or 0
    before = figures.get(session, FLOORS)
    if runs and not (before and before.data["runs"] <= runs < GROWN * before.data["runs"]):
        known, floors = _floors(session), _computed(session)
        new = {sop_id for sop_id, steps in floors.items() if steps.keys() - known.get(sop_id, {}).keys()}
        left = sorted(new.union(left))
        write_in_chunks([partial(_keep_floors, now=now, data={"runs": runs, "of": floors}, left=left)])
    while left:
        for marks in _afterwards(session, left[0]):
            write_in_chunks([partial(_add, now=now, marks=marks)])
        left = left[1:]
        write_in_chunks([partial(figures.keep, now=now, name=LEFT, data={"sops": left})])


def _keep_floors(session: Session, now: datetime, data: dict[str, Any], left: list[str]) -> None:
    figures.keep(session, now, FLOORS, data)
    figures.keep(session, now, LEFT, {"sops": left})


def _left(session: Session) -> list[str]:
    """The SOPs with floors whose earlier runs are still to be judged; a worker may have ended before the
    last."""
    figure = figures.get(session, LEFT)
    return figure.data["sops"] if figure else []


def _floors(session: Session) -> Mapping[str, Mapping[str, float]]:
    """The floor of each step of each SOP, where it has one, in seconds."""
    figure = figures.get(session, FLOORS)
    return figure.data["of"] if figure else {}


def _computed(session: Session) -> dict[str, dict[str, float]]:
    query = select(StepMonth.sop_id, StepMonth.step_key, StepMonth.which, func.sum(StepMonth.done))
    query = query.where(StepMonth.by == "time")
    times: dict[tuple[str, str], dict[int, int]] = {}
    for sop_id, key, bin, count in session.execute(
        query.group_by(StepMonth.sop_id, StepMonth.step_key, StepMonth.which)
    ):
        times.setdefault((sop_id, key), {})[int(bin)] = count
    floors: dict[str, dict[str, float]] = {}
    for (sop_id, key), histogram in times.items():
        if (least := floor(histogram)) is not None:
            floors.setdefault(sop_id, {})[key] = least
    return floors


def _afterwards(session: Session, sop_id: str) -> Iterator[list[Mark]]:
    """The marks of runs that were folded before their steps had floors, some at a time."""
    floors = _floors(session)
    folded = select(Run.id).where(IS_DONE, ~IS_UNFOLDED, Run.sop_id == sop_id)
    numbers = session.scalars(folded.order_by(Run.closed_at.desc()).limit(BACK)).all()
    orders = contributions.Orders()
    for part in contributions.in_parts(numbers, 200):
        marks = _bursts(floors, contributions.closed_runs(session, part, orders))
        if marks:
            yield marks


def _bursts(floors: Mapping[str, Mapping[str, float]], runs: Iterable[ClosedRun]) -> list[Mark]:
    marks = []
    for run in runs:
        known = floors.get(run.sop_id)
        if known and (burst := suspicious(run.gaps, known)):
            data = {"below": burst.below, "of": burst.of}
            marks.append({"run_id": run.id, "signal": "burst", "person_id": run.person_id, "data": data})
    return marks


def refresh_others(session: Session, now: datetime) -> None:
    """Look for what only shows over many runs, in one day's shifts and one SOP's answers. For the worker."""
    figure = figures.get(session, ROUND)
    data: dict[str, Any] = {"day": "", "runs": {}} | (figure.data if figure else {})
    until = counts.last_day(session, now)
    day = max(data["day"], (until - FIRST).isoformat())
    marks = []
    if date.fromisoformat(day) < until:  # only days that are over: today's shifts are not
        marks += habits.shifts(session, date.fromisoformat(day))
        data["day"] = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    for sop_id, runs in _grown(session, data["runs"]):
        marks += habits.answers(session, sop_id)
        data["runs"] = {**data["runs"], sop_id: runs}
    if figure and data == figure.data:
        return
    add = [partial(_add, now=now, marks=marks)] if marks else []
    write_in_chunks([*add, partial(figures.keep, now=now, name=ROUND, data=data)])


def _grown(session: Session, before: Mapping[str, int]) -> list[tuple[str, int]]:
    """The SOP that has grown most since its answers were looked at, with its runs; none for a few more."""
    query = select(RunDay.sop_id, func.sum(RunDay.runs)).group_by(RunDay.sop_id)
    grown = [(runs - before.get(sop_id, 0), sop_id, runs) for sop_id, runs in session.execute(query)]
    return [(sop_id, runs) for more, sop_id, runs in sorted(grown, reverse=True)[:1] if more >= habits.FEWEST]


def _add(session: Session, now: datetime, marks: Sequence[Mark]) -> None:
    """Write marks, but none twice, and no habit that was flagged already within ONCE_IN."""
    if not marks:
        return
    alone(session, "spot checks")  # another worker may have found the same
    runs = [mark["run_id"] for mark in marks]
    known = select(SpotCheck.run_id, SpotCheck.signal).where(SpotCheck.run_id.in_(runs))
    there = {(run_id, signal) for run_id, signal in session.execute(known)}
    lately = select(SpotCheck.signal, SpotCheck.person_id, SpotCheck.data).where(
        SpotCheck.signal != "burst", SpotCheck.found_at > now - ONCE_IN
    )
    habits_there = {(signal, person, data.get("step")) for signal, person, data in session.execute(lately)}
    new = []
    for mark in marks:
        habit = (mark["signal"], mark["person_id"], mark["data"].get("step"))
        if (mark["run_id"], mark["signal"]) not in there and habit not in habits_there:
            new.append({**mark, "found_at": now})
            there.add((mark["run_id"], mark["signal"]))
    if new:
        session.execute(insert(SpotCheck), new)


@dataclass(frozen=True, slots=True)
class FlaggedRun:
    """A run that is worth a look, and why."""

    run: Run
    marks: Sequence[SpotCheck]


class Hasty(NamedTuple):
    """The runs of one SOP, still to be looked at, that were ticked faster than the work takes.

    `first`, `last`: when the first and the last of them was closed; `place`: where all were, or "".
    """

    sop: Sop
    runs: int
    first: datetime
    last: datetime
    place: str


def hasty(session: Session, actor: Actor) -> list[Hasty]:
    """Which SOPs that a person answers for have such runs: what has most of them first."""
    places = func.count(func.coalesce(Run.location_id, 0).distinct())
    query = (
        select(Run.sop_id, func.count(), func.min(Run.closed_at), func.max(Run.closed_at))
        .add_columns(places, func.max(Location.name))
        .join(SpotCheck, SpotCheck.run_id == Run.id)
        .outerjoin(Location, Location.id == Run.location_id)
        .where(SpotCheck.signal == "burst", SpotCheck.looked_at.is_(None), _theirs(actor))
        .group_by(Run.sop_id)
        .order_by(func.count().desc(), Run.sop_id)
    )
    return [
        Hasty(session.get_one(Sop, sop_id), runs, first, last, (place or "") if count == 1 else "")
        for sop_id, runs, first, last, count, place in session.execute(query)
    ]


def flagged_runs(
    session: Session, actor: Actor, *, looked: bool = False, sop: str = "", most: int, after: int = 0
) -> tuple[int, list[FlaggedRun]]:
    """The runs of SOPs that a person answers for that are worth a look, or those that somebody has looked
    at: how many there are, and `most` of them after the first `after`; the latest runs come first.

    `sop`: only those of this one.
    """
    of = select(SpotCheck.run_id).join(Run, Run.id == SpotCheck.run_id).where(_theirs(actor))
    of = of.where(Run.sop_id == sop) if sop else of
    of = of.where(SpotCheck.looked_at.is_not(None) if looked else SpotCheck.looked_at.is_(None))
    count = (
        session.scalar(select(func.count(SpotCheck.run_id.distinct())).where(SpotCheck.run_id.in_(of))) or 0
    )
    query = select(Run).where(Run.id.in_(of)).options(joinedload(Run.sop), joinedload(Run.location))
    runs = session.scalars(
        query.order_by(Run.closed_at.desc(), Run.id.desc()).limit(most).offset(after)
    ).all()
    marks: dict[int, list[SpotCheck]] = {run.id: [] for run in runs}
    of_runs = select(SpotCheck).where(SpotCheck.run_id.in_(marks)).options(joinedload(SpotCheck.looked_by))
    for mark in session.scalars(of_runs.order_by(SpotCheck.signal)):
        marks[mark.run_id].append(mark)
    return count, [FlaggedRun(run, marks[run.id]) for run in runs]


def runs_judged(session: Session, actor: Actor) -> int:
    """How many closed runs there are of the SOPs that a person answers for."""
    theirs = select(Sop.id).where(access.sops_for(actor, "report.see"))
    return session.scalar(select(func.sum(RunDay.runs)).where(RunDay.sop_id.in_(theirs))) or 0


def _theirs(actor: Actor) -> ColumnElement[bool]:
    return Run.sop_id.in_(select(Sop.id).where(access.sops_for(actor, "report.see")))


def record_look(session: Session, actor: Actor, now: datetime, run: Run, saw: str) -> None:
    """Write down what somebody saw who looked at a flagged run. `run` was loaded with its lock.

    Raises ForbiddenError (the SOP is not theirs to answer for), InvalidError (no or too many words),
    ConflictError (nothing to look at, or somebody has).
    """
    access.require(actor, "spot-check.look", run.sop)
    saw = " ".join(saw.split())
    if not saw:
        raise InvalidError(N_("Say in a few words what you saw."))
    if len(saw) > LONGEST:
        raise InvalidError(N_("That is too long: at most %(most)s letters."), most=LONGEST)
    query = select(SpotCheck).where(SpotCheck.run_id == run.id, SpotCheck.looked_at.is_(None))
    marks = session.scalars(query.order_by(SpotCheck.signal)).all()
    if not marks:
        raise ConflictError(N_("Somebody has looked at this run already. Reload the page."))
    for mark in marks:
        mark.looked_at, mark.looked_by_id, mark.saw = now, actor.id, saw
    emit(
        session,
        actor,
        now,
        kinds.SpotCheckLooked(signals=[mark.signal for mark in marks], saw=saw),
        f"run:{run.id}",
    )
    session.flush()
