"""What somebody enters at a step, before it is a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tracker.domain.evidence.content import Piece


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody says about a step, as it came: `value` as typed, `pieces` of evidence put away already.

    `id` is the record's, made on the device.
    """

    id: UUID
    step_key: str
    kind: str
    value: str = ""
    reason: str = ""
    note: str = ""
    cancels: UUID | None = None
    pieces: Sequence[Piece] = ()
