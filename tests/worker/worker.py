"""A worker of its own process, with jobs that write down that they are done."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tracker.base import base_app
from tracker.config import load
from tracker.worker import loop
from tracker.worker.jobs import Job, Turn

NAMES = [f"job {number}" for number in range(8)]


def main(workspace: str, file: str, hanging: str) -> None:
    """Say that it is ready, wait for a line, and do once what is due. A job called `hanging` never ends."""

    def job(name: str) -> Job:
        def work(turn: Turn) -> None:
            with open(file, "a") as done:
                done.write(f"{name}\n")
            if name == hanging:
                print("hanging", flush=True)
                time.sleep(600)

        return Job(name, 3600, work)

    app = base_app(load(Path(workspace)))
    print("ready", flush=True)
    sys.stdin.readline()
    loop.look(app, [job(name) for name in NAMES])


if __name__ == "__main__":
    main(*sys.argv[1:])
