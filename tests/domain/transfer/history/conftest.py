"""Imports as the command does them: check the file, write it only if there is no error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.support.installation import NOW
from tracker.db import write_in_chunks
from tracker.domain.transfer import history

Take = Callable[..., history.Import]


@pytest.fixture
def take(session: Session, tmp_path: Path) -> Take:
    """Import a text, bytes or the file at a path."""

    def run(
        content: str | bytes | Path,
        zone: str = "Asia/Tokyo",
        create: bool = False,
        sop: str | None = None,
        name: str = "history.csv",
    ) -> history.Import:
        file = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        session.rollback()
        job = history.check(session, history.Import(file, zone, create, sop))
        if not job.errors:
            write_in_chunks(history.units(job, NOW))
        session.rollback()
        return job

    return run
