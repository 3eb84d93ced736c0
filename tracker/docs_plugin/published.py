"""The revisions in force, as the last sync wrote them beside mkdocs.yml."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

log = logging.getLogger("mkdocs.plugins.holdfast")


@dataclass(frozen=True, slots=True)
class Published:
    """The revision of one SOP that new runs use: its frozen `source` and the `keys` of its steps in order."""

    id: str
    path: str
    revision: int
    keys: tuple[str, ...]
    source: str
    on: date
    owner: str | None
    retired: bool
    by: str | None = None  # who published it
    reviewed: date | None = None
    language: str = ""  # of a translation
    earlier: str = ""  # the file that tells of its other revisions


def load(path: Path) -> dict[str, Published] | None:
    """The published SOPs by path; None where there was no sync, or its file can't be read."""
    try:
        sops = json.loads(path.read_text(encoding="utf-8"))["sops"]
        revisions = [_published(id, entry) for id, entry in sops.items()]
        revisions += [
            _published(id, {**entry, **other})
            for id, entry in sops.items()
            for other in entry.get("translations", ())
        ]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning(
            "%s can't be read (%s): the site shows the files as they are. Run holdfast sync.", path, error
        )
        return None
    # A path may pass from a retired SOP to a new one: the one in use wins.
    return {sop.path: sop for sop in sorted(revisions, key=lambda sop: not sop.retired)}


def _published(id: str, entry: Mapping[str, Any]) -> Published:
    return Published(
        id=id,
        path=entry["path"],
        revision=int(entry["revision"]),
        keys=tuple(entry["keys"]),
        source=entry["source"],
        on=datetime.fromisoformat(entry["published_at"]).date(),
        owner=entry.get("owner"),
        retired=bool(entry.get("retired")),
        by=entry.get("by"),
        reviewed=datetime.fromisoformat(entry.get("reviewed_at") or entry["published_at"]).date(),
        language=entry.get("language", ""),
        earlier=entry.get("earlier", ""),
    )
