"""What the site shows of an SOP's revisions: number, date, who, what changed, and the last earlier texts.

One file for each SOP with more than one revision, in instance/earlier/, named after the revision in force
and so never changed. The next one is made from it, so that a sync compares new revisions only.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, contains_eager

from tracker import private
from tracker.models import Revision, Sop, Step
from tracker.sop import changes, model

MOST = 50  # revisions listed, the newest
TEXTS = 10  # of which so many earlier ones with their text
LONGEST = 40_000  # characters of a text; a longer one is read in the tracker
SENTENCES = 12  # about one revision; the rest is counted

Entry = dict[str, Any]

# Made once: to make a query anew for each of a thousand SOPs takes longer than to answer it.
_REVISIONS = (
    select(Revision.id, Revision.number, Revision.published_at, Revision.meta, Revision.source)
    .where(Revision.sop_id == bindparam("sop"), Revision.number >= bindparam("after"))
    .order_by(Revision.number.desc())
    .limit(MOST + 1)
)
_STEPS = (
    select(Step.key, Step.text, Step.line, Step.depth, Step.parent, Step.attributes, Step.html, Step.recovery)
    .where(Step.revision_id == bindparam("revision"))
    .order_by(Step.position)
)


def name(sop: Sop) -> str | None:
    """The file that tells of the earlier revisions of an SOP; None where there are none."""
    revision = sop.in_force
    if revision is None or (revision.number or 0) < 2:
        return None
    return f"{_prefix(sop)}{revision.number}.json"


def write(session: Session, instance: Path) -> None:
    """Write the files that are missing, each whole, and remove those they follow on."""
    folder = instance / "earlier"
    private.folder(folder)
    kept: dict[str, list[str]] = defaultdict(list)  # listed once: a folder of thousands is slow to look into
    for old in os.listdir(folder):
        kept[old.partition("-")[0]].append(old)
    changed = select(Sop).join(Sop.in_force).where(Revision.number > 1, Sop.path.is_not(None))
    for sop in session.scalars(changed.options(contains_eager(Sop.in_force).load_only(Revision.number))):
        before = kept[_prefix(sop).rstrip("-")]
        if (file := name(sop)) and file not in before:
            _write(session, folder, sop, file, [folder / other for other in before])


def _write(session: Session, folder: Path, sop: Sop, file: str, before: list[Path]) -> None:
    before = sorted(before, key=lambda path: path.stat().st_mtime)
    known = _known(before[-1]) if before else []
    entries = _new(session, sop, known[0]["revision"] if known else 0) + known
    for entry in entries[TEXTS + 1 :]:
        entry["source"] = None
    private.write(folder / file, json.dumps({"revisions": entries[:MOST]}, ensure_ascii=False).encode())
    for old in before:
        old.unlink(missing_ok=True)


def _known(file: Path) -> list[Entry]:
    try:
        return list(json.loads(file.read_text(encoding="utf-8"))["revisions"])
    except (OSError, ValueError, KeyError, TypeError):
        return []  # written afresh from the database


def _new(session: Session, sop: Sop, after: int) -> list[Entry]:
    """The entries of the revisions after number `after`, the newest first."""
    rows = session.connection().execute(_REVISIONS, {"sop": sop.id, "after": max(after, 1)}).all()
    steps = [_steps(session, row.id) for row in rows]
    found = []
    for n, row in enumerate(rows):
        if row.number > after:
            entry = {
                "revision": row.number,
                "on": row.published_at.astimezone(UTC).isoformat(),
                "owner": row.meta.owner or sop.owner_name,
                "source": row.source if len(row.source) <= LONGEST else None,
            }
            found.append(entry | (_difference(steps[n + 1], steps[n]) if n + 1 < len(rows) else _FIRST))
    return found


_FIRST: Entry = {"changes": ["First published."], "more": 0, "material": True}


def _difference(before: list[model.Step], after: list[model.Step]) -> Entry:
    found = changes.compare(before, after)
    said = [str(sentence) for change in found for sentence in changes.sentences(change)]
    return {
        "changes": said[:SENTENCES] or ["The text around the steps has changed."],
        "more": max(0, len(said) - SENTENCES),
        "material": changes.is_material(found),
    }


def _steps(session: Session, revision_id: int) -> list[model.Step]:
    rows = session.connection().execute(_STEPS, {"revision": revision_id})
    return [model.Step(**row) for row in rows.mappings()]


def _prefix(sop: Sop) -> str:
    """An id may hold any sign, a file name may not."""
    return hashlib.sha256(sop.id.encode()).hexdigest()[:20] + "-"
