"""Whether the process answers, and whether all is well with it: for load balancers and monitors."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from tracker import private
from tracker.config import Settings
from tracker.db import db
from tracker.web.actions import needs

bp = Blueprint("readiness", __name__)

LEAST_BYTES, LEAST_SHARE = 500_000_000, 0.05
"""A disk is nearly full when both say so: this many bytes are left, and this share of it."""

PROBE_BYTES = 65_536
PROBE_SECONDS = 2.0
"""Strangers may ask: a file is written for them once in so many seconds at most."""

State = Callable[[], dict[str, str]]

_turn = threading.Lock()
_last: dict[Path, tuple[float, str]] = {}


@bp.get("/healthz")
@needs("open")
def health() -> Any:
    """Whether the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@needs("open")
def ready() -> Any:
    """Whether all is well: database, disk, and what runs beside the requests. 503 where something is not."""
    settings: Settings = current_app.config["HOLDFAST"]
    processes: State = current_app.config.get("PROCESSES", dict)
    checks = {"database": _database(), "disk": _disk(settings), **processes()}
    fine = all(state == "ok" for state in checks.values())
    return {"status": "ok" if fine else "failing", "checks": checks}, 200 if fine else 503


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        current_app.logger.exception("the database, as a monitor asked for it")
        db.session.rollback()
        return "does not answer"
    return "ok"


def _disk(settings: Settings) -> str:
    """The worst of the folders that are written to; one line says what is wrong with it."""
    found = [state for place in _places(settings) if (state := _state_of(place)) != "ok"]
    return found[0] if found else "ok"


def _places(settings: Settings) -> list[Path]:
    """Where the database (if it is a file), evidence, and the site's stamps are written."""
    url = make_url(settings.database_url)
    file = url.database if url.get_backend_name() == "sqlite" else None
    own = [settings.instance, *([Path(file).parent] if file else [])]
    return list(dict.fromkeys(own))


def _state_of(place: Path) -> str:
    """Whether a folder can be written to and has room: by writing, which also meets quotas and limits."""
    if not _turn.acquire(timeout=PROBE_SECONDS):
        return "does not answer"  # whoever has the turn waits for it
    try:
        at, state = _last.get(place, (float("-inf"), ""))
        if time.monotonic() - at > PROBE_SECONDS:
            state = _tried(place)
            _last[place] = time.monotonic(), state
        return state
    finally:
        _turn.release()


def _tried(place: Path) -> str:
    file = place / f".probe-{os.getpid()}"
    try:
        try:
            private.write(file, b"\0" * PROBE_BYTES)
        finally:
            file.unlink(missing_ok=True)
        left = shutil.disk_usage(place)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return "full" if full else f"can’t be written to: {error.strerror}"
    if left.free < min(LEAST_BYTES, left.total * LEAST_SHARE):
        return f"nearly full: {left.free // 1_000_000} MB are left"
    return "ok"
