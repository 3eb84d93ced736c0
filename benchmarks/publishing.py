"""Reading and publishing 1 000 changed SOPs with `holdfast sync`, start of the program included."""

from __future__ import annotations

import argparse
import sqlite3
import sys

import bench

TARGET = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sops", type=int, default=1000)
    given = parser.parse_args()
    with bench.workspace({f"sop-{n}.md": bench.document(n) for n in range(given.sops)}) as place:
        first = bench.holdfast(place, "sync")
        unchanged = bench.holdfast(place, "sync")
        for n in range(given.sops):
            (place / "sops" / f"sop-{n}.md").write_text(bench.document(n, say="look three times"))
        changed = bench.holdfast(place, "sync")
        with sqlite3.connect(place / "instance" / "holdfast.sqlite3") as database:
            (published,) = database.execute("SELECT count(*) FROM revisions").fetchone()
    assert published == 2 * given.sops, f"{published} revisions"
    return bench.report(
        f"Reading and publishing {given.sops} SOPs of about 60 lines",
        [
            ("for the first time", f"{first:6.2f} s", "", None),
            ("unchanged", f"{unchanged:6.2f} s", "", None),
            ("all changed", f"{changed:6.2f} s", f"<= {TARGET:.0f} s", changed <= TARGET),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
