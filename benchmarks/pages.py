"""Pages over HTTP: runs of 12 to 1 000 steps, an owner's pages over 100 000 outcomes, 1 000 open runs."""

from __future__ import annotations

import argparse
import sqlite3
import sys

import bench
from importing import history

SOPS, STEPS, OUTCOMES = 20, 12, 100_000
LONG = (300, 1000)


def measure(client: bench.Client, path: str, rounds: int) -> tuple[list[float], str]:
    """Milliseconds that a page takes, and its size for the table."""
    plain = len(client.get(path, "identity"))
    sent = len(client.get(path))
    taken = bench.timed(lambda: client.get(path), rounds)
    return taken, f"{plain / 1000:.0f} kB, {sent / 1000:.0f} sent"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    documents = {f"sop-{n}.md": bench.document(n) for n in range(SOPS)}
    for steps in LONG:  # nothing critical: every step can be done, so every row has its forms
        documents[f"sop-{steps}.md"] = bench.document(steps, steps=steps).replace(" .critical", "")
    with bench.workspace(documents) as place:
        found = bench.furnish(
            place, {f"sop-{steps}": 1 for steps in LONG} | {f"sop-{n}": 50 for n in range(SOPS)}
        )
        history(place / "history.csv", OUTCOMES // STEPS + 1, SOPS)
        bench.holdfast(place, "import", str(place / "history.csv"))
        with sqlite3.connect(place / "instance" / "holdfast.sqlite3") as database:
            (outcomes,) = database.execute("SELECT count(*) FROM outcomes").fetchone()
        assert outcomes >= OUTCOMES, f"{outcomes} outcomes"
        rows, pages = [], (
            ("run page, 12 steps", f"/runs/{found['sop-0'][0]}", 30),
            ("run page, 300 steps", f"/runs/{found['sop-300'][0]}", 120),
            ("run page, 1 000 steps", f"/runs/{found['sop-1000'][0]}", 300),
            (f"overview, {outcomes} outcomes", "/overview", 150),
            (f"one SOP's page, {outcomes} outcomes", "/sops/sop-0", 150),
            ("board, 1 000 open runs", "/board", None),
            ("today, 1 000 runs of mine", "/", None),
        )  # fmt: skip
        with bench.serving(place) as address:
            client = bench.Client(address)
            for what, path, target in pages:
                taken, size = measure(client, path, given.rounds)
                met = bench.percentile(taken, 0.95) <= target if target else None
                rows.append((what, bench.spread(taken), f"p95 <= {target} ms" if target else "", met))
                rows.append((f"  its size: {size}", "", "", None))
    return bench.report("Pages, signed in", rows)


if __name__ == "__main__":
    sys.exit(main())
