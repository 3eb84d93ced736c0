"""A serving process that is killed loses nothing that it has acknowledged, and does nothing twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.faults import strace
from tests.faults.audit import Found, address, audit, there
from tests.faults.clients import STEPS, Client, start, tick, together, working
from tests.faults.house import House, facts_differ, running

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the processes in /proc")


def test_kills_under_load_lose_and_double_nothing(workspace: Path) -> None:
    with running(workspace) as house:
        with working(Client(house.url), 4) as crew:
            for whole in (True, False):
                crew.wait_for(25)
                if whole:
                    house.kill()
                    house.start()
                else:
                    os.kill(house.processes()[1], signal.SIGKILL)  # the others go on
            crew.wait_for(25)
            house.kill()
        ledger = together(crew.ledgers)
        assert ledger.unanswered and ledger.acknowledged >= 75
        assert audit(address(house.database), ledger) == Found()
        house.start()
        assert audit(address(house.database), ledger) == Found()
    assert facts_differ(house.workspace) == 0


@pytest.mark.parametrize(
    ("calls", "at", "kept"),
    [
        (strace.WRITES, 2, False),  # amid the log's frames
        (strace.SYNCS, 1, None),  # written, but not yet synced: the log may hold it or not
        (strace.ANSWERS, 1, True),  # committed, but the answer never went out
    ],
    ids=["writing", "syncing", "answering"],
)
def test_a_kill_amid_a_request_leaves_all_of_it_or_nothing_and_sent_again_it_is_there_once(
    house: House, tmp_path: Path, calls: str, at: int, kept: bool | None
) -> None:
    """A step that fails brings a record, a deviation and an event: there is none without the others."""
    strace.needed()
    client = Client(house.url)
    run, form = start(client, anyway="1"), tick(STEPS[0], kind="failed", reason="torn")
    for path, sent in ((f"/runs/{run}/records", form), (f"/runs/{run}/close", {"omit": STEPS})):
        inject = [f"-etrace={calls}", f"-einject={calls}:signal=KILL:when={at}"]
        if calls != strace.ANSWERS:
            inject += ["-P", str(house.log_of_changes)]
        with strace.attached(house.processes(), tmp_path / "trace", *inject):
            assert not _answered(client, path, sent)
            house.kill()
        assert audit(address(house.database)) == Found()
        if sent is form and kept is not None:
            assert there(house.database, form) is kept
        house.start()
        assert client.post(path, sent).status in ((303,) if sent is form else (303, 409))
        assert there(house.database, form) and audit(address(house.database)) == Found()


def _answered(client: Client, path: str, form: Mapping[str, object]) -> bool:
    try:
        client.post(path, form)
    except (OSError, HTTPException):
        return False
    return True
