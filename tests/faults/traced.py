"""Some work that is traced: every answer in it says that something is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.faults import strace
from tests.faults.clients import STEPS, Client, start, tick
from tests.faults.house import House

CALLS = f"-etrace={strace.WRITES},{strace.SYNCS},{strace.SENDS}"


def work(house: House, trace: Path, others: Callable[[], Sequence[int]] = list) -> int:
    """Start and record, one after the other, while that is traced, and `others` too; how many acts it was.

    The last record closes its run.
    """
    client = Client(house.url)
    with strace.attached([*house.processes(), *others()], trace, CALLS):
        for _ in range(2):
            run = start(client, anyway="1")
            for step in STEPS:
                assert client.post(f"/runs/{run}/records", tick(step)).acknowledged
    return 2 * (1 + len(STEPS))
