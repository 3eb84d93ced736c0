"""A serving process that is killed loses nothing that it has acknowledged, and does nothing twice."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.faults.audit import Found, address, audit
from tests.faults.clients import Client, together, working
from tests.faults.house import facts_differ, running

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the processes in /proc")


def test_kills_under_load_lose_and_double_nothing(workspace: Path) -> None:
    with running(workspace) as house:
        with working(Client(house.url), 4) as crew:
            for whole in (True, False, True):
                crew.wait_for(40)
                if whole:
                    house.kill()
                    house.start()
                else:
                    os.kill(house.processes()[1], signal.SIGKILL)  # the others go on
            crew.wait_for(40)
            house.kill()
        ledger = together(crew.ledgers)
        assert ledger.unanswered and ledger.acknowledged >= 160
        assert audit(address(house.database), ledger) == Found()
        house.start()
        assert audit(address(house.database), ledger) == Found()
    assert facts_differ(house.workspace) == 0
