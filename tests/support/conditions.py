"""Conditions that the server and a phone have to judge alike."""

from __future__ import annotations

ANSWERS = {
    "box": ("L", "done"),
    "weigh": (750.0, "done"),
    "seal": ("yes", "done"),
    "photo": ("skipped",),
    "count": ("failed",),
    "again": (3.0, "failed", "done"),
    "best-before": ("2026-03-31", "done"),
    "shelf": ("own carton", "done"),
    "later": None,
}
"""What steps answer, by their keys; None where nobody has touched one yet."""

CASES: list[tuple[str, bool | None]] = [
    ("box = L", True),
    ("box = l", True),
    ("box='L'", True),
    ("box == “L”", True),
    ("box != L", False),
    ("box <> S", True),
    ("shelf = own carton", True),
    ("weigh = 750", True),
    ("weigh = 750.0", True),
    ("weigh > 500", True),
    ("weigh ≥ 750,0", True),
    ("weigh < 750", False),
    ("weigh <= 1000", True),
    ("seal = yes", True),
    ("seal = done", True),
    ("seal answered", True),
    ("photo answered", False),
    ("photo = skipped", True),
    ("photo != yes", True),
    ("count > 0", False),
    ("count = failed", True),
    ("again = failed and again = 3 and again answered", True),
    ("best-before > 2026-03-30", True),
    ("best-before < 2026-03-30", False),
    ("box > 5", False),
    ("not box = S", True),
    ("not not box = L", True),
    ("NOT box = S AND weigh > 500", True),
    ("box = S or weigh > 500 and seal = no", False),
    ("(box = S or weigh > 500) and seal = yes", True),
    ("not (box = L or box = S)", False),
    ("later = x", None),
    ("later != x", None),
    ("later answered", None),
    ("not later answered", None),
    ("box = L or later = x", True),
    ("box = S and later = x", False),
    ("box = L and later = x", None),
]
"""Conditions, and whether they hold given ANSWERS; None where that can't be said yet."""
