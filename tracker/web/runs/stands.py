"""What the row of a step shows, for the phone: a row that is swapped brings its own, so both always agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tracker.domain.runs.progress import StepState
from tracker.models import Record, Run
from tracker.web import spoken


def stands(run: Run, state: StepState, reader: int | None) -> str:
    """The records that count, what was taken back and what was decided, as JSON; "" where nothing stands.

    `reader` is the id of the person who may take back their own, None where all may be taken back.
    """
    own = [record for record in run.records if record.step_key == state.step.key]
    counting = {record.id for record in state.records}
    found = without_nothing({
        "records": [_record(record, reader) for record in state.in_order],
        "gone": [str(record.id) for record in own if record.id not in counting],
        "overridden": state.overridden,
        "signed": str(state.done.id) if state.signed and state.done else None,
    })  # fmt: skip
    return json.dumps(found, ensure_ascii=False) if found else ""


def _record(record: Record, reader: int | None) -> dict[str, Any]:
    value = record.value
    return without_nothing({
        "id": str(record.id),
        "kind": record.kind,
        "value": value,
        "shown": spoken.amount(value) if isinstance(value, float) else None,
        "note": record.note[:80],
        "own": reader in (None, record.person_id),
        "by": record.person.name if record.person else None,
    })  # fmt: skip


def without_nothing(found: Mapping[str, Any]) -> dict[str, Any]:
    """What there is of it: no None, no False, nothing empty. Zero is something."""
    return {
        name: value for name, value in found.items() if value is not False and value not in (None, "", [])
    }
