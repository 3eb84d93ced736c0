"""Which files others on the machine may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def open_to_others(instance: Path) -> dict[str, str]:
    """What below `instance/` is not 0600, or 0700 for a folder, with what it is."""
    entries = [instance, *(Path(place, n) for place, d, f in os.walk(instance) for n in (*d, *f))]
    modes = {entry: entry.lstat().st_mode for entry in entries if not entry.is_symlink()}
    return {
        str(entry): oct(mode)
        for entry, mode in modes.items()
        if stat.S_IMODE(mode) != (0o700 if stat.S_ISDIR(mode) else 0o600)
    }
