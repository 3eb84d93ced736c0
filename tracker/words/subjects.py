"""What a run is about, as people say it."""

from __future__ import annotations

import re
from unicodedata import bidirectional

from tracker.models import Run
from tracker.sop import subjects as kinds
from tracker.words.voice import Texts


def subject_name(texts: Texts, run: Run) -> str:
    """What a run is about, as people say it: "order 1042", and "bin 3" even where "bin 3" was typed."""
    kind, ref = run.subject_kind, run.subject_ref
    if not kind or not ref:
        return isolated(ref)
    name = kind_name(texts, kind)
    if name != kind:  # it may have been typed in another language
        ref = re.sub(rf"(?i)^{re.escape(kind)} +", "", ref)
    is_named = re.match(rf"({re.escape(kind)}|{re.escape(name)})\b", ref, re.IGNORECASE)
    return isolated(ref if is_named else f"{name} {ref}")


def kind_name(texts: Texts, kind: str) -> str:
    """What the reader calls a kind of subject; one that an author has thought of stays as it is."""
    return kinds.kind_name(kind, texts.gettext)


def kind_first(texts: Texts, text: str) -> str:
    """What the reader says that a run is about, with its kind as documents write it."""
    return kinds.kind_first(text, texts.gettext)


def isolated(text: str) -> str:
    """The text in marks that keep its direction to itself, where some of it runs from right to left.

    In a sentence the words around it would else change places. These marks are no part of what it is: they
    go where a text is stored or looked for (`clean`, `fold`).
    """
    runs_left = any(bidirectional(letter) in ("R", "AL", "AN") for letter in text)
    return f"\u2068{text}\u2069" if runs_left else text
