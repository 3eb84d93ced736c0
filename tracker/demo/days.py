"""How much is done in the demo on which day, and by whom: more on Mondays and in the season, as in a shop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import exp
from random import Random
from zoneinfo import ZoneInfo

from tracker.demo.people import WORKERS, ZONES, Worker
from tracker.demo.plants import CEILING, HASTY, HASTY_SOP, HASTY_WEEK

WEEKDAYS = (1.4, 1.15, 1.0, 0.95, 1.1, 0.6, 0.0)
SEASON = (78, 36)
"""The busy weeks: from so many days before now to so many."""

FIRST, LAST = time(8, 0), time(17, 0)

VOLUMES = {
    "pick-pack-ship": {"Berlin": 26.0, "Manchester": 14.0, "Austin": 12.0},
    "receive-and-inspect": {"Berlin": 9.0, "Manchester": 5.0, "Austin": 4.0},
    "refund": {"Berlin": 6.0, "Manchester": 3.0, "Austin": 3.0},
    "exception-order": {"Berlin": 2.0, "Manchester": 1.2, "Austin": 1.0},
    "cycle-count": {"Berlin": 4.0, "Manchester": 3.0, "Austin": 2.0},
    "receive-inbound": {"Berlin": 2.2, "Manchester": 1.4, "Austin": 1.2},
    "stock-mismatch": {"Berlin": 1.2, "Manchester": 0.7, "Austin": 0.6},
    "purchase-order": {"Berlin": 1.2},
}
"""Runs on a plain day."""

WITH_ORDERS = ("pick-pack-ship", "receive-and-inspect", "refund", "exception-order")
"""The SOPs that are run more often when there are more orders."""

AT = {"opening": time(8, 0), "shift-handover": time(13, 45), "closing": time(16, 25)}
"""Once a day in every place."""

TUESDAYS = {"3pl-weekly-review": ("Northdock", "Hallway Logistics")}

ROLES = {
    "pick-pack-ship": ("picker",),
    "receive-and-inspect": ("returns-clerk",),
    "refund": ("customer-support",),
    "exception-order": ("customer-support", "shift-lead"),
    "cycle-count": ("stock-controller",),
    "receive-inbound": ("receiver",),
    "stock-mismatch": ("stock-controller",),
    "purchase-order": ("buyer",),
    "opening": ("shift-lead",),
    "shift-handover": ("shift-lead",),
    "closing": ("shift-lead",),
    "3pl-weekly-review": ("vendor-manager",),
}


@dataclass(frozen=True, slots=True)
class Job:
    """A run to be done: of what, where, by whom, not before when.

    `strain` is how many there are that day, 1 for as many as go well.
    """

    sop: str
    location: str
    person: str
    at: datetime
    ago: int
    strain: float
    subject: str = ""


def jobs(chance: Random, now: datetime, days: int, size: float) -> Iterator[list[Job]]:
    """The jobs of each day up to now, one day after the other, in the order in which they begin."""
    for ago in range(days, -1, -1):
        yield _day(chance, now, ago, size)


def ceiling(size: float) -> float:
    """Runs a day above which picking begins to go wrong, in an operation of that size."""
    daily = len(AT) * len(ZONES)
    return daily + (CEILING - daily) * size


def _day(chance: Random, now: datetime, ago: int, size: float) -> list[Job]:
    day = (now - timedelta(days=ago)).date()
    if not WEEKDAYS[day.weekday()]:
        return []
    busy = _busy(chance, day, ago)
    wanted: list[tuple[str, str, time, str]] = []
    for sop, places in VOLUMES.items():
        for place, volume in places.items():
            expected = volume * size * (busy if sop in WITH_ORDERS else min(1.0, 2 * WEEKDAYS[day.weekday()]))
            wanted += [(sop, place, _time(chance), "") for _ in range(_count(chance, expected))]
    wanted += [(sop, place, at, "") for sop, at in AT.items() for place in ZONES]
    if day.weekday() == 1:
        wanted += [(sop, "Berlin", time(9, 30), name) for sop, names in TUESDAYS.items() for name in names]
    wanted.sort(key=lambda job: job[2])
    shift = {place: _shift(chance, place) for place in ZONES}
    return [
        Job(
            sop,
            place,
            _who(chance, sop, shift[place], ago),
            datetime.combine(day, at, ZoneInfo(ZONES[place])),
            ago,
            len(wanted) / ceiling(size),
            subject,
        )
        for sop, place, at, subject in wanted
    ]


def _busy(chance: Random, day: date, ago: int) -> float:
    """How much more than on a plain day: by weekday, by season, a little growth, and chance."""
    first, last = SEASON
    season = 1.35 if last <= ago <= first else 1.0
    growth = 1.0 - 0.15 * ago / 182
    return WEEKDAYS[day.weekday()] * season * growth * exp(chance.gauss(0, 0.09))


def _count(chance: Random, expected: float) -> int:
    """A whole number that is `expected` on average and varies as counts do, rather less."""
    return max(0, int(chance.gauss(expected, 0.8 * expected**0.5) + chance.random()))


def _time(chance: Random) -> time:
    """A time within the shift: most of the work comes in the morning."""
    minutes = int(chance.triangular(20, 8 * 60 + 30, 150))
    return time(FIRST.hour + minutes // 60, minutes % 60, chance.randrange(60))


def _shift(chance: Random, place: str) -> list[Worker]:
    """Who is at work there: most of them, and of every job somebody."""
    here = [worker for worker in WORKERS if worker.location == place and worker.roles]
    there = [worker for worker in here if chance.random() < worker.there]
    for role in sorted({role for worker in here for role in worker.roles}):
        if not any(role in worker.roles for worker in there):
            there.append(chance.choice([worker for worker in here if role in worker.roles]))
    return there


def _who(chance: Random, sop: str, shift: Sequence[Worker], ago: int) -> str:
    able = [worker for worker in shift if set(worker.roles) & set(ROLES[sop])]
    hasty = sop == HASTY_SOP and HASTY_WEEK[1] <= ago <= HASTY_WEEK[0]
    shares = [4 * worker.share if hasty and worker.login == HASTY else worker.share for worker in able]
    return chance.choices(able, shares)[0].login
