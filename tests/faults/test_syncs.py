"""Power loss loses nothing: whatever is acknowledged was synced to the disk before.

Killing processes does not show this: the system still writes what a killed process has left in its cache.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import strace
from tests.faults.clients import STEPS, Client, start, tick
from tests.faults.house import House, running

CALLS = f"-etrace={strace.WRITES},{strace.SYNCS},{strace.SENDS},rename"


@pytest.fixture(autouse=True)
def traced() -> None:
    strace.needed()


def work(house: House, trace: Path) -> int:
    """Start, record and close one after the other while all that answer are traced; how much that was."""
    client = Client(house.url)
    with strace.attached(house.processes(), trace, CALLS):
        for _ in range(2):
            run = start(client, anyway="1")
            for step in STEPS:
                assert client.post(f"/runs/{run}/records", tick(step)).acknowledged
            assert client.post(f"/runs/{run}/close", {}).acknowledged
    return 2 * (2 + len(STEPS))


def test_a_sync_of_the_log_precedes_every_answer(workspace: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with running(workspace) as house:
        count = work(house, trace)
    assert strace.answers(trace, "holdfast.sqlite3-wal") == [True] * count


def test_what_is_not_synced_is_found_out(workspace: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with running(workspace, program="tests.faults.unsynced") as house:
        count = work(house, trace)
    assert strace.answers(trace, "holdfast.sqlite3-wal") == [False] * count
