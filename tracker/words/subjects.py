"""What a run is about, as people say it."""

from __future__ import annotations

import re

from tracker.models import Run


def subject_name(run: Run) -> str:
    """What a run is about, as people say it: "order 1042", and "bin 3" even where "bin 3" was typed."""
    kind, ref = run.subject_kind, run.subject_ref
    is_named = not kind or not ref or re.match(rf"{re.escape(kind)}\b", ref, re.IGNORECASE)
    return ref if is_named else f"{kind} {ref}"
