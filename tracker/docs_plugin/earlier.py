"""The history of an SOP on its page: each revision with date, publisher, changes, earlier texts."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tracker.docs_plugin.published import Published
from tracker.sop.badges import N_, Say, english

log = logging.getLogger("mkdocs.plugins.holdfast")


@dataclass(frozen=True, slots=True)
class Earlier:
    """One revision as the page tells of it. `source` is "" for the one in force, and where it is too long."""

    revision: int
    on: date
    by: str | None
    changes: tuple[str, ...]
    more: int
    material: bool
    source: str


def read(sop: Published, folder: Path, say: Say = english) -> list[Earlier]:
    """All revisions of an SOP, the newest first; that in force alone where nothing tells of the others."""
    here = [Earlier(sop.revision, sop.on, sop.by, (say(N_("First published.")),), 0, True, "")]
    if sop.revision < 2:
        return here
    try:
        rows = json.loads((folder / Path(sop.earlier).name).read_text(encoding="utf-8"))["revisions"]
        return [_earlier(row, sop.revision) for row in rows]
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.info("The history of %s can't be read (%s). Run holdfast sync.", sop.path, error)
        return []


def _earlier(row: Mapping[str, Any], in_force: int) -> Earlier:
    number = int(row["revision"])
    return Earlier(
        revision=number,
        on=datetime.fromisoformat(row["on"]).date(),
        by=row.get("by"),
        changes=tuple(row["changes"]),
        more=int(row["more"]),
        material=bool(row["material"]),
        source=(row.get("source") or "") if number != in_force else "",
    )
