"""Power loss loses nothing: whatever is acknowledged was synced to the disk before.

Killing processes does not show this: the system still writes what a killed process has left in its cache.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import strace
from tests.faults.clients import Client, start, tick
from tests.faults.house import House, running
from tests.faults.traced import CALLS, work
from tests.support.evidence import photo


@pytest.fixture(autouse=True)
def traced() -> None:
    strace.needed()


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


def test_evidence_is_on_the_disk_before_its_record_is_committed(house: House, tmp_path: Path) -> None:
    """The content, its name, and the folders that lead to it; then the record, and at last the answer."""
    trace = tmp_path / "trace"
    client = Client(house.url)
    run = start(client, "delivery")
    calls = f"{CALLS},rename,renameat,renameat2"
    with strace.attached(house.processes(), trace, calls):
        assert client.upload(f"/runs/{run}/records", tick("photo"), "photo", photo()).acknowledged
    wanted = (
        r"fsync\(.*/evidence/.*\.draft>\) += 0",
        r"rename.*\.draft.*\.jpg",
        r"fsync\(.*/evidence/..>\) += 0",
        r"fsync\(.*/evidence>\) += 0",
        r"pwrite64\(.*holdfast\.sqlite3-wal",
        r"f(data)?sync\(.*holdfast\.sqlite3-wal>\) += 0",
        r'"HTTP/1\.1 303',
    )
    found = strace.order(trace, *wanted)
    assert -1 not in found and found == sorted(found)
    committed = next(n for n, line in enumerate(trace.read_text().splitlines()) if "sqlite3-wal" in line)
    assert committed > found[3]  # nothing was written of it before
