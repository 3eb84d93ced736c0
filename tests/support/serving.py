"""Holdfast as it is run: a process of its own at an address."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class House:
    """A running server and the workspace that it serves."""

    url: str
    workspace: Path
    told: Iterator[str]  # what the server says, line by line
    process: int
    log: Path  # what it says of errors

    def wait_for(self, words: str) -> str:
        """Read on until the server says it; the line."""
        return next(line for line in self.told if words in line)


@contextmanager
def serving(workspace: Path, **settings: str) -> Iterator[House]:
    """Run `holdfast serve` on a free port until the block ends."""
    command = [sys.executable, "-m", "tracker.cli", "serve", "--workspace", str(workspace), "--port", "0"]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_MKDOCS_2_WARNING": "1", **settings}
    log = workspace.parent / f"{workspace.name}.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environ) as server,
    ):
        try:
            assert server.stdout is not None
            yield House(_address(server.stdout, log), workspace, server.stdout, server.pid, log)
        finally:
            server.terminate()


def _address(told: Iterator[str], log: Path) -> str:
    for line in told:
        if found := re.search(r"https?://[\d.]+:\d+", line):
            return found[0]
    pytest.fail(f"The server did not start:\n{log.read_text()}")
