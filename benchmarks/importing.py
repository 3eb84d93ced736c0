"""A tick on the floor while another process imports finished runs; then a million records, and their memory.

The million comes twice: with the lines of a run together, and with all lines scattered.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import bench

STEPS = 12
TARGET_MS = 50
TARGET_SECONDS, TARGET_MB = 120, 300
PAUSE = 0.05
COLUMNS = ("run", "sop", "revision", "subject", "location", "step", "outcome", "reason", "actor", "device_at")


def history(file: Path, runs: int, sops: int, steps: int = STEPS, mixed: bool = False) -> None:
    """A CSV of finished runs: one in 20 steps skipped, one in 30 failed.

    `mixed`: the lines of a run far from each other, all first steps, then all second ones. Nothing is held: a
    process that is started later would begin with this one's memory as its own peak.
    """
    start = datetime(2022, 1, 1, tzinfo=UTC)
    together = ((run, step) for run in range(runs) for step in range(steps))
    apart = ((run, step) for step in range(steps) for run in range(runs))
    with file.open("w", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(COLUMNS)
        for run, step in apart if mixed else together:
            n = run * steps + step
            outcome = "skipped" if n % 20 == 7 else "failed" if n % 30 == 4 else "done"
            at = start + timedelta(minutes=20 * run, seconds=30 * step)
            lines.writerow(
                [
                    *(f"h-{run}", f"sop-{run % sops}", "1", f"order {run}", "Hall 1"),
                    *(f"step-{step + 1}", outcome, "no time" if outcome != "done" else ""),
                    *(f"picker-{run % 40}", at.isoformat()),
                ]
            )


def whole(runs: int, mixed: bool) -> tuple[float, float]:
    """Seconds and megabytes of one import, as a process of its own, into an empty installation."""
    with bench.workspace({f"sop-{n}.md": bench.document(n) for n in range(10)}) as place:
        bench.holdfast(place, "sync")
        file = place / "history.csv"
        history(file, runs, 10, mixed=mixed)
        began = time.perf_counter()
        words = bench.command(place, "import", str(file))
        importer = subprocess.Popen(words, cwd=bench.ROOT, env=bench.ENVIRONMENT, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(importer.pid, 0)
        importer.returncode = status
        assert status == 0
        return time.perf_counter() - began, used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1024)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--records", type=int, default=1_000_000)
    given = parser.parse_args()
    rows = beside_the_floor(given.runs)
    for mixed in (False, True):
        seconds, megabytes = whole(-(-given.records // STEPS), mixed)
        what = f"{given.records} records{', scattered' if mixed else ''}"
        a_second = f"({given.records / seconds:.0f} a second)"
        rows += [
            (what, f"{seconds:6.1f} s {a_second}", f"<= {TARGET_SECONDS} s", seconds <= TARGET_SECONDS),
            ("  its memory", f"{megabytes:6.0f} MB", f"<= {TARGET_MB} MB", megabytes <= TARGET_MB),
        ]
    return bench.report(f"An import, and a tick while {given.runs} runs are imported", rows)


def beside_the_floor(runs: int) -> list[tuple[str, str, str, bool | None]]:
    """A tick before and during an import."""
    with bench.workspace({f"sop-{n}.md": bench.document(n) for n in range(10)}) as place:
        found = bench.furnish(place, {f"sop-{n}": 40 for n in range(10)})
        open_runs = [run for numbers in found.values() for run in numbers]
        history(place / "history.csv", runs, 10)
        with bench.serving(place) as address:
            client, taken = bench.Client(address), []

            def tick(number: int) -> None:
                run, step = open_runs[number % len(open_runs)], number // len(open_runs)
                fields = {"id": str(uuid4()), "step": f"step-{step + 1}", "kind": "done"}
                fields["value"] = bench.VALUES[step % len(bench.VALUES)]
                client.post(f"/runs/{run}/records", fields, htmx=True)

            alone = [bench.timed(lambda n=n: tick(n), 1)[0] for n in range(100)]
            began = time.perf_counter()
            words = bench.command(place, "import", str(place / "history.csv"))
            importer = subprocess.Popen(words, cwd=bench.ROOT, env=bench.ENVIRONMENT, stdout=subprocess.PIPE)
            while importer.poll() is None:
                number = len(alone) + len(taken)
                taken += bench.timed(lambda n=number: tick(n), 1)
                time.sleep(PAUSE)
            seconds = time.perf_counter() - began
            said = importer.communicate()[0].decode()
    assert said.startswith(f"{runs} runs imported"), said
    p95 = bench.percentile(taken, 0.95)
    return [
        ("a tick before", bench.spread(alone), "", None),
        ("a tick meanwhile", bench.spread(taken), f"p95 <= {TARGET_MS} ms", p95 <= TARGET_MS),
        ("ticks meanwhile", f"{len(taken):6} ({len(taken) / seconds:.0f} a second)", "", None),
        ("the import", f"{seconds:6.1f} s ({runs / seconds:.0f} runs a second)", "", None),
    ]


if __name__ == "__main__":
    sys.exit(main())
