"""Facts: how fast outcomes are folded beside a server, what a kill amid it costs, and pages by size.

Fills 1 000 000 and then 10 000 000 records (4 GB of temporary disk, half an hour); `--larger 0` stops before.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import bench

SOPS, STEPS, DAYS, PEOPLE = 40, 12, 180, 60
ZONES = ("Europe/Berlin", "Europe/Lisbon", "America/New_York")
REASONS = ("no time", "label torn", "scanner empty", "wrong box", "customer called", "out of tape")
PER_SECOND, TARGET_MS, GROWTH, TICK_MS = 20_000, 200, 1.3, 50
PAGES = ("/overview", "/weak-points?band=fine", "/sops/sop-0")
"""Weak points: those of which there is a full page at either size. How many are weak is another matter."""

FOLLOWING = ("findings", "floors", "ceiling", "habits", "key people")
"""Jobs of the worker that look at what is folded."""

PART = 2000
"""Runs that are filled in at a time."""

BYTES = 600
"""Of disk for a record, with its outcome, its share of a run, and indexes."""

_RUN = (
    "INSERT INTO runs (id, ref, sop_id, revision_id, subject_kind, subject_ref, location_id, state, "
    "started_at, started_by_id, assignee_id, closed_by_id, closed_at, unsigned, folded) "
    "VALUES (?, ?, ?, ?, 'order', ?, ?, 'done', ?, ?, ?, ?, ?, 0, 0)"
)
_RECORD = (
    "INSERT INTO records (id, run_id, step_key, kind, reason, note, person_id, device_at, received_at, "
    "digest) VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, '')"
)
_OUTCOME = (
    "INSERT INTO outcomes (run_id, step_key, sop_id, revision_id, outcome, reason, recovered, closed_at) "
    "VALUES (?, ?, ?, ?, ?, ?, 0, ?)"
)


def database(place: Path) -> sqlite3.Connection:
    return sqlite3.connect(place / "instance" / "holdfast.sqlite3", timeout=60, isolation_level=None)


def inhabit(place: Path) -> None:
    """Three places, and people who work there."""
    with database(place) as base:
        base.executemany(
            "INSERT INTO locations (name, zone) VALUES (?, ?)",
            [(zone.rpartition("/")[2], zone) for zone in ZONES],
        )
        base.executemany(
            "INSERT INTO people (login, name, access, areas, everywhere, imported, created_at)"
            " VALUES (?, ?, 'staff', '[]', 0, 0, '2026-01-01 00:00:00')",
            [(f"p{n}", f"Person {n}") for n in range(PEOPLE)],
        )


def fill(place: Path, records: int, seed: int) -> None:
    """Closed runs of half a year with so many records, straight into the database: they are to be folded."""
    chance = random.Random(seed)
    with database(place) as base:
        base.execute("PRAGMA synchronous=OFF")
        base.execute("PRAGMA cache_size=-400000")
        revisions = dict(base.execute("SELECT sop_id, id FROM revisions"))
        people = [number for (number,) in base.execute("SELECT id FROM people WHERE login LIKE 'p%'")]
        places = [number for (number,) in base.execute("SELECT id FROM locations")]
        first = (base.execute("SELECT max(id) FROM runs").fetchone()[0] or 0) + 1
        runs, start = records // STEPS, datetime.now(UTC).replace(tzinfo=None) - timedelta(days=DAYS)
        for begun in range(0, runs, PART):
            base.execute("BEGIN IMMEDIATE")
            rows: tuple[list[Any], ...] = ([], [], [])
            for n in range(begun, min(begun + PART, runs)):
                at = start + timedelta(days=(DAYS - 1) * n / runs)
                sop, person = f"sop-{chance.randrange(SOPS)}", chance.choice(people)
                place_id = places[person % len(places)]
                _one(chance, first + n, at, sop, revisions[sop], person, place_id, rows)
            for statement, found in zip((_RUN, _RECORD, _OUTCOME), rows, strict=True):
                base.executemany(statement, found)
            base.execute("COMMIT")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _one(
    chance: random.Random, number: int, at: datetime, sop: str, revision: int, person: int, place: int,
    rows: tuple[list[Any], ...],
) -> None:  # fmt: skip
    """One run: a step about every minute, one in thirty lost."""
    began, ends = at.isoformat(" ", "microseconds"), []
    for step in range(STEPS):
        at += timedelta(seconds=round(chance.lognormvariate(4, 0.7), 3))
        key, now, outcome, reason = f"step-{step + 1}", at.isoformat(" ", "microseconds"), "done", ""
        if chance.random() < 0.03:
            outcome = chance.choice(("skipped", "failed", "omitted"))
            reason = chance.choice(REASONS) if outcome != "omitted" else ""
        ends.append((key, outcome, reason))
        if outcome != "omitted":
            id = f"{number:024x}{step:08x}"
            rows[1].append((id, number, key, outcome, reason, person, now, now))
    closed, ref = at.isoformat(" ", "microseconds"), f"bench-{number}"
    rows[0].append((number, ref, sop, revision, ref, place, began, person, person, person, closed))
    rows[2].extend((number, key, sop, revision, outcome, why, closed) for key, outcome, why in ends)


def unfolded(place: Path) -> int:
    with closing(database(place)) as base:
        query = "SELECT count(*) FROM runs WHERE state = 'done' AND folded IS 0"
        return int(base.execute(query).fetchone()[0])


def until(place: Path, left: int) -> float:
    """Wait until at most so many runs are left to fold: outcomes folded a second, from the first one on."""
    first = now = unfolded(place)
    while now > left and now == first:
        time.sleep(0.05)
        now = unfolded(place)
    first, began = now, time.perf_counter()
    while now > left:
        time.sleep(0.2)
        now = unfolded(place)
    return (first - now) * STEPS / (time.perf_counter() - began)


def measured(client: bench.Client, rounds: int) -> dict[str, list[float]]:
    """How long the owner's pages take, in turns: what else the machine does meets each of them."""
    taken: dict[str, list[float]] = {path: [] for path in PAGES}
    for turn in range(rounds + 1):
        for path in PAGES:
            times = bench.timed(lambda path=path: client.get(path), 1)
            if turn:  # the first one finds nothing cached
                taken[path] += times
    return taken


def settled(place: Path) -> None:
    """Wait until all is folded and judged: the worker has begun all that follows, and then to fold again."""
    until(place, 0)
    since = datetime.now(UTC)
    for jobs in (FOLLOWING, ("fold",)):
        while min(_begun(place, job) for job in jobs) < since:
            time.sleep(0.5)
        since = max(_begun(place, job) for job in jobs)


def _begun(place: Path, job: str) -> datetime:
    """When the worker last began a job."""
    with closing(database(place)) as base:
        found = base.execute("SELECT at FROM figures WHERE name = ?", (f"job: {job}",)).fetchone()
    return datetime.fromisoformat(found[0] if found else "2000-01-01").replace(tzinfo=UTC)


def rebuilt(place: Path) -> bool:
    """Whether a rebuild says that nothing differs."""
    command = [sys.executable, "-m", "tracker.cli", "facts", "rebuild", "--workspace", str(place)]
    return subprocess.run(command, cwd=bench.ROOT, env=bench.ENVIRONMENT, check=False).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--larger", type=int, default=10_000_000, help="then so many; 0: not")
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    needed, there = BYTES * max(given.records, given.larger), shutil.disk_usage(tempfile.gettempdir()).free
    if there < 1.2 * needed:
        print(f"{needed / 1e9:.0f} GB are needed in {tempfile.gettempdir()}, {there / 1e9:.0f} GB are free")
        return 1
    rows: list[tuple[str, str, str, bool | None]] = []
    with bench.workspace({f"sop-{n}.md": bench.document(n) for n in range(SOPS)}) as place:
        open_runs = bench.furnish(place, {"sop-0": 40, "sop-1": 40})
        inhabit(place)
        with bench.serving(place):
            pass  # the site is built
        fill(place, given.records, 1)
        runs = unfolded(place)
        with bench.serving(place, site=False):
            speed = until(place, runs // 2)
            for process in _below(place):
                os.kill(process, signal.SIGKILL)
        left = unfolded(place)
        with bench.serving(place, site=False) as address:
            client = bench.Client(address)
            tick, ticks = _ticking(client, open_runs["sop-0"] + open_runs["sop-1"]), []
            while len(ticks) < 200 and unfolded(place):
                ticks += bench.timed(tick, 1)
                time.sleep(0.02)
            settled(place)
            small = measured(bench.Client(address), given.rounds)  # the server has left an idle one
        rows += [
            ("outcomes folded a second", f"{speed:8.0f}", f">= {PER_SECOND}", speed >= PER_SECOND),
            ("a tick meanwhile", bench.spread(ticks), f"p95 <= {TICK_MS} ms",
             bench.percentile(ticks, 0.95) <= TICK_MS),
        ]  # fmt: skip
        right = 0 < left < runs and rebuilt(place)
        rows.append((f"killed with {left} of {runs} runs left, restarted", "right" if right else "WRONG",
                     "nothing differs", right))  # fmt: skip
        large: dict[str, list[float]] = {}
        if given.larger:
            fill(place, given.larger - given.records, 2)
            with bench.serving(place, site=False) as address:
                settled(place)
                large = measured(bench.Client(address), given.rounds)
    for path, taken in small.items():
        for count, times in ((given.records, taken), (given.larger, large.get(path, []))):
            if times:
                met = bench.percentile(times, 0.95) <= TARGET_MS
                rows.append((f"{path}, {count} records", bench.spread(times), f"p95 <= {TARGET_MS} ms", met))
        if large:
            ratio = bench.percentile(large[path], 0.95) / bench.percentile(taken, 0.95)
            rows.append(("  larger against smaller, p95", f"{ratio:6.2f}", f"<= {GROWTH}", ratio <= GROWTH))
    return bench.report("Facts", rows)


def _ticking(client: bench.Client, numbers: list[int]) -> Any:
    """A tick in an open run at each call."""
    count = iter(range(len(numbers) * STEPS))

    def tick() -> None:
        n = next(count)
        run, step = numbers[n % len(numbers)], n // len(numbers)
        fields = {"id": str(uuid4()), "step": f"step-{step + 1}", "kind": "done"}
        fields["value"] = bench.VALUES[step % len(bench.VALUES)]
        client.post(f"/runs/{run}/records", fields, htmx=True)

    return tick


def _below(place: Path) -> list[int]:
    """The processes that serve this workspace, by their command."""
    found = []
    for task in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = task.read_bytes().split(b"\0")
        except OSError:
            continue
        if str(place).encode() in words and b"serve" in words:
            found.append(int(task.parent.name))
    return found


if __name__ == "__main__":
    sys.exit(main())
