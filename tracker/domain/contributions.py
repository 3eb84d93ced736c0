"""What closed runs add to the facts: all of it sums, so that it can be added, taken away and compared.

A *tick* is a record as it was made while the work was done: not an "undone", not one that was taken back,
and nothing by which a lead has put the closed run right. Ticks tell how long steps took, who did the run and
in what order; outcomes tell everything else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

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
    step_key: str
    kind: str
    person_id: int | None
    device_at: datetime | None
    received_at: datetime

    @property
    def at(self) -> datetime:
        return self.device_at or self.received_at


@dataclass(slots=True)
class Closed:
    """A closed run as the facts see it. `location_id` is 0 for no place, `order` each step's position."""

    id: int
    sop_id: str
    revision_id: int
    location_id: int
    closed_at: datetime
    closed_by_id: int | None
    order: Mapping[str, int]
    endings: list[Ending] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)

    def in_order(self) -> list[Tick]:
        """The ticks as they came; what came at once by the device's clock, then by the document."""
        last = len(self.order)
        return sorted(self.ticks, key=lambda t: (t.received_at, t.at, self.order.get(t.step_key, last)))

    @property
    def person_id(self) -> int | None:
        """Who recorded most of its steps, of several the first; else who closed it."""
        steps = dict.fromkeys((t.person_id, t.step_key) for t in self.in_order() if t.person_id)
        counted = Counter(person for person, _ in steps)
        return counted.most_common(1)[0][0] if counted else self.closed_by_id

    @property
    def gaps(self) -> list[Gap]:
        """The time that steps took; nothing for a person's first tick, nor where clocks can't be right."""
        last: dict[int | None, datetime] = {}
        found = []
        for tick in self.in_order():
            if (before := last.get(tick.person_id)) is not None:
                seconds = (tick.at - before).total_seconds()
                if 0 <= seconds <= LONGEST_GAP:
                    found.append((tick.step_key, seconds))
            last[tick.person_id] = tick.at
        return found

    @property
    def conformity(self) -> int:
        """What it conforms to its SOP, in thousandths: the steps that applied, by their first completion."""
        last = len(self.order)
        applied = [ending.step_key for ending in self.endings if ending.outcome != "na"]
        applied.sort(key=lambda key: self.order.get(key, last))
        known = set(applied)
        done = dict.fromkeys(t.step_key for t in self.in_order() if t.kind == "done" and t.step_key in known)
        return round(1000 * conformance(applied, list(done)))


def _no_counts() -> list[int]:
    return [0, 0, 0, 0, 0]


@dataclass(slots=True)
class Sums:
    """Rows of the four tables of facts by their keys, in the order of the tables' columns.

    `steps`: recovered, the five counts; `months`: the five; `runs`: runs, failed, conformity; `people`: runs.
    """

    steps: dict[tuple[str, str, date, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0, 0, 0])
    )
    months: dict[tuple[str, str, str, date, str], list[int]] = field(
        default_factory=lambda: defaultdict(_no_counts)
    )
    runs: dict[tuple[date, str, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0])
    )
    people: dict[tuple[date, str, int, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0])
    )

    def add(self, run: Closed, zone: ZoneInfo, sign: int = 1) -> None:
        """Add what a run contributes, or with `sign` -1 take it away, on the days of its place's clocks."""
        local = run.closed_at.astimezone(zone)
        day, sop, place = local.date(), run.sop_id, run.location_id
        month, hour = day.replace(day=1), str(local.hour)
        failed = False
        for key, outcome, reason, recovered in run.endings:
            at = PLACE[outcome]
            row = self.steps[sop, key, day, run.revision_id]
            row[at + 1] += sign
            row[0] += sign * recovered
            self.months["all", sop, key, month, ""][at] += sign
            self.months["location", sop, key, month, str(place)][at] += sign
            self.months["hour", sop, key, month, hour][at] += sign
            if outcome in ("skipped", "failed"):
                why = " ".join(reason.split())[:LONGEST_REASON]
                self.months[outcome, sop, key, month, why][at] += sign
                failed = failed or outcome == "failed"
        for key, seconds in run.gaps:
            self.months["time", sop, key, month, str(bin_of(seconds))][0] += sign
        counted = self.runs[day, sop, place]
        counted[0] += sign
        counted[1] += sign * failed
        counted[2] += sign * run.conformity
        if (person := run.person_id) is not None:
            self.people[day, sop, place, person][0] += sign


class Orders:
    """The place of each step in its revision, looked up once; the revisions of histories may grow."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, int]] = {}

    def of(self, session: Session, revision_id: int) -> dict[str, int]:
        if revision_id not in self._known:
            query = select(Step.key, Step.position).where(Step.revision_id == revision_id)
            self._known[revision_id] = dict(session.execute(query).all())
        return self._known[revision_id]


def closed(
    session: Session,
    numbers: Sequence[int],
    orders: Orders | None = None,
    *,
    without: Collection[UUID] = (),
    ticks: bool = True,
) -> list[Closed]:
    """Closed runs with their endings and, unless they are not asked for, their ticks, by their numbers.

    `without`: records that are to count as not made yet.
    """
    orders = orders or Orders()
    columns = (Run.id, Run.sop_id, Run.revision_id, Run.location_id, Run.closed_at, Run.closed_by_id)
    found: dict[int, Closed] = {}
    for id, sop_id, revision_id, place, at, by in session.execute(
        select(*columns).where(Run.id.in_(numbers), Run.state == "done").order_by(Run.id)
    ):
        assert at is not None
        found[id] = Closed(id, sop_id, revision_id, place or 0, at, by, orders.of(session, revision_id))
    came = select(Outcome.run_id, Outcome.step_key, Outcome.outcome, Outcome.reason, Outcome.recovered)
    for id, key, outcome, reason, recovered in session.execute(came.where(Outcome.run_id.in_(found))):
        found[id].endings.append(Ending(key, outcome, reason, recovered))
    if ticks:
        _add_ticks(session, found, without)
    return list(found.values())


def _add_ticks(session: Session, found: Mapping[int, Closed], without: Collection[UUID]) -> None:
    rows = session.execute(
        select(
            Record.run_id,
            Record.id,
            Record.cancels_id,
            Record.flag,
            Record.step_key,
            Record.kind,
            Record.person_id,
            Record.device_at,
            Record.received_at,
        ).where(Record.run_id.in_(found))
    ).all()
    rows = [row for row in rows if row.flag != "amended" and row.id not in without]
    taken_back = {row.cancels_id for row in rows if row.kind == "undone"}
    for run_id, id, _, _, key, kind, person_id, device_at, received_at in rows:
        if kind != "undone" and id not in taken_back:
            found[run_id].ticks.append(Tick(key, kind, person_id, device_at, received_at))


def in_parts(numbers: Sequence[int], most: int = 500) -> Iterator[Sequence[int]]:
    """Numbers of runs, some at a time."""
    for start in range(0, len(numbers), most):
        yield numbers[start : start + most]


def sums(runs: Iterable[Closed], zones: Mapping[int, ZoneInfo]) -> Sums:
    """What runs contribute together. `zones`: the clocks of each location, and of 0."""
    total = Sums()
    for run in runs:
        total.add(run, zones[run.location_id])
    return total
