"""What an error says."""

from __future__ import annotations

from tracker.errors import HoldfastError
from tracker.words.voice import Texts


def error_text(texts: Texts, error: HoldfastError) -> str:
    """What an error of the domain says."""
    return texts.gettext(error.template, **error.details)
