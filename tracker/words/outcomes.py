"""The word for each outcome."""

from __future__ import annotations

from tracker.errors import N_
from tracker.words import texts

_OUTCOMES = {
    "done": N_("done"),
    "skipped": N_("skipped"),
    "failed": N_("failed"),
    "omitted": N_("omitted"),
    "na": N_("not applicable"),
}


def outcome_name(outcome: str) -> str:
    """The word for an outcome, the same everywhere."""
    return texts.say(_OUTCOMES[outcome])
