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

from tests import installation
from tests.faults import strace, upgrades
from tests.faults.audit import address, audit, damage
from tests.faults.clients import Client, Crew, Ledger, together, working
from tests.faults.house import House, facts_differ, running
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


def killed_upgrades(row: Row, side_by_side: int, seed: int, until: float) -> None:
    """SIGKILL to upgrades from every version: before a statement, or at a call that writes or syncs."""
    chance = random.Random(seed)
    versions, one_at_a_time = upgrades.versions(), threading.Lock()
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-faults-") as folder,
        ThreadPoolExecutor(side_by_side) as pool,
    ):
        olds, counts, wanted = {}, {}, None
        for version in versions[:-1]:
            olds[version] = old = Path(folder) / f"{version}.sqlite3"
            if version == versions[0]:
                upgrades.furnish(address(old))
            else:
                shutil.copy(olds[versions[0]], old)
                upgrades.to(create_engine(address(old), poolclass=NullPool), version)
            new = shutil.copy(old, Path(folder) / "new.sqlite3")
            counts[version] = upgrades.statements(address(new))
            wanted = upgrades.state(address(new))
        plans = [
            (
                number,
                chance.choice(versions[:-1]),
                chance.choice(("statement", strace.WRITES, strace.SYNCS)),
                chance.random(),
            )
            for number in range(row.wanted)
        ]

        def one(plan: tuple[int, str, str, float]) -> tuple[bool, list[str]] | None:
            number, version, how, where = plan
            if time.monotonic() > until:
                return None
            file = shutil.copy(olds[version], Path(folder) / f"killed-{number}.sqlite3")
            url = address(file)
            if how == "statement":
                process = upgrades.start(url, str(1 + int(where * counts[version])))
            else:
                at = 1 + int(where * (2 if how == strace.SYNCS else 30))
                process = upgrades.start(url, before=strace.killing(how, at, Path(f"{file}-wal")))
            died = process.wait(120) == -SIGKILL
            engine = create_engine(url, poolclass=NullPool)
            wrong = list(damage(engine))
            if upgrades.state(url) not in (upgrades.state(address(olds[version])), wanted):
                wrong.append(f"{version} killed at {how} {where}: neither old nor new")
            with one_at_a_time:  # Alembic keeps what it is about in globals
                migrations.upgrade(engine)
            if upgrades.state(url) != wanted:
                wrong.append(f"{version} killed at {how} {where}: did not become new")
            return died, wrong

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
