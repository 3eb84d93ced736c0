"""The long fault tests, `make faults`: what was put in, how often, what was acknowledged, what was lost.

The same seed makes the same choices. Exits with 1 if anything was lost, doubled or broken, or if the time
ended before every fault was put in.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import kill
from pathlib import Path
from signal import SIGKILL

from sqlalchemy import NullPool, create_engine

from tests.faults import strace, upgrades
from tests.faults.audit import address, audit, damage
from tests.faults.clients import Client, Crew, Ledger, together, working
from tests.faults.house import House, facts_differ, running
from tests.support import installation
from tracker import migrations
from tracker.db import db

KINDS = {
    "full disk, writing": (strace.WRITES, "ENOSPC"),
    "failing disk, writing": (strace.WRITES, "EIO"),
    "failing disk, syncing": (strace.SYNCS, "EIO"),
    "full disk, syncing": (strace.SYNCS, "ENOSPC"),
}


@dataclass(slots=True)
class Row:
    """A line of the table."""

    what: str
    wanted: int
    put_in: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    lost: int = 0
    doubled: int = 0
    broken: int = 0
    notes: set[str] = field(default_factory=set)

    @property
    def met(self) -> bool:
        return self.put_in >= self.wanted and not (self.lost or self.doubled or self.broken)

    def look(self, house: House, crew: Crew) -> None:
        """Audit a database at rest against what its people were told until now."""
        found = audit(address(house.database), together(crew.ledgers))
        self.lost, self.doubled = self.lost + len(found.lost), self.doubled + len(found.doubled)
        self.broken += len(found.broken)
        self.notes |= {*found.lost[:3], *found.doubled[:3], *found.broken[:3]}


@contextmanager
def busy(processes: int, clients: int, seed: int) -> Iterator[tuple[House, Crew]]:
    """A new installation that is served, and people at work in it."""
    with tempfile.TemporaryDirectory(prefix="holdfast-faults-") as folder:
        place = Path(folder) / "workspace"
        with installation.build(place).app_context():
            db.engine.dispose()
        with (
            running(place, processes=processes) as house,
            working(Client(house.url), clients, seed) as crew,
        ):
            yield house, crew


def rest(house: House, row: Row, crew: Crew) -> None:
    """End all, look through the database as it lies there, and start again."""
    house.kill()
    row.look(house, crew)
    house.start()


def kills(row: Row, clients: int, seed: int, until: float) -> None:
    """SIGKILL to all processes, or to one of those that answer."""
    chance = random.Random(seed)
    with busy(4, clients, seed) as (house, crew):
        while row.put_in < row.wanted and time.monotonic() < until:
            crew.wait_for(chance.randint(1, 60))
            row.put_in += 1
            answering = house.processes()
            if len(answering) > 1 and chance.random() < 0.6:
                kill(answering[-1], SIGKILL)
            else:
                rest(house, row, crew)
        finish(row, house, crew)


def disks(row: Row, clients: int, seed: int, until: float) -> None:
    """Calls that fail on the database's log or file, from a random one on, until somebody was refused."""
    chance = random.Random(seed)
    with busy(2, clients, seed) as (house, crew):
        trace = house.workspace / "trace"
        while row.put_in < row.wanted and time.monotonic() < until:
            calls, error = KINDS[chance.choice(list(KINDS))]
            fault = f"{error}:when={chance.randint(1, 5)}+"
            refused = crew.refused()
            with strace.failing(house.processes(), calls, fault, [house.log_of_changes], trace):
                crew.wait_until(lambda refused=refused: crew.refused() > refused)  # type: ignore[misc]
                row.put_in += 1
                if chance.random() < 0.2:  # while the disk still fails
                    house.kill()
            if not house.runs:
                row.look(house, crew)
                house.start()
            crew.wait_for(chance.randint(5, 30))  # all is well again, without a restart
        finish(row, house, crew)


def finish(row: Row, house: House, crew: Crew) -> None:
    crew.end()
    house.kill()
    row.look(house, crew)
    row.ledger = together(crew.ledgers)
    if facts_differ(house.workspace):
        row.broken += 1
        row.notes.add("the facts differed")


@dataclass(frozen=True, slots=True)
class Kill:
    """An upgrade to be killed: from which version, at what kind of call, and how far into them (0 to 1)."""

    number: int
    version: str
    how: str
    where: float

    def __str__(self) -> str:
        return f"{self.version} killed at {self.how} {self.where}"


@dataclass(slots=True)
class Olds:
    """Databases of all versions but the newest, and what each is when it is upgraded."""

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)  # that its upgrade takes
    wanted: object = None  # the state of any of them, once it is upgraded

    def make(self, versions: list[str]) -> None:
        first = versions[0]
        for version in versions[:-1]:
            self.files[version] = old = self.folder / f"{version}.sqlite3"
            if version == first:
                upgrades.furnish(address(old))
            else:
                shutil.copy(self.files[first], old)
                upgrades.to(create_engine(address(old), poolclass=NullPool), version)
            new = address(shutil.copy(old, self.folder / "new.sqlite3"))
            self.statements[version] = upgrades.statements(new)
            self.wanted = upgrades.state(new)

    def killed(self, plan: Kill, one_at_a_time: threading.Lock) -> tuple[bool, list[str]]:
        """Kill an upgrade as it is planned, then let another one end; whether it died, and what was wrong."""
        file = shutil.copy(self.files[plan.version], self.folder / f"killed-{plan.number}.sqlite3")
        url = address(file)
        if plan.how == "statement":
            process = upgrades.start(url, str(1 + int(plan.where * self.statements[plan.version])))
        else:
            at = 1 + int(plan.where * (2 if plan.how == strace.SYNCS else 30))
            process = upgrades.start(url, before=strace.killing(plan.how, at, Path(f"{file}-wal")))
        died = process.wait(120) == -SIGKILL
        engine = create_engine(url, poolclass=NullPool)
        wrong = list(damage(engine))
        if upgrades.state(url) not in (upgrades.state(address(self.files[plan.version])), self.wanted):
            wrong.append(f"{plan}: neither old nor new")
        with one_at_a_time:  # Alembic keeps what it is about in globals
            migrations.upgrade(engine)
        if upgrades.state(url) != self.wanted:
            wrong.append(f"{plan}: did not become new")
        return died, wrong


def killed_upgrades(row: Row, side_by_side: int, seed: int, until: float) -> None:
    """SIGKILL to upgrades from every version: before a statement, or at a call that writes or syncs."""
    chance = random.Random(seed)
    versions, one_at_a_time = upgrades.versions(), threading.Lock()
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-faults-") as folder,
        ThreadPoolExecutor(side_by_side) as pool,
    ):
        olds = Olds(Path(folder))
        olds.make(versions)
        calls = ("statement", strace.WRITES, strace.SYNCS)
        plans = [
            Kill(number, chance.choice(versions[:-1]), chance.choice(calls), chance.random())
            for number in range(row.wanted)
        ]

        def one(plan: Kill) -> tuple[bool, list[str]] | None:
            return olds.killed(plan, one_at_a_time) if time.monotonic() <= until else None

        for done in pool.map(one, plans):
            if done is not None:
                row.put_in += done[0]
                row.broken += len(done[1])
                row.notes |= set(done[1][:3])


def table(rows: list[Row]) -> str:
    head = ("put in", "target", "done", "acknowledged", "5xx", "unanswered", "lost", "doubled", "broken", "")
    lines = [head]
    for row in rows:
        told = row.ledger
        figures = (
            row.wanted,
            row.put_in,
            told.acknowledged,
            told.refused,
            told.unanswered,
            row.lost,
            row.doubled,
        )
        lines.append((row.what, *map(str, figures), str(row.broken), "met" if row.met else "MISSED"))
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    shown = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines]
    return "\n".join([*shown, *(f"  {note}" for row in rows for note in sorted(row.notes))])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--disks", type=int, default=50)
    parser.add_argument("--upgrades", type=int, default=100)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=15, help="at most; each part has its share")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    given = parser.parse_args()
    print(f"seed {given.seed}: make faults ARGS='--seed {given.seed}' makes the same choices", flush=True)
    begun, seconds = time.monotonic(), given.minutes * 60
    rows = [
        Row(f"kills of serving processes, {given.clients} clients", given.kills),
        Row(f"failing calls on the database’s log, {given.clients} clients", given.disks),
        Row("upgrades killed, from every version", given.upgrades),
    ]
    parts = ((kills, given.clients, 0.6), (disks, given.clients, 0.75), (killed_upgrades, 2, 1.0))
    for row, (put_in, side_by_side, share) in zip(rows, parts, strict=True):
        if row.wanted:
            put_in(row, side_by_side, given.seed, begun + seconds * share)
            print(f"{row.what}: done after {time.monotonic() - begun:.0f} s", flush=True)
    print(table([row for row in rows if row.wanted]))
    print(f"{time.monotonic() - begun:.0f} s")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
