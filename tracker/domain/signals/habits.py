"""What only shows over many runs: shifts whose runs were filled in at the end, answers that nobody measures.

Each mark is of the latest run in which it shows. The levels are strict: there are many people and steps.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.models import IS_DONE, Record, Run, Sop, Step
from tracker.stats.answers import heaping, last_digits, same_in_a_row, shift_end

FEWEST = 10
"""Runs below which nothing is looked for."""

MOST_RUNS = 20_000
LATEST = 3000
LEVEL = 1e-4
PAUSE = timedelta(hours=4)
SHORTEST = timedelta(hours=2)
USUAL = 0.5
"""The share of the others' runs from which on an answer is the usual one, and no wonder."""

Mark = dict[str, Any]


class _Value(NamedTuple):
    run_id: int
    person_id: int
    value: float


def shifts(session: Session, day: date) -> list[Mark]:
    """The shifts that ended on a day (UTC) in whose last tenth far too many of its runs were ticked.

    A shift is what one person ticked without a pause of four hours. It is counted by run, at the middle of
    its ticks: the ticks of a run come together anyway.
    """
    start = datetime.combine(day, time(), UTC)
    runs = select(Run.id).where(IS_DONE, Run.closed_at >= start - timedelta(hours=12))
    runs = runs.where(Run.closed_at < start + timedelta(hours=36)).order_by(Run.closed_at).limit(MOST_RUNS)
    query = select(Record.person_id, Record.run_id, func.coalesce(Record.device_at, Record.received_at))
    query = query.where(Record.run_id.in_(runs), Record.kind != "undone")
    ticks: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for person_id, run_id, at in session.execute(query.where(func.coalesce(Record.flag, "") != "amended")):
        if person_id is not None:
            ticks[person_id].append((at, run_id))
    marks = []
    for person_id, theirs in ticks.items():
        for shift in _shifts(sorted(theirs)):
            if shift[-1][0].date() == day and (mark := _filled(shift)):
                marks.append({**mark, "person_id": person_id})
    return marks


def _shifts(ticks: Sequence[tuple[datetime, int]]) -> Iterator[list[tuple[datetime, int]]]:
    shift: list[tuple[datetime, int]] = []
    for tick in ticks:
        if shift and tick[0] - shift[-1][0] > PAUSE:
            yield shift
            shift = []
        shift.append(tick)
    if shift:
        yield shift


def _filled(shift: Sequence[tuple[datetime, int]]) -> Mark | None:
    first, last = shift[0][0], shift[-1][0]
    by_run: dict[int, list[float]] = defaultdict(list)
    for at, run_id in shift:
        by_run[run_id].append((at - first).total_seconds())
    if last - first < SHORTEST or len(by_run) < FEWEST:
        return None
    tenth = 0.9 * (last - first).total_seconds()
    late = [run_id for run_id, seconds in by_run.items() if median(seconds) >= tenth]
    if shift_end(len(late), len(by_run)) >= LEVEL:
        return None
    return {"run_id": shift[-1][1], "signal": "shift-end", "data": {"late": len(late), "of": len(by_run)}}


def answers(session: Session, sop_id: str) -> list[Mark]:
    """What the measured values of an SOP's latest runs say, person by person."""
    steps = {step.key: step for step in _measured(session, sop_id)}
    if not steps:
        return []
    latest = select(Run.id).where(IS_DONE, Run.sop_id == sop_id).order_by(Run.closed_at.desc()).limit(LATEST)
    query = (
        select(Run.id, Record.step_key, Record.person_id, Record.value)
        .join(Record, Record.run_id == Run.id)
        .where(Run.id.in_(latest), Record.kind.in_(("done", "failed")), Record.step_key.in_(steps))
        .where(Record.person_id.is_not(None), func.coalesce(Record.flag, "") != "amended")
        .order_by(Run.closed_at, Run.id)
    )
    values: dict[str, list[_Value]] = defaultdict(list)
    for run_id, key, person_id, value in session.execute(query):
        if isinstance(value, int | float) and not isinstance(value, bool):
            values[key].append(_Value(run_id, person_id, value))
    marks = _same(values)
    for key, all_values in values.items():
        for person_id in {one.person_id for one in all_values}:
            marks += _uneven(steps[key], person_id, all_values)
    return marks


def _measured(session: Session, sop_id: str) -> Iterable[Step]:
    """The steps of the revision in force at which a number is measured."""
    query = select(Step).join(Sop, Sop.in_force_id == Step.revision_id).where(Sop.id == sop_id)
    return [step for step in session.scalars(query) if step.input == "number"]


def _same(values: dict[str, list[_Value]]) -> list[Mark]:
    """People who measured the very same ten times in a row or more, where it isn't what is usual."""
    runs: dict[tuple[int, int], list[tuple[str, float]]] = defaultdict(list)
    for key, ones in values.items():
        for one in ones:
            runs[one.person_id, one.run_id].append((key, one.value))
    by_person: dict[int, list[tuple[int, tuple[tuple[str, float], ...]]]] = defaultdict(list)
    for (person_id, run_id), given in sorted(runs.items(), key=lambda item: item[0][1]):
        by_person[person_id].append((run_id, tuple(given)))
    usual = Counter(given for theirs in by_person.values() for _, given in theirs)
    marks = []
    for person_id, theirs in by_person.items():
        streak = same_in_a_row([given for _, given in theirs])
        if streak is None:
            continue
        run_id, answer = theirs[streak.start + streak.length - 1]
        others = usual.total() - streak.length
        if others < FEWEST or usual[answer] - streak.length >= USUAL * others:
            continue
        data = {"runs": streak.length}
        marks.append({"run_id": run_id, "signal": "same-answers", "person_id": person_id, "data": data})
    return marks


def _uneven(step: Step, person_id: int, values: Sequence[_Value]) -> Iterator[Mark]:
    """Last digits that one person's values have and the others' don't; and values that heap at a limit."""
    own = [one for one in values if one.person_id == person_id]
    others = [one for one in values if one.person_id != person_id]
    low, high = step.attributes.get("min"), step.attributes.get("max")
    if low is not None and high is not None and low >= high:
        return  # the step asks for one number, so all its values are to be alike

    def digits(ones: Sequence[_Value]) -> float | None:
        return last_digits([Decimal(str(one.value)) for one in ones])

    def heap(ones: Sequence[_Value]) -> float | None:
        at = heaping([one.value for one in ones], low, high)
        return at.p_value if at else None

    if _only_theirs(digits, own, others):
        yield _mark(own[-1], "digits", step, values=len(own))
    if _only_theirs(heap, own, others) and (at := heaping([one.value for one in own], low, high)):
        yield _mark(
            own[-1], "limit", step, values=len(own), inside=at.inside, beside=at.beside, limit=at.limit
        )


def _only_theirs(
    chance: Callable[[Sequence[_Value]], float | None], own: Sequence[_Value], others: Sequence[_Value]
) -> bool:
    """Whether it shows with this person alone: what shows with everybody comes from the scale or the work."""
    theirs = chance(own)
    if theirs is None or theirs >= LEVEL:
        return False
    elsewhere = chance(others)
    return elsewhere is not None and elsewhere >= 100 * LEVEL


def _mark(one: _Value, signal: str, step: Step, **data: Any) -> Mark:
    details = {"step": step.key, "at": step.name, **data}
    return {"run_id": one.run_id, "signal": signal, "person_id": one.person_id, "data": details}
