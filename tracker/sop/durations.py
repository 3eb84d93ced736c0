"""Times as people write them: `20s`, `4h`, `1h30m`, `90d`."""

from __future__ import annotations

import re

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(min|[smhdw])\s*", re.I)
_WHOLE = re.compile(r"(?:\d{1,9}(?:\.\d{1,3})?\s*(?:min|[smhdw])\s*){1,6}", re.I)


def seconds(text: object) -> int:
    """The seconds of a duration such as `1h30m`. Raises ValueError for anything else, and for zero."""
    if not isinstance(text, str) or not _WHOLE.fullmatch(text.strip()):
        raise ValueError(text)
    total = round(sum(float(n) * _UNITS[unit.lower()] for n, unit in _PART.findall(text)))
    if not 0 < total <= 100 * 366 * 86400:
        raise ValueError(text)
    return total
