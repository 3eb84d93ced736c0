"""The form by which somebody says how a step went."""

from __future__ import annotations

from typing import Any

from tracker.db import new_id


def said(step: str, kind: str = "done", **more: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "step": step, "kind": kind} | more
