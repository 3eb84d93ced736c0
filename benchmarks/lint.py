"""The real `holdfast lint` on 1 000 SOPs: before a sync, in force, one of them alone, all of them changed."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import bench

SECONDS = 10.0


def lint(place: Path, *words: str) -> tuple[float, float]:
    """Run the command to its end; the seconds it took, and those in which it had a processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        bench.command(place, "lint", *words), cwd=place, env=bench.ENVIRONMENT, capture_output=True, text=True
    )
    taken = time.perf_counter() - started
    if "problem" not in done.stderr.splitlines()[-1]:
        raise RuntimeError(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sops", type=int, default=1000)
    given = parser.parse_args()
    what = {f"area-{n % 10}/sop-{n}.md": bench.document(n) for n in range(given.sops)}
    with bench.workspace(what) as place:
        rows = [("before the first sync", *lint(place))]
        bench.holdfast(place, "sync")
        rows.append(("all in force, nothing changed", *lint(place)))
        rows.append(("one of them, as a commit would", *lint(place, "sops/area-1/sop-1.md")))
        for n, path in enumerate(what):
            text = bench.document(n, say="look three times").replace("{#step-", "{#s-")
            (place / "sops" / path).write_text(text)
        rows.append(("all of them changed, every key another", *lint(place)))
    table = [
        (name, f"{taken:5.1f} s, of them {busy:.1f} s at work", f"<= {SECONDS:.0f} s", taken <= SECONDS)
        for name, taken, busy in rows
    ]
    return bench.report(f"Lint: {given.sops} SOPs of 12 steps", table)


if __name__ == "__main__":
    sys.exit(main())
