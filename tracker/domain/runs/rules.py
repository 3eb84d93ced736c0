"""Checks that every change to a run makes first, whoever asks for it."""

from __future__ import annotations

from datetime import datetime

from tracker.errors import N_, ConflictError, InvalidError
from tracker.models import (
    Run,
)


def why(reason: str) -> str:
    """The cleaned reason. Raises InvalidError if it is empty."""
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidError(N_("Say why, in a word or two."))
    if len(reason) > 500:
        raise InvalidError(N_("Keep the reason below 500 characters; put the rest into the note."))
    return reason


def must_go_on(run: Run) -> None:
    """Raise ConflictError for a paused run."""
    if run.paused_at is not None:
        raise ConflictError(
            N_("This run is paused: %(reason)s. Press “Go on” first, then do it again."),
            reason=run.pause_reason,
        )


def must_be_open(run: Run) -> None:
    """Raise ConflictError for a run that is done or cancelled."""
    if run.state != "open":
        raise ConflictError(N_("This run is closed. What was recorded stays as it is."))


def ahead(due: datetime, now: datetime) -> datetime:
    """The due time, unless it has passed: then raises InvalidError."""
    if due <= now:
        raise InvalidError(N_("This due time has passed already. Choose a later one."))
    return due
