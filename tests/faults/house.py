"""Holdfast as a process that is killed and started again at the same address."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class House:
    """`holdfast serve` of one workspace with all the processes that it starts."""

    def __init__(self, workspace: Path, program: str, settings: dict[str, str]) -> None:
        self.workspace = workspace
        self.log = workspace.parent / f"{workspace.name}.log"
        self.url = ""
        self._program = program
        self._settings = settings
        self._server: subprocess.Popen[str] | None = None

    @property
    def database(self) -> Path:
        return self.workspace / "instance/holdfast.sqlite3"

    @property
    def runs(self) -> bool:
        return self._server is not None

    @property
    def log_of_changes(self) -> Path:
        """SQLite's write-ahead log."""
        return self.database.with_name(f"{self.database.name}-wal")

    def start(self) -> None:
        """Start it, at the address that it had before, and wait until it listens there."""
        port = self.url.rpartition(":")[2] or "0"
        command = [sys.executable, "-m", self._program, "serve", "--workspace", str(self.workspace)]
        with self.log.open("a") as errors:
            self._server = subprocess.Popen(
                [*command, "--port", port],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_MKDOCS_2_WARNING": "1", **self._settings},
            )
        assert self._server.stdout is not None
        for line in self._server.stdout:
            if found := re.search(r"https?://[\d.]+:\d+", line):
                self.url = found[0]
                return
        raise AssertionError(f"The server did not start:\n{self.log.read_text()}")

    def kill(self) -> None:
        """End every process of it with SIGKILL, as a loss of power would."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.communicate()
            self._server = None

    def processes(self) -> list[int]:
        """The processes that answer: the first and children of its child. Not the worker, which is nicer."""
        assert self._server is not None
        first, running = self._server.pid, list(_all())
        starting = {process for process, parent, _ in running if parent == first}
        others = [process for process, parent, nice in running if parent in starting and nice == os.nice(0)]
        return [first, *others]


def children(process: int) -> list[int]:
    """The processes that this one has started and that run."""
    return [child for child, parent, _ in _all() if parent == process]


def _all() -> Iterator[tuple[int, int, int]]:
    """Every process of this machine: its number, its parent's, how nice it is."""
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            about = file.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        yield int(file.parent.name), int(about[1]), int(about[16])


def facts_differ(workspace: Path, **settings: str) -> int:
    """Exit code of the command that adds all facts up anew: 1 if any was wrong."""
    command = [sys.executable, "-m", "tracker.cli", "facts", "rebuild", "--workspace", str(workspace)]
    return subprocess.run(
        command, capture_output=True, check=False, env={**os.environ, **settings}
    ).returncode


@contextmanager
def running(
    workspace: Path, *, program: str = "tracker.cli", processes: int = 2, **settings: str
) -> Iterator[House]:
    """Serve a workspace until the block ends."""
    house = House(workspace, program, {"HOLDFAST_PROCESSES": str(processes), **settings})
    try:
        house.start()
        yield house
    finally:
        house.kill()
