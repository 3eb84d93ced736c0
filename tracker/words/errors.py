"""What an error says."""

from __future__ import annotations

from tracker.errors import HoldfastError
from tracker.words.subjects import kind_name
from tracker.words.voice import Texts


def error_text(texts: Texts, error: HoldfastError) -> str:
    """What an error of the domain says."""
    details = error.details
    if kind := details.get("subject_kind"):
        details = {**details, "subject_kind": kind_name(texts, kind)}
    return texts.gettext(error.template, **details)
