"""What a signature is bound to: the record, or the whole run, as it stood when it was signed.

The digest is over the signature's own words and all that it covers. Moved to another record, or with a
record changed below it, it does not match any more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tracker.domain.runs.progress import StepState, uncancelled, untouched
from tracker.models import Event, Evidence, Record, Run, SignOff

_RECORD = ("id", "run_id", "step_key", "kind", "value", "reason", "note", "person_id", "cancels_id",
           "device_id", "device_seq", "device_at", "received_at", "flag", "digest")  # fmt: skip
_OVERRIDE = ("run_id", "step_key", "person_id", "reason", "at")
_EVIDENCE = ("digest", "media_type", "size", "name")

Pieces = Mapping[UUID, Sequence[Evidence]]

WHOLE = ""
"""What an override has for a step's key when a lead lets the run be closed without its signature."""


@dataclass(frozen=True, slots=True)
class Whole:
    """How a run stands that a second person signs as a whole.

    `role`: whose signature it is, "" for anybody's. `ready`: every step has its record, and none holds up or
    waits for a signature of its own. `verdict`: what was said about all that stands in the run now;
    `lapsed`: what was said last, when other things stood in it.
    """

    role: str
    ready: bool
    overridden: bool
    verdict: SignOff | None
    lapsed: SignOff | None

    @property
    def signed(self) -> SignOff | None:
        return self.verdict if self.verdict and self.verdict.verdict == "signed" else None

    @property
    def sent_back(self) -> SignOff | None:
        """Why the run was sent back, until somebody has done something about it."""
        return self.verdict if self.verdict and self.verdict.verdict == "rejected" else None

    @property
    def settled(self) -> bool:
        """Whether the run may be closed as far as its signature goes."""
        return self.overridden or self.signed is not None

    @property
    def waits(self) -> bool:
        return self.ready and self.verdict is None and not self.overridden


def whole(role: str, run: Run, states: Iterable[StepState]) -> Whole:
    """How a run stands whose SOP has each run signed, by `role`."""
    states = list(states)
    last = next((given for given in reversed(run.sign_offs) if given.record_id is None), None)
    stands = last is not None and last.covers == cover(run)
    return Whole(
        role=role,
        ready=not untouched(states) and not any(state.holds_up or state.unsigned for state in states),
        overridden=any(override.step_key == WHOLE for override in run.overrides),
        verdict=last if stands else None,
        lapsed=None if stands else last,
    )


def cover(run: Run) -> dict[str, Any]:
    """What a signature of the whole run covers: all that stands in it, also what was taken back."""
    return {
        "revision": run.revision_id,
        "records": sorted(str(record.id) for record in run.records),
        "overrides": sorted(override.step_key for override in run.overrides),
    }


def state_key(run: Run) -> str:
    """A key for everything that stands in the run: a form that was made for another state signs nothing."""
    return hashlib.sha256(json.dumps(cover(run)).encode()).hexdigest()[:32]


def workers(run: Run) -> set[int | None]:
    """The ids of the people who have done or skipped a step of the run: none of them may sign it."""
    return {record.person_id for record in uncancelled(run.records) if record.kind in ("done", "skipped")}


def digest(sign_off: SignOff, run: Run, pieces: Pieces) -> str | None:
    """The SHA-256 of a signature with what it covers; None where some of that is not in the run.

    `pieces` is the run's evidence by record (`pieces.of_run`).
    """
    records = {str(record.id): record for record in run.records}
    overrides = {override.step_key: override for override in run.overrides}
    covers = sign_off.covers or {"records": [str(sign_off.record_id)], "overrides": []}
    if not records.keys() >= set(covers["records"]) or not overrides.keys() >= set(covers["overrides"]):
        return None
    content = {
        "run": sign_off.run_id,
        "step": sign_off.step_key,
        "signer": sign_off.person_id,
        "verdict": sign_off.verdict,
        "meaning": sign_off.meaning,
        "at": _plain(sign_off.at),
        "covers": sign_off.covers,
        "records": [_row(records[id], pieces) for id in covers["records"]],
        "overrides": [_values(overrides[key], _OVERRIDE) for key in covers["overrides"]],
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
    proofs = [_values(piece, _EVIDENCE) for piece in pieces.get(record.id, ())]
    # left out when empty, so that digests from before this field stay right
    made = [_plain(record.made_at)] if record.made_at else []
    return [*_values(record, _RECORD), proofs, *made]


def _values(row: object, names: Iterable[str]) -> list[Any]:
    return [_plain(getattr(row, name)) for name in names]


def _plain(value: Any) -> Any:
    """A value as JSON holds it, so that it is the same before and after it was stored."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID) else value
