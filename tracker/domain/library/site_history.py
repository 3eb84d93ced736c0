"""What the site shows of an SOP's revisions: number, date, who, what changed, and the last earlier texts.

One file for each SOP with more than one revision, in instance/earlier/, named after the revision in force
and so never changed. The next one is made from it, so that a sync compares new revisions only.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from tracker import private
from tracker.domain.library import succession
from tracker.models import Person, Revision, Sop
from tracker.sop import around, changes, model

MOST = 50  # revisions listed, the newest
TEXTS = 10  # of which so many earlier ones with their text
LONGEST = 40_000  # characters of a text; a longer one is read in the tracker
SENTENCES = 12  # about one revision; the rest is counted
TOGETHER = 50  # SOPs whose revisions are looked up at a time

Entry = dict[str, Any]

# Made once, and asked for many SOPs at a time: a thousand may have changed at once.
_CHANGED = (
    select(Sop.id, Revision.number)
    .join(Revision, Revision.id == Sop.in_force_id)
    .where(Revision.number > 1, Sop.path.is_not(None))
)
_NUMBERS = (
    select(Revision.sop_id, Revision.number, Revision.id)
    .where(Revision.sop_id.in_(bindparam("sops", expanding=True)), Revision.number.is_not(None))
    .order_by(Revision.sop_id, Revision.number.desc())
)
_REVISIONS = (
    select(
        *(Revision.id, Revision.number, Revision.published_at, Revision.meta, Revision.source),
        func.coalesce(Person.name, Revision.published_by).label("by"),
    )
    .outerjoin(Person, Person.id == Revision.published_by_id)
    .where(Revision.id.in_(bindparam("revisions", expanding=True)))
)


class _Stale(NamedTuple):
    """An SOP whose file is to be written: the file, those it follows on, and what the newest of them says."""

    sop_id: str
    file: Path
    before: list[Path]
    known: list[Entry]

    @property
    def after(self) -> int:
        """The number of the newest revision that an earlier file tells of; 0 if there is none."""
        return int(self.known[0]["revision"]) if self.known else 0


def name(sop: Sop) -> str | None:
    """The file that tells of the earlier revisions of an SOP; None where there are none."""
    revision = sop.in_force
    if revision is None or (revision.number or 0) < 2:
        return None
    return f"{_prefix(sop.id)}-{revision.number}.json"


def write(session: Session, instance: Path) -> None:
    """Write the files that are missing, each whole, and remove those they follow on."""
    folder = instance / "earlier"
    private.folder(folder)
    # read the folder once: with thousands of files that is slow
    files: dict[str, list[str]] = defaultdict(list)
    for old in os.listdir(folder):
        files[old.partition("-")[0]].append(old)
    missing = []
    for sop_id, number in session.execute(_CHANGED):
        before = files[_prefix(sop_id)]
        if (file := f"{_prefix(sop_id)}-{number}.json") not in before:
            missing.append((sop_id, folder / file, [folder / old for old in before]))
    for start in range(0, len(missing), TOGETHER):
        stale = [_Stale(*row, _known(row[1], row[2])) for row in missing[start : start + TOGETHER]]
        _write(session, stale)


def _write(session: Session, stale: Sequence[_Stale]) -> None:
    for one, new in zip(stale, _new(session, stale), strict=True):
        entries = new + one.known
        for entry in entries[TEXTS + 1 :]:
            entry["source"] = None
        private.write(one.file, json.dumps({"revisions": entries[:MOST]}, ensure_ascii=False).encode())
        for old in one.before:
            old.unlink(missing_ok=True)


def _number(file: Path) -> int:
    """The number of the revision that a file is named after."""
    number = file.stem.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def _known(file: Path, before: Sequence[Path]) -> list[Entry]:
    """The entries of the newest of the files `before`, if that is from before `file`."""
    newest = max(before, key=_number, default=None)
    if newest is None or _number(newest) > _number(file):  # the database was restored
        return []
    try:
        return list(json.loads(newest.read_text(encoding="utf-8"))["revisions"])
    except (OSError, ValueError, KeyError, TypeError):
        return []  # a broken file is written anew from the database


def _new(session: Session, stale: Sequence[_Stale]) -> list[list[Entry]]:
    """The entries of each SOP's revisions after those that are known, the newest first."""
    connection = session.connection()
    ids: dict[str, list[int]] = defaultdict(list)
    after = {one.sop_id: max(one.after, 1) for one in stale}
    for sop_id, number, revision_id in connection.execute(_NUMBERS, {"sops": list(after)}):
        if (number or 0) >= after[sop_id] and len(ids[sop_id]) <= MOST:
            ids[sop_id].append(revision_id)
    wanted = {"revisions": [id for some in ids.values() for id in some]}
    rows = {row.id: row for row in connection.execute(_REVISIONS, wanted)}
    steps = succession.whole_steps(session, wanted["revisions"])
    return [_entries(one, [rows[id] for id in ids[one.sop_id]], steps) for one in stale]


def _entries(one: _Stale, rows: Sequence[Any], steps: Mapping[int, list[model.Step]]) -> list[Entry]:
    entries = []
    for n, row in enumerate(rows):
        if row.number > one.after:
            entry = {
                "revision": row.number,
                "on": row.published_at.astimezone(UTC).isoformat(),
                "by": row.by,
                "source": row.source if len(row.source) <= LONGEST else None,
            }
            earlier = rows[n + 1] if n + 1 < len(rows) else None
            entries.append(entry | (_FIRST if earlier is None else _difference(earlier, row, steps)))
    return entries


_FIRST: Entry = {"changes": ["First published."], "more": 0, "material": True}


def _difference(before: Any, after: Any, steps: Mapping[int, list[model.Step]]) -> Entry:
    """What the row of a revision says other than that of the one before."""
    was, now = steps[before.id], steps[after.id]
    change_list = changes.compare(was, now)
    old, new = before.meta, after.meta
    beside = [
        *around.compare(before.source, after.source, was, now),
        *around.files(old.images, new.images, old.translations, new.translations),
    ]
    sentences = [str(sentence) for change in change_list for sentence in changes.sentences(change)]
    sentences += [str(around.sentence(difference)) for difference in beside]
    return {
        "changes": sentences[:SENTENCES] or ["It says the same, set otherwise."],
        "more": max(0, len(sentences) - SENTENCES),
        "material": changes.is_material(change_list) or around.is_material(beside),
    }


def _prefix(sop_id: str) -> str:
    """An id may hold any sign, a file name may not."""
    return hashlib.sha256(sop_id.encode()).hexdigest()[:20]
