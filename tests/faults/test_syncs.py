"""Power loss loses nothing: whatever is acknowledged was synced to the disk before.

Killing processes does not show this: the system still writes what a killed process has left in its cache.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import strace
from tests.faults.house import running
from tests.faults.traced import work


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
