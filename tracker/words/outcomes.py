"""The word for each outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import N_

if TYPE_CHECKING:
    from tracker.words.voice import Texts

OUTCOMES = {
    "done": N_("done"),
    "skipped": N_("skipped"),
    "failed": N_("failed"),
    "omitted": N_("omitted"),
    "na": N_("not applicable"),
}


def outcome_name(texts: Texts, outcome: str) -> str:
    """The word for an outcome, the same everywhere."""
    return texts.gettext(OUTCOMES[outcome])
