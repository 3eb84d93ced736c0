"""Reports as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from tracker.domain.analytics import WEAK
from tracker.models import OUTCOMES
from tracker.reports.data import StepRow

HEADER = (
    "step",
    "text",
    "n",
    *OUTCOMES,
    *(f"{kind}_{part}" for kind in WEAK for part in ("rate", "low", "high")),
)


def sop_health(rows: Iterable[StepRow]) -> str:
    """An SOP's steps with counts, rates and 95 % intervals; empty where there are too few to say."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row in rows:
        shares: list[object] = []
        for kind in WEAK:
            interval = row.interval(kind)
            shares += [row.rate(kind), interval.low, interval.high] if interval else ["", "", ""]
        writer.writerow([safe(row.key), safe(row.text), row.n, *(row.counts[o] for o in OUTCOMES), *shares])
    return out.getvalue()


def safe(text: str) -> str:
    """Text that a spreadsheet will not run as a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
