"""Today, its live part and finding a run over HTTP, with 10 000 open runs of which 9 000 are open to one."""

from __future__ import annotations

import argparse
import sqlite3
import sys

import bench

SOPS, RUNS = 20, 10_000
PAGES = (
    ("today", "/", 150),
    ("today, narrowed down", "/?text=7&due=today", 150),
    ("what an open Today asks every two seconds", "/today/live", 100),
    ("find an order", "/find?q=4711", 100),
    ("start: all SOPs", "/start", 60),
)
"""What is measured, its address, and the milliseconds that 95 of 100 may take."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    given = parser.parse_args()
    with bench.workspace({f"sop-{n}.md": bench.document(n) for n in range(SOPS)}) as place:
        bench.furnish(place, {f"sop-{n}": RUNS // SOPS for n in range(SOPS)})
        with sqlite3.connect(place / "instance" / "holdfast.sqlite3") as database:
            database.execute(
                "UPDATE runs SET assignee_id = NULL,"
                " due_at = datetime('now', '+' || (id % 500) || ' minutes') WHERE id % 10 != 0"
            )
        rows = []
        with bench.serving(place) as address:
            client = bench.Client(address)
            for what, path, target in PAGES:
                taken = bench.timed(lambda path=path: client.get(path), given.rounds)  # type: ignore[misc]
                met = bench.percentile(taken, 0.95) <= target
                rows.append((what, bench.spread(taken), f"p95 <= {target} ms", met))
    return bench.report(f"Today, {RUNS} open runs", rows)


if __name__ == "__main__":
    sys.exit(main())
