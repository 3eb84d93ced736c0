"""What closed runs add to the facts: all of it sums, so that it can be added, taken away and compared.

A *tick* is a record as it was made while the work was done: not an "undone", not one that was taken back,
and nothing by which a lead has put the closed run right. Ticks tell how long steps took, who did the run and
in what order; outcomes tell everything else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, DateTime, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from tracker.models import Outcome, Record, Run, Step
from tracker.stats.conformance import conformance
from tracker.stats.durations import bin_of

LONGEST_GAP = 12 * 3600
"""Seconds. What lies further apart is no work on a step: a night, or a device whose clock is wrong."""

LONGEST_REASON = 80

PLACE = {"done": 0, "skipped": 1, "failed": 2, "omitted": 3, "na": 4}
"""Where each outcome stands in a row of counts."""

Gap = tuple[str, float]
"""A step and the seconds between the tick before it, of the same person, and its own."""


class Ending(NamedTuple):
    """What became of one step of a closed run."""

    step_key: str
    outcome: str
    reason: str
    recovered: bool


class Tick(NamedTuple):
    """What was done about a step; `at` by the device's clock, if it told. Only differences count."""

    step_key: str
    kind: str
    person_id: int | None
    received_at: datetime
    at: datetime


@dataclass(slots=True)
class ClosedRun:
    """A closed run as the facts see it. `location_id` is 0 for no place, `order` each step's position.

    `ticks` are in the order in which they came, and of what came at once, in that of the device's clock.
    `records`: how many it had when it was read; amendments add to them.
    """

    id: int
    sop_id: str
    revision_id: int
    location_id: int
    closed_at: datetime
    closed_by_id: int | None
    order: Mapping[str, int]
    endings: list[Ending] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    records: int = 0

    @property
    def person_id(self) -> int | None:
        """Who recorded most of its steps, of several the first; else who closed it."""
        people = {tick.person_id for tick in self.ticks}
        if len(people) == 1 and None not in people:
            return people.pop()
        steps = dict.fromkeys((t.person_id, t.step_key) for t in self.ticks if t.person_id)
        counted = Counter(person for person, _ in steps)
        return counted.most_common(1)[0][0] if counted else self.closed_by_id

    @property
    def gaps(self) -> list[Gap]:
        """The time that steps took; nothing for a person's first tick, nor where clocks can't be right."""
        last: dict[int | None, datetime] = {}
        gaps_so_far = []
        for key, _, person_id, _, at in self.ticks:
            if (before := last.get(person_id)) is not None:
                seconds = (at - before).total_seconds()
                if 0 <= seconds <= LONGEST_GAP:
                    gaps_so_far.append((key, seconds))
            last[person_id] = at
        return gaps_so_far

    @property
    def conformity(self) -> int:
        """What it conforms to its SOP, in thousandths: the steps that applied, by their first completion."""
        last = len(self.order)
        applied = [ending.step_key for ending in self.endings if ending.outcome != "na"]
        applied.sort(key=lambda key: self.order.get(key, last))
        known = set(applied)
        done = dict.fromkeys(t.step_key for t in self.ticks if t.kind == "done" and t.step_key in known)
        return round(1000 * conformance(applied, list(done)))


def _no_counts() -> list[int]:
    return [0, 0, 0, 0, 0]


@dataclass(slots=True)
class Sums:
    """Rows of the four tables of facts by their keys, in the order of the tables' columns.

    `steps`: recovered, the five counts; `months`: the five; `runs`: runs, failed, conformity; `people`: runs.
    """

    steps: dict[tuple[str, date, str, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0, 0, 0])
    )
    months: dict[tuple[str, str, date, str, str], list[int]] = field(
        default_factory=lambda: defaultdict(_no_counts)
    )
    runs: dict[tuple[date, str, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0])
    )
    people: dict[tuple[date, str, int, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0])
    )

    def add(self, run: ClosedRun, zone: ZoneInfo, sign: int = 1) -> None:
        """Add what a run contributes, or with `sign` -1 take it away, on the days of its place's clocks."""
        local = run.closed_at.astimezone(zone)
        day, sop, place = local.date(), run.sop_id, run.location_id
        month, hour = day.replace(day=1), str(local.hour)
        failed = False
        for key, outcome, reason, recovered in run.endings:
            at = PLACE[outcome]
            row = self.steps[sop, day, key, run.revision_id]
            row[at + 1] += sign
            row[0] += sign * recovered
            self.months["all", sop, month, key, ""][at] += sign
            self.months["location", sop, month, key, str(place)][at] += sign
            self.months["hour", sop, month, key, hour][at] += sign
            if outcome in ("skipped", "failed"):
                self.months[outcome, sop, month, key, reason_told(reason)][at] += sign
                failed = failed or outcome == "failed"
        for key, seconds in run.gaps:
            self.months["time", sop, month, key, str(bin_of(seconds))][0] += sign
        counted = self.runs[day, sop, place]
        counted[0] += sign
        counted[1] += sign * failed
        counted[2] += sign * run.conformity
        if (person := run.person_id) is not None:
            self.people[day, sop, place, person][0] += sign


def reason_told(reason: str) -> str:
    """A reason as the facts count it: on one line, and not longer than LONGEST_REASON."""
    return " ".join(reason.split())[:LONGEST_REASON]


class Orders:
    """The place of each step in its revision, looked up once; the revisions of histories may grow."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, int]] = {}

    def of(self, session: Session, revision_id: int) -> dict[str, int]:
        if revision_id not in self._known:
            query = select(Step.key, Step.position).where(Step.revision_id == revision_id)
            self._known[revision_id] = dict(session.execute(query).all())
        return self._known[revision_id]


def closed_runs(
    session: Session,
    numbers: Sequence[int],
    orders: Orders | None = None,
    *,
    without: UUID | None = None,
    ticks: bool = True,
) -> list[ClosedRun]:
    """Closed runs with their endings and, unless they are not asked for, their ticks, by their numbers.

    `without`: a record that is to count as not made yet.
    """
    orders = orders or Orders()
    runs: dict[int, ClosedRun] = {}
    for id, sop_id, revision_id, place, at, by in session.execute(_RUNS, {"numbers": numbers}):
        assert at is not None
        runs[id] = ClosedRun(id, sop_id, revision_id, place or 0, at, by, orders.of(session, revision_id))
    if ticks:  # before the endings: what is amended between the two has a record more than was counted
        _add_ticks(session, runs, without)
    for id, *ending in session.connection().execute(_ENDINGS, {"numbers": list(runs)}).all():
        runs[id].endings.append(Ending._make(ending))
    return list(runs.values())


def of(session: Session, number: int, without: UUID | None = None) -> ClosedRun:
    """One closed run."""
    return closed_runs(session, [number], without=without)[0]


def _add_ticks(session: Session, runs: Mapping[int, ClosedRun], without: UUID | None) -> None:
    query = _TICKS if without is None else _TICKS.where(Record.id != without)
    taken_back: set[Any] = set()
    made: list[tuple[int, Any, Tick]] = []
    for run_id, id, cancels_id, flag, *tick in (
        session.connection().execute(query, {"numbers": list(runs)}).all()
    ):
        runs[run_id].records += 1
        if flag == "amended":
            continue
        if tick[1] == "undone":
            taken_back.add(cancels_id)
        else:
            made.append((run_id, id, Tick._make(tick)))
    for run_id, id, done in made:
        if id not in taken_back:
            runs[run_id].ticks.append(done)
    for run in runs.values():
        order, last = run.order, len(run.order)
        run.ticks.sort(key=lambda t: (t.received_at, t.at, order.get(t.step_key, last)))


_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_RUNS = (
    select(Run.id, Run.sop_id, Run.revision_id, Run.location_id, Run.closed_at, Run.closed_by_id)
    .where(Run.id.in_(_NUMBERS), Run.state == "done")
    .order_by(Run.id)
)
_ENDINGS = select(Outcome.run_id, Outcome.step_key, Outcome.outcome, Outcome.reason, Outcome.recovered).where(
    Outcome.run_id.in_(_NUMBERS)
)
_TICKS = select(  # as the database gives them: aware times and ids would take as long as all the rest
    Record.run_id,
    type_coerce(Record.id, NullType()),
    type_coerce(Record.cancels_id, NullType()),
    Record.flag,
    Record.step_key,
    Record.kind,
    Record.person_id,
    type_coerce(Record.received_at, DateTime()),
    type_coerce(func.coalesce(Record.device_at, Record.received_at), DateTime()),
).where(Record.run_id.in_(_NUMBERS))


def in_parts(numbers: Sequence[int], most: int = 500) -> Iterator[Sequence[int]]:
    """Numbers of runs, some at a time."""
    for start in range(0, len(numbers), most):
        yield numbers[start : start + most]


def sums(runs: Iterable[ClosedRun], zones: Mapping[int, ZoneInfo]) -> Sums:
    """What runs contribute together. `zones`: the clocks of each location, and of 0."""
    total = Sums()
    for run in runs:
        total.add(run, zones[run.location_id])
    return total
