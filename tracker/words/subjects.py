"""What a run is about, as people say it."""

from __future__ import annotations

import re
from unicodedata import bidirectional

from tracker.models import Run


def subject_name(run: Run) -> str:
    """What a run is about, as people say it: "order 1042", and "bin 3" even where "bin 3" was typed."""
    kind, ref = run.subject_kind, run.subject_ref
    is_named = not kind or not ref or re.match(rf"{re.escape(kind)}\b", ref, re.IGNORECASE)
    return isolated(ref if is_named else f"{kind} {ref}")


def isolated(text: str) -> str:
    """The text in marks that keep its direction to itself, where some of it runs from right to left.

    In a sentence the words around it would else change places. These marks are no part of what it is: they
    go where a text is stored or looked for (`clean`, `fold`).
    """
    runs_left = any(bidirectional(letter) in ("R", "AL", "AN") for letter in text)
    return f"\u2068{text}\u2069" if runs_left else text
