"""What a signature is bound to: the record, or the whole run, as it stood when it was signed.

The digest is over the signature's own words and all that it covers. Moved to another record, or with a
record changed below it, it does not match any more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tracker.models import Event, Evidence, Record, Run, SignOff

_RECORD = ("id", "run_id", "step_key", "kind", "value", "reason", "note", "person_id", "cancels_id",
           "device_id", "device_seq", "device_at", "received_at", "flag", "digest")  # fmt: skip
_OVERRIDE = ("run_id", "step_key", "person_id", "reason", "at")
_EVIDENCE = ("digest", "media_type", "size", "name")

Pieces = Mapping[UUID, Sequence[Evidence]]


def digest(sign_off: SignOff, run: Run, pieces: Pieces) -> str | None:
    """The SHA-256 of a signature with what it covers; None where some of that is not in the run.

    `pieces` is the run's evidence by record (`evidence.of_run`).
    """
    records = {str(record.id): record for record in run.records}
    covered = [str(sign_off.record_id)]
    if any(id not in records for id in covered):
        return None
    content = {
        "run": sign_off.run_id,
        "step": sign_off.step_key,
        "signer": sign_off.person_id,
        "meaning": sign_off.meaning,
        "at": _plain(sign_off.at),
        "records": [_row(records[id], pieces) for id in covered],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def intact(sign_off: SignOff, run: Run, pieces: Pieces) -> bool:
    """Whether the signature belongs to what stands in the run."""
    return bool(sign_off.digest) and sign_off.digest == digest(sign_off, run, pieces)


def doubts(run: Run, history: Iterable[Event | Record], pieces: Pieces) -> list[SignOff | Event]:
    """Signatures that do not belong to what stands here, and events of signatures that are gone.

    A signature from before signatures were bound has no digest, and its event names none.
    """
    given = {e.data["digest"]: e for e in history if isinstance(e, Event) and "digest" in e.data}
    bound = {sign_off.digest: sign_off for sign_off in run.sign_offs if sign_off.digest}
    wrong = [s for d, s in bound.items() if d not in given or not intact(s, run, pieces)]
    return [*wrong, *(event for d, event in given.items() if d not in bound)]


def _row(record: Record, pieces: Pieces) -> list[Any]:
    proofs = [[getattr(piece, name) for name in _EVIDENCE] for piece in pieces.get(record.id, ())]
    return [*(_plain(getattr(record, name)) for name in _RECORD), proofs]


def _plain(value: Any) -> Any:
    """A value as JSON holds it, the same before it was stored and after."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID) else value
