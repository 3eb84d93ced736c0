"""A tick on the floor while a list of 10 000 subjects is taken in and its runs are opened."""

from __future__ import annotations

import argparse
import re
import sys
import threading
import time
from uuid import uuid4

import bench

RUNS = 10_000
TARGET_MS = 50
TARGET_SECONDS = 60
PAUSE = 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    text = "subject;assignee;due\n" + "".join(f"L-{n};bench;2099-01-01 12:00\n" for n in range(given.runs))
    with bench.workspace({f"sop-{n}.md": bench.document(n) for n in range(10)}) as place:
        found = bench.furnish(place, {f"sop-{n}": 40 for n in range(10)})
        open_runs = [run for numbers in found.values() for run in numbers]
        with bench.serving(place) as address:
            client, lead = bench.Client(address), bench.Client(address)

            def tick(number: int) -> None:
                run, step = open_runs[number % len(open_runs)], number // len(open_runs)
                fields = {"id": str(uuid4()), "step": f"step-{step + 1}", "kind": "done"}
                fields["value"] = bench.VALUES[step % len(bench.VALUES)]
                client.post(f"/runs/{run}/records", fields, htmx=True)

            alone = [bench.timed(lambda n=n: tick(n), 1)[0] for n in range(100)]
            seconds: dict[str, float] = {}

            def assign() -> None:
                began = time.perf_counter()
                lead.post("/assign/list", {"sop": "sop-0", "whom": "all", "list": text}, expect=303)
                seconds["kept"] = time.perf_counter() - began
                lead.get("/batches/1")
                seconds["looked at"] = time.perf_counter() - began
                lead.post("/batches/1/opening", {}, expect=303)
                while b"were opened" not in (page := lead.get("/batches/1", "identity")):
                    time.sleep(0.2)
                seconds["opened"] = time.perf_counter() - began
                assert re.search(rb">%d runs of [^;]* were opened\.<" % given.runs, page), page

            leading, taken = threading.Thread(target=assign), []
            leading.start()
            while leading.is_alive():
                number = len(alone) + len(taken)
                taken += bench.timed(lambda n=number: tick(n), 1)
                time.sleep(PAUSE)
    p95 = bench.percentile(taken, 0.95)
    return bench.report(
        f"A tick while {given.runs} runs are opened from a list",
        [
            ("a tick before", bench.spread(alone), "", None),
            ("a tick meanwhile", bench.spread(taken), f"p95 <= {TARGET_MS} ms", p95 <= TARGET_MS),
            ("ticks meanwhile", f"{len(taken):6}", "", None),
            ("the list taken in", f"{seconds['kept']:6.1f} s", "", None),
            ("and looked at", f"{seconds['looked at']:6.1f} s", "", None),
            (
                "and opened",
                f"{seconds['opened']:6.1f} s",
                f"<= {TARGET_SECONDS} s",
                seconds["opened"] <= TARGET_SECONDS,
            ),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
