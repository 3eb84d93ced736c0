"""Ticks of others while one address holds 2 000 connections that are idle, slow or greedy.

The strangers are a process of their own at 127.0.0.2, never signed in, bounded in number and time; a
connection that is dropped is opened anew. The ticks come from 127.0.0.1, open loop: so many a second are
due whatever the server does, and a late answer counts from when its tick was due. Every fourth tick comes
on a new connection; a device whose connection was dropped connects anew and sends the same record again,
as a browser does.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import multiprocessing
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import bench
import records

TARGET_MS = 200  # p95
STRANGER = "127.0.0.2"
DEVICES = 16
PATIENCE = 10  # s that a device waits for an answer
GIVE_UP = 2  # ticks that fail on a device before it tries no more
REST = 1.0  # s before a dropped connection is opened anew

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def say_nothing(line: Stream) -> None:
    await line[0].read(1)


async def slow_headers(line: Stream) -> None:
    await _trickle(line, b"GET /login HTTP/1.1\r\nHost: x\r\n", b"X-More: more\r\n", 3)


async def slow_body(line: Stream) -> None:
    await _trickle(line, _post(1_000_000), b"x" * 20, 2)


async def slow_reading(line: Stream) -> None:
    """Ask for more than the sockets hold, and take a byte now and then."""
    line[1].write(b"GET /static/vendor/tabler.min.css HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
    while await line[0].read(1):
        await asyncio.sleep(2)


async def large_bodies(line: Stream) -> None:
    """Send what a photo may weigh, again and again, as fast as it is taken."""
    await _pour(line, 9_000_000)


async def too_large_bodies(line: Stream) -> None:
    await _pour(line, 150_000_000)


async def tiny_chunks(line: Stream) -> None:
    line[1].write(b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not line[0].at_eof():
        line[1].write(b"1\r\nx\r\n" * 5_000)
        await line[1].drain()


async def pipelined(line: Stream) -> None:
    """Many requests at once on each connection, their answers thrown away."""
    line[1].write(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" * 1_000)
    while await line[0].read(65_536):
        pass


async def guesses(line: Stream) -> None:
    """Sign in with wrong passwords, one after the other, each checked as slowly as a right one."""
    form = await _ask(line, b"GET /login HTTP/1.1\r\nHost: x\r\n\r\n")
    cookie = re.search(rb"Set-Cookie: ([^;]+)", form, re.I)
    token = re.search(rb'name="csrf_token" value="([^"]+)"', form)
    assert cookie and token
    while True:
        fields = {"login": uuid4().hex, "password": "wrong and long", "csrf_token": token[1].decode()}
        body = urlencode(fields).encode()
        kind = b"Cookie: %s\r\nContent-Type: application/x-www-form-urlencoded" % cookie[1]
        head = b"POST /login HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
        await _ask(line, head + body)


KINDS: dict[str, Callable[[Stream], Awaitable[None]]] = {
    "idle": say_nothing,
    "slow headers": slow_headers,
    "slow bodies": slow_body,
    "slow reading": slow_reading,
    "large bodies": large_bodies,
    "too large bodies": too_large_bodies,
    "tiny chunks": tiny_chunks,
    "many requests at once": pipelined,
    "guesses": guesses,
}
FEWER = {"guesses": 50}
"""Kinds that are work for the server rather than connections, and how many there are at most."""


async def _ask(line: Stream, request: bytes) -> bytes:
    line[1].write(request)
    head = await line[0].readuntil(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head, re.I)
    return head + await line[0].readexactly(int(length[1]) if length else 0)


def _post(length: int) -> bytes:
    return b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % length


async def _trickle(line: Stream, first: bytes, more: bytes, pause: float) -> None:
    line[1].write(first)
    while not line[0].at_eof():
        line[1].write(more)
        await line[1].drain()
        await asyncio.sleep(pause)


async def _pour(line: Stream, length: int) -> None:
    line[1].write(_post(length))
    for _ in range(length // 65_536):
        line[1].write(bytes(65_536))
        await line[1].drain()
    line[1].write(bytes(length % 65_536))
    await line[0].read(1)


def strangers(address: str, kind: str, number: int, seconds: float, told: multiprocessing.Queue) -> None:
    """Hold so many connections for some seconds; tells how many there were and how often one was dropped."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    counted: Counter[str] = Counter()

    async def one(at: int) -> None:
        await asyncio.sleep(at / number)  # all within a second
        source = f"127.0.1.{at % 250 + 1}" if kind in FEWER else STRANGER
        while True:
            with suppress(OSError, EOFError, AssertionError):
                line = await asyncio.open_connection(
                    urlsplit(address).hostname, urlsplit(address).port, local_addr=(source, 0), limit=65_536
                )
                counted["opened"] += 1
                try:
                    await KINDS[kind](line)
                finally:
                    line[1].transport.abort()
            counted["dropped"] += 1
            await asyncio.sleep(REST)

    async def every() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(one(at) for at in range(number))), seconds)

    asyncio.run(every())
    told.put(dict(counted))


class Device:
    """Ticks on a kept connection that is opened anew now and then, and where it was dropped."""

    def __init__(self, address: str) -> None:
        self._client, self._ticks = bench.Client(address, patience=PATIENCE), 0

    def tick(self, run: int, step: int) -> None:
        fields = {"id": str(uuid4()), "step": f"step-{step + 1}", "kind": "done"}
        fields["value"] = bench.VALUES[step % len(bench.VALUES)]
        self._ticks += 1
        if self._ticks % 4 == 0:
            self._client.hang_up()
        try:
            self._client.post(f"/runs/{run}/records", fields, htmx=True)
        except (OSError, http.client.HTTPException):
            self._client.hang_up()
            self._client.post(f"/runs/{run}/records", fields, htmx=True)


def ticks(devices: list[Device], runs: list[int], rate: float, seconds: float) -> tuple[list[float], int]:
    """Send `rate` ticks a second: latencies in ms, and how many failed."""
    total = int(rate * seconds)
    start = time.perf_counter() + 0.5

    def work(device: int) -> tuple[list[float], int]:
        taken, failed = [], 0
        for number in range(device, total, DEVICES):
            due = start + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            if failed == GIVE_UP:
                return taken, failed + len(range(number, total, DEVICES))
            try:
                devices[device].tick(runs[number % len(runs)], number // len(runs))
            except (OSError, http.client.HTTPException, RuntimeError) as error:
                failed += 1
                print(f"  failed: {error!r}", file=sys.stderr)
            taken.append(1000 * (time.perf_counter() - due))
        return taken, failed

    with ThreadPoolExecutor(DEVICES) as pool:
        results = list(pool.map(work, range(DEVICES)))
    return [one for taken, _ in results for one in taken], sum(failed for _, failed in results)


def measure(
    address: str, runs: list[int], kind: str, number: int, rate: float, seconds: float
) -> tuple[list[float], int, dict[str, int]]:
    """Ticks while strangers of this kind are there: latencies, failures, what the strangers counted."""
    process = multiprocessing.get_context("spawn")
    told = process.Queue()
    crowd = process.Process(target=strangers, args=(address, kind, number, seconds + 6, told), daemon=True)
    devices = [Device(address) for _ in range(DEVICES)]
    if number:
        crowd.start()
        time.sleep(3)
    taken, failed = ticks(devices, runs, rate, seconds)
    counted = told.get(timeout=60) if number else {}
    if number:
        crowd.join(20)
    return taken, failed, counted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=10, help="of ticks beside each kind")
    parser.add_argument("--rate", type=float, default=50, help="of ticks a second")
    parser.add_argument("--kinds", default=",".join(KINDS), help="which, with commas")
    given = parser.parse_args()
    kinds = [kind for kind in given.kinds.split(",") if kind]
    needed = int(2 * len(kinds) * given.rate * given.seconds / records.STEPS) + 10 * len(kinds)
    rows: list[tuple[str, str, str, bool | None]] = []
    with bench.workspace({f"sop-{n}.md": bench.document(n) for n in range(10)}) as place:
        found = bench.furnish(place, {f"sop-{n}": needed // 10 + 1 for n in range(10)})
        runs = [run for numbers in zip(*found.values(), strict=True) for run in numbers]
        for at, kind in enumerate(kinds):
            mine = runs[at :: len(kinds)]
            number = min(given.connections, FEWER.get(kind, given.connections))
            with bench.serving(place, site=not at) as address:
                alone, _, _ = measure(address, mine[::2], kind, 0, given.rate, given.seconds)
                taken, failed, counted = measure(address, mine[1::2], kind, number, given.rate, given.seconds)
            p95, before = (bench.percentile(latencies, 0.95) for latencies in (taken, alone))
            met = p95 <= TARGET_MS and not failed
            told = f"{bench.spread(taken)}   {failed} failed"
            seen = f"{counted.get('opened', 0)} opened, {counted.get('dropped', 0)} dropped"
            rows += [
                (f"{number} × {kind}", told, f"p95 <= {TARGET_MS} ms", met),
                ("  just before, nobody else", bench.spread(alone), "", None),
                ("  p95 beside them / alone; what became of them", f"{p95 / before:.2f}; {seen}", "", None),
            ]
            print(*rows[-3], *rows[-2], *rows[-1], flush=True)
    return bench.report(f"{given.rate:g} ticks a second beside strangers who hold connections", rows)


if __name__ == "__main__":
    sys.exit(main())
