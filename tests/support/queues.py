"""A phone with a queue: makes entries, and sends them as the browser does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from tests.support.installation import Visitor
from tracker.db import new_id
from tracker.models import Person

DEVICE = "a" * 24


class Phone:
    """A person's phone; `off` is how wrong its clock is."""

    def __init__(
        self, visitor: Visitor, person: Person, device: str = DEVICE, off: timedelta = timedelta(0)
    ) -> None:
        self.visitor, self.person_id, self.device, self.off = visitor, person.id, device, off
        self.seq = 0

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.off

    def entry(
        self, kind: str, data: dict[str, Any] | None = None, age: float = 0, **more: Any
    ) -> dict[str, Any]:
        """An entry made `age` minutes ago."""
        self.seq += 1
        return {
            "id": str(new_id()), "kind": kind, "person": self.person_id, "seq": self.seq,
            "at": (self.clock() - timedelta(minutes=age)).isoformat(), "run": None, "ref": None,
            "data": data or {}, "files": [], **more,
        }  # fmt: skip

    def record(
        self, run: int | None, step: str, value: str = "", outcome: str = "done", **more: Any
    ) -> dict[str, Any]:
        """A record about a step."""
        told = {name: more.pop(name) for name in ("reason", "note", "cancels") if name in more}
        return self.entry(
            "record", {"step": step, "outcome": outcome, "value": value, **told}, run=run, **more
        )

    def post(
        self, entries: Any, files: dict[str, tuple[bytes, str]] | None = None, **more: Any
    ) -> TestResponse:
        """Send entries as they are; the answer."""
        form = {
            "entries": entries if isinstance(entries, str) else json.dumps(entries),
            "person": str(self.person_id), "device": self.device, "protocol": "1",
            "sent_at": self.clock().isoformat(), **more,
        }  # fmt: skip
        form |= {name: (BytesIO(content), called) for name, (content, called) in (files or {}).items()}  # type: ignore[misc]
        return self.visitor.post("/queue", form, content_type="multipart/form-data")

    def send(self, *entries: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        """Send entries; their receipts."""
        answer = self.post(entries, **more)
        assert answer.status_code == 200, answer.text
        told = answer.get_json()
        assert told["holdfast"] == "queue" and told["person"] == self.person_id
        assert [receipt["id"] for receipt in told["receipts"]] == [entry["id"] for entry in entries]
        return list(told["receipts"])


def states(receipts: Sequence[dict[str, Any]]) -> list[str]:
    """What became of each entry."""
    return [receipt["state"] for receipt in receipts]
