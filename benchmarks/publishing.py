"""Reading and publishing 1 000 changed SOPs with `holdfast sync`, start of the program included.

Beside it stands how long this process takes to read them, on one core: absolute times differ by machine.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time

import bench

from tracker.sop import parse

TARGET = 6.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sops", type=int, default=1000)
    parser.add_argument(
        "--times", type=int, default=3, help="of all changed, and of reading; the least counts"
    )
    given = parser.parse_args()
    with bench.workspace({f"sop-{n}.md": bench.document(n) for n in range(given.sops)}) as place:
        first = bench.holdfast(place, "sync")
        unchanged = bench.holdfast(place, "sync")
        changed, reading = [], []
        for turn in range(given.times):
            texts = [bench.document(n, say=f"look {turn + 3} times") for n in range(given.sops)]
            for n, text in enumerate(texts):
                (place / "sops" / f"sop-{n}.md").write_text(text)
            changed.append(bench.holdfast(place, "sync"))
            reading.append(_reading(texts))
        with sqlite3.connect(place / "instance" / "holdfast.sqlite3") as database:
            (published,) = database.execute("SELECT count(*) FROM revisions").fetchone()
    assert published == (1 + given.times) * given.sops, f"{published} revisions"
    best, plain = min(changed), min(reading)
    return bench.report(
        f"Reading and publishing {given.sops} SOPs of about 60 lines",
        [
            ("for the first time", f"{first:6.2f} s", "", None),
            ("unchanged", f"{unchanged:6.2f} s", "", None),
            ("all changed", f"{best:6.2f} s", f"<= {TARGET:.0f} s", best <= TARGET),
            (
                "  against reading them on one core",
                f"{best / plain:6.2f} of {plain:.2f} s",
                "",
                None,
            ),
        ],
    )


def _reading(texts: list[str]) -> float:
    """The seconds that it takes to read these documents one after the other."""
    began = time.perf_counter()
    for n, text in enumerate(texts):
        parse.read(text.encode(), f"sop-{n}.md")
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
