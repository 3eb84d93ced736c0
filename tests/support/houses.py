"""An application at an address, answered by threads of the test's own process.

For what a browser sees, which process answers is not the point; `tests.support.serving` runs
`holdfast serve` itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tests.support.applications import application
from tests.support.doors import opened
from tracker.authoring.build import build_site
from tracker.authoring.sync import publish
from tracker.config import load
from tracker.domain.library.survey import Survey
from tracker.serving import toolarge
from tracker.serving.limits import Limits
from tracker.worker.loop import keep_working


@dataclass(frozen=True, slots=True)
class House:
    """A workspace at an address."""

    url: str
    workspace: Path
    app: Flask

    def publish(self) -> Survey:
        """Bring the documents into force, as a server does when one has changed."""
        return publish(self.app, self.app.config["HOLDFAST"])

    def build(self) -> None:
        """Let the site follow."""
        build_site(self.workspace)


@contextmanager
def answering(workspace: Path) -> Iterator[House]:
    """Answer at a free port, and open the lists that are given out, until the block ends."""
    with application(load(workspace, {})) as app:
        size = toolarge.largest(app) + 1
        stop = threading.Event()
        worker = threading.Thread(
            target=keep_working, args=(app, stop, lambda text: None), kwargs={"steady": (), "daily": ()}
        )
        with opened(Limits(), application=app, threads=2, max_request_body_size=size) as door:
            worker.start()
            try:
                yield House(f"http://127.0.0.1:{door.socket.getsockname()[1]}", workspace, app)
            finally:
                stop.set()
                worker.join()
