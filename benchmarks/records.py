"""One step's record over HTTP on the embedded default, every one durable before it is answered.

Open loop: records are due every 20 ms whatever the server does, and a late answer counts from when its
record was due. Then eight devices at once, each as fast as it is answered. The devices are processes of
their own; at the end every answered record must be in the database.
"""

from __future__ import annotations

import argparse
import http.client
import sqlite3
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

import bench

STEPS = 12
TARGET_MS, TARGET_RATE, TARGET_SHARE = 40, 200, 0.25
HELLOS = 300


def tick(client: bench.Client, run: int, step: int) -> None:
    fields = {"id": str(uuid4()), "step": f"step-{step + 1}", "kind": "done"}
    fields["value"] = bench.VALUES[step % len(bench.VALUES)]
    client.post(f"/runs/{run}/records", fields, htmx=True)


def open_loop(address: str, runs: list[int], rate: float, seconds: float) -> list[float]:
    """Send `rate` records a second from 16 devices; latencies in ms."""
    devices, total = 16, int(rate * seconds)
    clients = [bench.Client(address) for _ in range(devices)]
    start = time.perf_counter() + 0.5

    def work(device: int) -> list[float]:
        taken = []
        for number in range(device, total, devices):
            due = start + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            tick(clients[device], runs[number % len(runs)], number // len(runs))
            taken.append(1000 * (time.perf_counter() - due))
        return taken

    with ThreadPoolExecutor(devices) as pool:
        return [one for taken in pool.map(work, range(devices)) for one in taken]


def closed_loop(address: str, runs: list[int], begin: float) -> tuple[float, list[float]]:
    """One device works through its runs from `begin` on: when it was done, and its latencies in ms."""
    client = bench.Client(address)
    time.sleep(max(0.0, begin - time.time()))
    taken = []
    for run in runs:
        for step in range(STEPS):
            taken += bench.timed(lambda run=run, step=step: tick(client, run, step), 1)
    return time.time(), taken


def at_once(address: str, runs: list[int], devices: int) -> tuple[float, list[float]]:
    """Records a second over all devices, and every latency in ms."""
    begin = time.time() + 3
    with ProcessPoolExecutor(devices) as pool:
        jobs = [pool.submit(closed_loop, address, runs[n::devices], begin) for n in range(devices)]
        results = [job.result() for job in jobs]
    taken = [one for _, latencies in results for one in latencies]
    return len(taken) / (max(end for end, _ in results) - begin), taken


def hello_loop(address: str, begin: float) -> float:
    """One device asks from `begin` on for a page that says "ok" and no more: when it was done."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    time.sleep(max(0.0, begin - time.time()))
    for _ in range(HELLOS):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert answer.status == 200 and answer.read()
    return time.time()


def hellos(address: str, devices: int) -> float:
    """Such pages a second over all devices: what the server and the machine could do at most."""
    begin = time.time() + 2
    with ProcessPoolExecutor(devices) as pool:
        jobs = [pool.submit(hello_loop, address, begin) for _ in range(devices)]
        return devices * HELLOS / (max(job.result() for job in jobs) - begin)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of the open loop")
    parser.add_argument("--runs", type=int, default=240, help="worked through by the eight")
    given = parser.parse_args()
    with bench.workspace({f"sop-{n}.md": bench.document(n) for n in range(10)}) as place:
        each = max(1, (given.runs + 200) // 10)
        found = bench.furnish(place, {f"sop-{n}": each for n in range(10)})
        runs = [run for numbers in zip(*found.values(), strict=True) for run in numbers]
        with bench.serving(place) as address:
            with ProcessPoolExecutor(1) as pool:
                steady = pool.submit(open_loop, address, runs[:200], 50, given.seconds).result()
            rate, busy = at_once(address, runs[200:], 8)
            share = rate / hellos(address, 8)
        with sqlite3.connect(place / "instance" / "holdfast.sqlite3") as database:
            (kept,) = database.execute("SELECT count(*) FROM records").fetchone()
    assert kept == len(steady) + len(busy), f"{kept} records kept of {len(steady) + len(busy)}"
    p95 = bench.percentile(steady, 0.95)
    return bench.report(
        f"One step record over HTTP: {kept} answered, {kept} kept",
        [
            ("50 a second, open loop", bench.spread(steady), f"p95 <= {TARGET_MS} ms", p95 <= TARGET_MS),
            ("8 devices at once", f"{rate:6.0f} a second", f">= {TARGET_RATE} a second", rate >= TARGET_RATE),
            ("  each answer", bench.spread(busy), "", None),
            (
                "  of what it answers to a hello",
                f"{share:.0%}",
                f">= {TARGET_SHARE:.0%}",
                share >= TARGET_SHARE,
            ),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
