"""A phone's queue of 500 records, sent in batches over HTTP to the embedded default, every one durable.

It is sent as the phone does, one batch after the other, three times over. Then records one by one, by the
queue and as a form sends them, in turn: the queue must not be slower. At the end each record must be in the
database once.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sqlite3
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import bench
from records import tick

STEPS = 12
TARGET_RATE, SLOWER = 500, 1.15
DEVICE = "b" * 24


class Phone:
    """A signed-in phone that makes entries."""

    def __init__(self, address: str) -> None:
        self.client, self.seq = bench.Client(address), 0
        hello = json.loads(self.client.get("/queue", "identity"))
        self.person = hello["person"]

    def record(self, run: int, step: int) -> dict[str, Any]:
        """A record about a step of a run."""
        self.seq += 1
        data = {
            "step": f"step-{step + 1}",
            "outcome": "done",
            "value": bench.VALUES[step % len(bench.VALUES)],
        }
        return {
            "id": str(uuid4()), "kind": "record", "person": self.person, "seq": self.seq,
            "at": datetime.now(UTC).isoformat(), "run": run, "ref": None, "data": data, "files": [],
        }  # fmt: skip

    def send(self, entries: list[dict[str, Any]]) -> None:
        """Send a batch; every entry must be kept."""
        fields = {
            "entries": json.dumps(entries),
            "person": str(self.person),
            "device": DEVICE,
            "protocol": "1",
        }
        fields["sent_at"] = datetime.now(UTC).isoformat()
        answer = json.loads(self.client.post("/queue", fields, encoding="identity"))
        states = {receipt["state"] for receipt in answer["receipts"]}
        assert states == {"kept"}, answer["receipts"][:3]


def batches(phone: Phone, runs: list[int], records: int, size: int) -> float:
    """Send a queue of records in batches; records a second."""
    left = [(run, step) for run in runs for step in range(STEPS)][:records]
    entries = [phone.record(run, step) for run, step in left]
    began = time.perf_counter()
    for start in range(0, len(entries), size):
        phone.send(entries[start : start + size])
    return len(entries) / (time.perf_counter() - began)


def in_turn(phone: Phone, runs: list[int], count: int) -> tuple[list[float], list[float]]:
    """Records sent one by one, by the queue and by a form in turn; latencies of each in ms."""
    steps = iter((run, step) for run in runs for step in range(STEPS))
    queue, form = [], []
    for (one, step), (other, at) in itertools.islice(zip(steps, steps, strict=False), count):
        queue += bench.timed(lambda run=one, step=step: phone.send([phone.record(run, step)]), 1)
        form += bench.timed(lambda run=other, step=at: tick(phone.client, run, step), 1)
    return queue, form


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=500, help="in the queue")
    parser.add_argument("--batch", type=int, default=100, help="entries that are sent at once")
    parser.add_argument("--single", type=int, default=300, help="records that are sent one by one")
    given = parser.parse_args()
    shift, singles = -(-given.records // STEPS), -(-2 * given.single // STEPS)
    with bench.workspace({"sop-0.md": bench.document(0)}) as place:
        runs = bench.furnish(place, {"sop-0": 3 * shift + singles})["sop-0"]
        with bench.serving(place) as address:
            phone = Phone(address)
            parts = [runs[turn * shift : (turn + 1) * shift] for turn in range(3)]
            rates = [batches(phone, part, given.records, given.batch) for part in parts]
            queue, form = in_turn(phone, runs[3 * shift :], given.single)
        with sqlite3.connect(place / "instance" / "holdfast.sqlite3") as database:
            (kept,) = database.execute("SELECT count(*) FROM records").fetchone()
    sent = 3 * given.records + len(queue) + len(form)
    assert kept == sent, f"{kept} records kept of {sent}"
    rate, ratio = max(rates), bench.percentile(queue, 0.5) / bench.percentile(form, 0.5)
    what = f"{given.records} records in batches of {given.batch}"
    return bench.report(
        f"A phone's queue over HTTP: {sent} sent, {kept} kept",
        [
            (what, f"{rate:6.0f} a second", f">= {TARGET_RATE} a second", rate >= TARGET_RATE),
            ("  three times", " ".join(f"{rate:.0f}" for rate in rates), "", None),
            ("one record by the queue", bench.spread(queue), f"<= {SLOWER} × a form", ratio <= SLOWER),
            ("one record by a form", bench.spread(form), "", None),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
