"""Which fields of forms hold what shows who somebody is: these are never kept, shown again or repeated."""

from __future__ import annotations

NAMES = frozenset({"password", "present", "again", "pin", "code", "credential"})


def is_one(name: str) -> bool:
    """Whether the field of this name is secret."""
    return name in NAMES
